package io.github.camelllm.ingress;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that request bodies may take together, from their first byte until their calls have ended. Counts bytes of
 * heap, by an estimate of what is made of a body. Thread-safe.
 */
final class BodyMemory {

    /** Bytes of heap for each byte of a body: itself, its texts, what steps make of them, what is sent to a model. */
    static final int FACTOR = 12;

    private static final int[] STRUCTURE = structure();

    private final long most;
    private final AtomicLong taken = new AtomicLong();

    BodyMemory(long most) {
        this.most = most;
    }

    /** What the parts of a JSON tree weigh beyond their bytes, with the copies that steps make of it. */
    private static int[] structure() {
        int[] weights = new int[256];
        weights['{'] = 256;
        weights['['] = 128;
        weights[':'] = 64;
        weights[','] = 32;
        weights['"'] = 96;
        return weights;
    }

    /** What the JSON tree of these bytes weighs beyond them; what stands in strings is not counted. */
    static long structureOf(byte[] bytes, int end) {
        long weight = 0;
        int i = 0;
        while (i < end) {
            byte b = bytes[i++];
            weight += STRUCTURE[b & 0xff];
            if (b == '"') {
                i = endOfString(bytes, i, end);
            }
        }
        return weight;
    }

    private static int endOfString(byte[] bytes, int from, int end) {
        int i = from;
        while (i < end) {
            byte b = bytes[i++];
            if (b == '"') {
                return i;
            }
            if (b == '\\') {
                i++;
            }
        }
        return i;
    }

    /** Whether a body of that length could be taken in if no other were there. */
    boolean couldHold(long length) {
        return length <= most / FACTOR;
    }

    /** Whether there is room for a body of that length now. Takes none of it. */
    boolean hasRoom(long length) {
        return taken.get() + FACTOR * length <= most;
    }

    /** Bytes of heap that are taken at the moment. */
    long taken() {
        return taken.get();
    }

    /** The share of one body, still empty, held once. */
    Share share() {
        return new Share();
    }

    /** What one body takes; given back when all who hold it have let it go. */
    final class Share {

        private long bytes;
        private int holders = 1;

        /** Takes more; false when there is not enough, and then nothing is taken. */
        synchronized boolean take(long more) {
            if (taken.addAndGet(more) > most) {
                taken.addAndGet(-more);
                return false;
            }
            if (holders == 0) { // let go meanwhile
                taken.addAndGet(-more);
                return false;
            }
            bytes += more;
            return true;
        }

        /** Whether so much more would be more than there is, were this the only body. */
        synchronized boolean wouldFillAll(long more) {
            return bytes + more > most;
        }

        synchronized void hold() {
            if (holders > 0) {
                holders++;
            }
        }

        synchronized void letGo() {
            if (holders > 0 && --holders == 0) {
                taken.addAndGet(-bytes);
                bytes = 0;
            }
        }
    }
}
