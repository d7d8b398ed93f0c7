package io.github.camelllm.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TokenStreamTest {

    private final List<StreamEnd> ends = Collections.synchronizedList(new ArrayList<>());

    /** Gives numbered events, blocks for ever after them, and counts how often it is released. */
    private static final class Source extends TokenStream {
        private final CountDownLatch blocked = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);
        private final AtomicInteger releases = new AtomicInteger();
        private final int events;
        private int next;

        Source(int events) {
            this.events = events;
        }

        @Override
        protected StreamEvent pull() {
            if (next < events) {
                return event(next++);
            }
            blocked.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new IllegalStateException("the socket was closed");
        }

        @Override
        protected void release() {
            releases.incrementAndGet();
            released.countDown();
        }
    }

    @Test
    void givesEventsInOrderThenNullForEver() {
        TokenStream stream = stream(1, 2).onEnd(ends::add);

        assertThat(stream.next().json().path("n").asInt()).isEqualTo(1);
        assertThat(stream.next().json().path("n").asInt()).isEqualTo(2);
        assertThat(ends).isEmpty();
        assertThat(stream.next()).isNull();
        assertThat(stream.next()).isNull();
        assertThat(ends).containsExactly(new StreamEnd(StreamEnd.Kind.WHOLE, null));
    }

    @Test
    void closingAfterTheEndTellsNothingMore() {
        TokenStream stream = stream().onEnd(ends::add);
        stream.next();

        stream.close();

        assertThat(ends).hasSize(1);
    }

    @Test
    void mapsAndDropsEvents() {
        TokenStream stream = stream(1, 2, 3, 4).map(event -> n(event) % 2 == 0 ? event(10 * n(event)) : null);

        assertThat(drain(stream)).containsExactly(20, 40);
    }

    @Test
    void mapsInTheOrderOfTheSteps() {
        TokenStream stream = stream(1).map(event -> event(n(event) + 1)).map(event -> event(n(event) * 10));

        assertThat(drain(stream)).containsExactly(20);
    }

    @Test
    void tellsWhyReadingFailed() {
        Problem cause = Problem.of(ErrorCode.UPSTREAM_ERROR, "cut");
        TokenStream stream = failing(cause).onEnd(ends::add);

        assertThatThrownBy(stream::next).isSameAs(cause);
        stream.close();

        assertThat(ends).containsExactly(new StreamEnd(StreamEnd.Kind.FAILED, cause));
    }

    @Test
    void aStepThatFailsOnAnEventFailsTheStream() {
        IllegalStateException bug = new IllegalStateException("bug");
        Source source = new Source(1);
        TokenStream stream = source.map(event -> {
                    throw bug;
                })
                .onEnd(ends::add);

        assertThatThrownBy(stream::next).isSameAs(bug);
        stream.close();

        assertThat(ends).containsExactly(new StreamEnd(StreamEnd.Kind.FAILED, bug));
        assertThat(source.releases).hasValue(1);
    }

    @Test
    void leavingEarlyIsAbandoning() {
        Source source = new Source(3);
        TokenStream stream = source.map(event -> event).onEnd(ends::add).map(event -> event);
        stream.next();

        stream.close();
        stream.close();

        assertThat(ends).containsExactly(new StreamEnd(StreamEnd.Kind.ABANDONED, null));
        assertThat(source.releases).hasValue(1);
        assertThatThrownBy(stream::next).isInstanceOf(CancellationException.class);
    }

    @Test
    void tellsEvenIfReleasingFails() {
        TokenStream stream = new TokenStream() {
            @Override
            protected StreamEvent pull() {
                return event(1);
            }

            @Override
            protected void release() {
                throw new IllegalStateException("no luck");
            }
        };
        TokenStream watched = stream.onEnd(ends::add);

        assertThatThrownBy(watched::close).hasMessage("no luck");
        watched.close();

        assertThat(ends).hasSize(1);
    }

    @Test
    void closingWakesWhoeverWaitsForAnEvent() throws Exception {
        Source source = new Source(0);
        TokenStream stream = source.map(event -> event).onEnd(ends::add);
        ExecutorService reader = Executors.newSingleThreadExecutor();
        Future<StreamEvent> read = reader.submit(stream::next);
        source.blocked.await();

        stream.close();

        assertThatThrownBy(read::get)
                .hasCauseInstanceOf(CancellationException.class)
                .cause()
                .hasSuppressedException(new IllegalStateException("the socket was closed"));
        assertThat(ends).containsExactly(new StreamEnd(StreamEnd.Kind.ABANDONED, null));
        reader.shutdownNow();
    }

    @Test
    void tellsOnceHoweverManyCloseWhileItIsRead() throws Exception {
        int closers = 6;
        ExecutorService threads = Executors.newFixedThreadPool(closers + 1);
        for (int round = 0; round < 300; round++) {
            ends.clear();
            Source source = new Source(round % 5);
            TokenStream stream = source.map(event -> event).onEnd(ends::add).map(event -> event);
            CyclicBarrier start = new CyclicBarrier(closers + 1);
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < closers; i++) {
                all.add(threads.submit(() -> {
                    start.await();
                    stream.close();
                    return null;
                }));
            }
            Future<Throwable> pulled = threads.submit(() -> {
                start.await();
                try {
                    drain(stream);
                    return null;
                } catch (RuntimeException e) {
                    return e;
                }
            });
            for (Future<?> closer : all) {
                closer.get();
            }
            assertThat(pulled.get()).isInstanceOf(CancellationException.class);
            assertThat(source.releases).hasValue(1);
            assertThat(ends).containsExactly(new StreamEnd(StreamEnd.Kind.ABANDONED, null));
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anEndThatRacesWithClosingIsToldOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        for (int round = 0; round < 500; round++) {
            ends.clear();
            TokenStream stream = stream(1, 2).onEnd(ends::add);
            CyclicBarrier start = new CyclicBarrier(2);
            Future<?> closer = threads.submit(() -> {
                start.await();
                stream.close();
                return null;
            });
            Future<?> puller = threads.submit(() -> {
                start.await();
                try {
                    drain(stream);
                } catch (CancellationException e) {
                    return e;
                }
                return null;
            });
            closer.get();
            puller.get();
            assertThat(ends).hasSize(1);
        }
        threads.shutdown();
    }

    private static TokenStream stream(int... numbers) {
        return TokenStream.of(
                Arrays.stream(numbers).mapToObj(TokenStreamTest::event).toList());
    }

    private static TokenStream failing(RuntimeException failure) {
        return new TokenStream() {
            @Override
            protected StreamEvent pull() {
                throw failure;
            }

            @Override
            protected void release() {
                // nothing is held
            }
        };
    }

    private static StreamEvent event(int n) {
        return new StreamEvent(Json.object().put("n", n));
    }

    private static int n(StreamEvent event) {
        return event.json().path("n").asInt();
    }

    private static List<Integer> drain(TokenStream stream) {
        List<Integer> numbers = new ArrayList<>();
        for (StreamEvent event = stream.next(); event != null; event = stream.next()) {
            numbers.add(n(event));
        }
        return numbers;
    }
}
