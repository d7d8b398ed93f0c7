package io.github.camelllm.call;

import java.util.Iterator;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * An answer that arrives as events, pulled one at a time by whoever writes it to the client: who does not pull does not
 * read from the provider, so a slow client slows the provider and fills no memory.
 *
 * <p>Steps wrap a stream with {@link #map} and {@link #onEnd}. One thread pulls; any thread may close. Closing releases
 * the source exactly once, and before the end it means that nobody wants the rest.
 */
public abstract class TokenStream implements AutoCloseable {

    private final AtomicBoolean closed = new AtomicBoolean();

    /** The next event, waiting for it; null when the answer is whole. May throw: the answer is then cut short. */
    protected abstract StreamEvent pull();

    /** Lets go of the source; called once, by any thread, perhaps while another waits in {@link #pull}. */
    protected abstract void release();

    /**
     * The next event, waiting for it.
     *
     * @return null when the answer is whole
     * @throws io.github.camelllm.problem.Problem when the rest will not come
     * @throws CancellationException when the stream has been closed
     */
    public final StreamEvent next() {
        if (closed.get()) {
            throw new CancellationException("the stream is closed");
        }
        try {
            return pull();
        } catch (RuntimeException e) {
            if (closed.get() && !(e instanceof CancellationException)) {
                CancellationException gone = new CancellationException("the stream was closed while it was read");
                gone.addSuppressed(e);
                throw gone;
            }
            throw e;
        }
    }

    /** Releases the source. Before the stream's end: stops the provider. The second call does nothing. */
    @Override
    public final void close() {
        if (closed.compareAndSet(false, true)) {
            release();
        }
    }

    /** The same stream with each event replaced by what the function makes of it; null drops the event. */
    public TokenStream map(Function<StreamEvent, StreamEvent> function) {
        return new Mapped(this, function);
    }

    /** The same stream, telling once how it ended: whole, failed, or closed before either. */
    public TokenStream onEnd(Consumer<StreamEnd> listener) {
        return new Watched(this, listener);
    }

    /** A stream of events that are here already. */
    public static TokenStream of(Iterable<StreamEvent> events) {
        Iterator<StreamEvent> iterator = events.iterator();
        return new TokenStream() {
            @Override
            protected StreamEvent pull() {
                return iterator.hasNext() ? iterator.next() : null;
            }

            @Override
            protected void release() {
                // nothing is held
            }
        };
    }

    @Override
    public String toString() {
        return "TokenStream";
    }

    private static final class Mapped extends TokenStream {
        private final TokenStream source;
        private final Function<StreamEvent, StreamEvent> function;

        Mapped(TokenStream source, Function<StreamEvent, StreamEvent> function) {
            this.source = source;
            this.function = function;
        }

        @Override
        protected StreamEvent pull() {
            for (StreamEvent event = source.next(); event != null; event = source.next()) {
                StreamEvent mapped = function.apply(event);
                if (mapped != null) {
                    return mapped;
                }
            }
            return null;
        }

        @Override
        protected void release() {
            source.close();
        }
    }

    private static final class Watched extends TokenStream {
        private final TokenStream source;
        private final Consumer<StreamEnd> listener;
        private final AtomicBoolean told = new AtomicBoolean();

        Watched(TokenStream source, Consumer<StreamEnd> listener) {
            this.source = source;
            this.listener = listener;
        }

        @Override
        protected StreamEvent pull() {
            StreamEvent event;
            try {
                event = source.next();
            } catch (CancellationException e) {
                tell(new StreamEnd(StreamEnd.Kind.ABANDONED, null));
                throw e;
            } catch (RuntimeException e) {
                tell(new StreamEnd(StreamEnd.Kind.FAILED, e));
                throw e;
            }
            if (event == null) {
                tell(new StreamEnd(StreamEnd.Kind.WHOLE, null));
            }
            return event;
        }

        @Override
        protected void release() {
            try {
                source.close();
            } finally {
                tell(new StreamEnd(StreamEnd.Kind.ABANDONED, null));
            }
        }

        private void tell(StreamEnd end) {
            if (told.compareAndSet(false, true)) {
                listener.accept(end);
            }
        }
    }
}
