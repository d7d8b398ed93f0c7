package io.github.camelllm.step;

import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.camel.Exchange;
import org.apache.camel.StreamCache;

/**
 * A token stream as the body of a message: Camel's EIPs may read, copy and rewind it, and its client still gets every event.
 *
 * <p>As long as nobody does, events pass through it one by one and nothing is kept. {@link #copy} gives another reader of the
 * same events, such as that of a {@code wireTap}: from then on events are kept, and each reader gets all of them at its own
 * pace. Reading it as text or bytes does not use it up, but waits for the answer's end; see {@link #whole}. Iterating over it, as
 * {@code split} does, gives the pieces of the answer's text as they come.
 */
final class SharedStream extends TokenStream implements StreamCache, Iterable<String> {

    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);

    private final TokenStream source;
    private final Runnable onWhole;
    private volatile Kept kept;
    private int read;

    /** The events so far of a stream that has several readers, or is read twice. Thread-safe. */
    private static final class Kept {
        private final TokenStream source;
        private final List<StreamEvent> events = new ArrayList<>();
        private final ReentrantLock pulling = new ReentrantLock();
        private int readers = 1;
        private boolean ended;
        private RuntimeException failure;

        Kept(TokenStream source) {
            this.source = source;
        }

        /** The event of that number, waiting for it; null after the last. */
        StreamEvent event(int number) {
            StreamEvent known = known(number);
            if (known != null) {
                return known;
            }
            pulling.lock();
            try {
                known = known(number);
                if (known != null || ended) {
                    return known;
                }
                if (failure != null) {
                    throw failure;
                }
                return pull();
            } finally {
                pulling.unlock();
            }
        }

        private StreamEvent pull() {
            try {
                StreamEvent event = source.next();
                synchronized (this) {
                    if (event == null) {
                        ended = true;
                    } else {
                        events.add(event);
                    }
                }
                return event;
            } catch (RuntimeException e) {
                failure = e;
                throw e;
            }
        }

        private synchronized StreamEvent known(int number) {
            return number < events.size() ? events.get(number) : null;
        }

        synchronized void join() {
            readers++;
        }

        /** True for the last reader to leave. */
        synchronized boolean leave() {
            return --readers == 0;
        }
    }

    private SharedStream(TokenStream source, Kept kept, Runnable onWhole) {
        this.source = source;
        this.kept = kept;
        this.onWhole = onWhole;
    }

    /**
     * A stream that EIPs may handle.
     *
     * @param onWhole told when something reads the stream as a whole, which takes the time away from its client
     */
    static SharedStream of(TokenStream source, Runnable onWhole) {
        return source instanceof SharedStream shared ? shared : new SharedStream(source, null, onWhole);
    }

    @Override
    protected StreamEvent pull() {
        Kept all = kept;
        if (all == null) {
            return source.next();
        }
        StreamEvent event = all.event(read);
        if (event != null) {
            read++;
        }
        return event;
    }

    @Override
    protected void release() {
        Kept all = kept;
        if (all == null || all.leave()) {
            source.close();
        }
    }

    @Override
    public Iterator<String> iterator() {
        return new TextPieces((SharedStream) copy(null)); // its client still reads it
    }

    private synchronized Kept keep() {
        if (kept == null) {
            kept = new Kept(source);
        }
        return kept;
    }

    /** All events, waiting for the last; they are kept, and the next reader begins where this one stands. */
    List<StreamEvent> whole() {
        Kept all = keep();
        onWhole.run();
        List<StreamEvent> events = new ArrayList<>();
        int number = read;
        for (StreamEvent event = all.event(number); event != null; event = all.event(number)) {
            events.add(event);
            number++;
        }
        return events;
    }

    /** Another reader of the events that this one has not read yet. */
    @Override
    public StreamCache copy(Exchange exchange) {
        Kept all = keep();
        all.join();
        SharedStream copy = new SharedStream(source, all, onWhole);
        copy.read = read;
        return copy;
    }

    /** Begins anew, if the events have been kept. */
    @Override
    public void reset() {
        if (kept != null) {
            read = 0;
        }
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        out.write(sse(whole()));
    }

    @Override
    public boolean inMemory() {
        return true;
    }

    @Override
    public long length() {
        return -1;
    }

    @Override
    public long position() {
        return -1;
    }

    /** Server-sent events, {@code [DONE]} included. */
    static byte[] sse(List<StreamEvent> events) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (StreamEvent event : events) {
            out.writeBytes(DATA);
            out.writeBytes(event.data());
            out.write('\n');
            out.write('\n');
        }
        out.writeBytes(DONE);
        return out.toByteArray();
    }

    /** The stream that {@link #sse} has written; null when bytes are anything else. */
    static TokenStream ofSse(byte[] bytes) {
        if (bytes == null
                || bytes.length <= DONE.length
                || !Arrays.equals(bytes, 0, DATA.length, DATA, 0, DATA.length)
                || !Arrays.equals(bytes, bytes.length - DONE.length, bytes.length, DONE, 0, DONE.length)) {
            return null;
        }
        List<StreamEvent> events = new ArrayList<>();
        String all = new String(bytes, 0, bytes.length - DONE.length, StandardCharsets.UTF_8);
        for (String block : all.split("\n\n")) {
            StreamEvent event = block.startsWith("data: ")
                    ? new StreamEvent(block.substring(DATA.length).getBytes(StandardCharsets.UTF_8))
                    : null;
            if (event == null || !event.json().isObject()) {
                return null; // a text that is like one
            }
            events.add(event);
        }
        return TokenStream.of(events);
    }

    /** The events of any stream, which is used up unless it is shared. */
    static List<StreamEvent> eventsOf(TokenStream stream) {
        if (stream instanceof SharedStream shared) {
            return shared.whole();
        }
        List<StreamEvent> events = new ArrayList<>();
        try (stream) {
            for (StreamEvent event = stream.next(); event != null; event = stream.next()) {
                events.add(event);
            }
        }
        return events;
    }

    /** What the first choice of a stream says, once it is whole. */
    static String textOf(TokenStream stream) {
        StringBuilder text = new StringBuilder();
        for (StreamEvent event : eventsOf(stream)) {
            text.append(TextPieces.of(event));
        }
        return text.toString();
    }
}
