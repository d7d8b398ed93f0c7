package io.github.camelllm.ingress;

import io.vertx.core.buffer.Buffer;
import java.util.Arrays;

/** The bytes of one request body, as they arrive; their memory is taken from a share before it is used. For one thread. */
final class ReceivedBody {

    private static final int FIRST_BYTES = 64 * 1024;

    /** It would be larger than a body may be. */
    static final class TooLarge extends RuntimeException {

        /** Whether it is so for the memory that all bodies may take, and not for the most that one may be. */
        final boolean forMemory;

        TooLarge(boolean forMemory) {
            super(null, null, false, false);
            this.forMemory = forMemory;
        }
    }

    /** There is no room for it beside the others. */
    static final class NoRoom extends RuntimeException {
        NoRoom() {
            super(null, null, false, false);
        }
    }

    private final BodyMemory.Share share;
    private final long most;
    private final long declared;
    private byte[] bytes = new byte[0];
    private int length;
    private boolean given;

    /** @param declared its length as told; negative when it is not */
    ReceivedBody(BodyMemory.Share share, long most, long declared) {
        this.share = share;
        this.most = most;
        this.declared = declared;
    }

    /**
     * @throws TooLarge when it has grown beyond the most, or beyond what could be held if no other were there
     * @throws NoRoom when there is no memory for it
     */
    void add(Buffer chunk) {
        int size = chunk.length();
        reserve(size);
        chunk.getBytes(0, size, bytes, length);
        length += size;
    }

    /** The same for the first bytes of an array. */
    void add(byte[] chunk, int size) {
        reserve(size);
        System.arraycopy(chunk, 0, bytes, length, size);
        length += size;
    }

    private void reserve(int size) {
        long needed = (long) length + size;
        if (needed > most) {
            throw new TooLarge(false);
        }
        if (needed > bytes.length) {
            long room = Math.max(needed, Math.min(most, Math.max(FIRST_BYTES, 2L * bytes.length)));
            if (declared >= needed) {
                room = Math.min(room, declared);
            } else if (bytes.length == 0) {
                room = needed; // most bodies come in one piece
            }
            take(BodyMemory.FACTOR * (room - bytes.length));
            bytes = Arrays.copyOf(bytes, (int) room);
        }
    }

    /** Takes what the tree of its JSON weighs beside its bytes. */
    void weigh() {
        take(BodyMemory.structureOf(bytes, length));
    }

    private void take(long more) {
        if (!share.take(more)) {
            if (share.wouldFillAll(more)) {
                throw new TooLarge(true);
            }
            throw new NoRoom();
        }
    }

    /** True for the one that is the first to ask: either the body is handed on, or it has failed. */
    boolean give() {
        boolean first = !given;
        given = true;
        return first;
    }

    boolean given() {
        return given;
    }

    /** Lets the bytes go; its length stays known. */
    void drop() {
        given = true;
        bytes = new byte[0];
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }
}
