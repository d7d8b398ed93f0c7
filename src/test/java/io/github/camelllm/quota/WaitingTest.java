package io.github.camelllm.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Call;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import io.github.camelllm.testkit.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls that wait for a limit rather than be refused. */
class WaitingTest {

    @TempDir
    Path directory;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() throws Exception {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    private LimitedChain chain(String limits) throws Exception {
        return new LimitedChain(directory, "limits: [" + limits + "]").start();
    }

    private static int waiting(LimitedChain chain) {
        return chain.limits.waiting();
    }

    private Future<Exchange> behind(LimitedChain chain, String user, int place) throws Exception {
        Future<Exchange> sent = threads.submit(() -> chain.send(user));
        Await.until("call number " + place + " to wait", () -> waiting(chain) == place);
        return sent;
    }

    @Test
    void passInTheOrderInWhichTheyCame() throws Exception {
        try (LimitedChain chain = chain("{ scope: tenant, requests: 1, per: minute, wait: 5m }")) {
            List<String> order = Collections.synchronizedList(new ArrayList<>());
            chain.model = exchange -> {
                order.add(Calls.of(exchange).getUser());
                LimitedChain.answer(exchange, 1, 1);
            };
            assertThat(chain.send("first").getException()).isNull();
            List<Future<Exchange>> sent = new ArrayList<>();
            for (int i = 1; i <= 4; i++) {
                sent.add(behind(chain, "u" + i, i));
            }
            for (int i = 1; i <= 4; i++) {
                chain.ticker.advance(Duration.ofSeconds(62));
                chain.limits.wake();
                int done = i + 1;
                Await.until("call number " + i, () -> order.size() == done);
            }

            assertThat(order).containsExactly("first", "u1", "u2", "u3", "u4");
            for (Future<Exchange> one : sent) {
                assertThat(one.get(10, TimeUnit.SECONDS).getException()).isNull();
            }
            assertThat(waiting(chain)).isZero();
        }
    }

    @Test
    void passAsSoonAsAnotherCallGivesBackWhatItDidNotUse() throws Exception {
        try (LimitedChain chain = chain("{ scope: tenant, tokens: 50, per: day, wait: 5m }")) {
            CountDownLatch go = new CountDownLatch(1);
            AtomicInteger asked = new AtomicInteger();
            chain.model = exchange -> {
                if (asked.getAndIncrement() == 0) {
                    go.await();
                }
                LimitedChain.answer(exchange, 1, 1);
            };
            String large = "{\"max_tokens\":40,\"messages\":[]}";
            Future<Exchange> first = threads.submit(() -> chain.send(chain.call("ann", large)));
            Await.until("the first call", () -> asked.get() == 1);
            Future<Exchange> second = threads.submit(() -> chain.send(chain.call("bob", large)));
            Await.until("the second call to wait", () -> waiting(chain) == 1);

            go.countDown();

            assertThat(first.get(10, TimeUnit.SECONDS).getException()).isNull();
            assertThat(second.get(10, TimeUnit.SECONDS).getException()).isNull();
        }
    }

    @Test
    void areRefusedWhenTheirTimeIsUp() throws Exception {
        try (LimitedChain chain = chain("{ scope: user, requests: 1, per: minute, wait: 2s }")) {
            chain.send("ann");
            Future<Exchange> second = behind(chain, "ann", 1);

            chain.ticker.advance(Duration.ofSeconds(3));
            chain.limits.wake();

            Exchange refused = second.get(10, TimeUnit.SECONDS);
            assertThat(((Problem) refused.getException()).code()).isEqualTo(ErrorCode.USER_RATE_LIMITED);
            assertThat(((Problem) refused.getException()).retryAfter().orElseThrow())
                    .isBetween(Duration.ofSeconds(55), Duration.ofSeconds(59));
        }
    }

    @Test
    void leaveTheirLineWhenTheirClientLeaves() throws Exception {
        try (LimitedChain chain = chain("{ scope: tenant, requests: 1, per: minute, wait: 5m }")) {
            chain.send("first");
            Call leaving = chain.call("u1");
            Future<Exchange> gone = threads.submit(() -> chain.send(leaving));
            Await.until("the first to wait", () -> waiting(chain) == 1);
            Future<Exchange> next = behind(chain, "u2", 2);

            leaving.cancellation().cancel();

            assertThat(((Problem) gone.get(10, TimeUnit.SECONDS).getException()).code())
                    .isEqualTo(ErrorCode.CLIENT_GONE);
            chain.ticker.advance(Duration.ofSeconds(62));
            chain.limits.wake();
            assertThat(next.get(10, TimeUnit.SECONDS).getException()).isNull();
            assertThat(chain.levels("u2", true)).containsExactly(1L, 0L);
        }
    }

    @Test
    void nobodyOvertakesThoseWhoWait() throws Exception {
        try (LimitedChain chain = chain("{ scope: tenant, tokens: 100, per: day, wait: 5m }")) {
            CountDownLatch go = new CountDownLatch(1);
            List<String> order = Collections.synchronizedList(new ArrayList<>());
            chain.model = exchange -> {
                order.add(Calls.of(exchange).getUser());
                if (order.size() == 1) {
                    go.await();
                }
                LimitedChain.answer(exchange, 1, 1);
            };
            Future<Exchange> first =
                    threads.submit(() -> chain.send(chain.call("first", "{\"max_tokens\":60,\"messages\":[]}")));
            Await.until("the first call", () -> order.size() == 1);
            Future<Exchange> large =
                    threads.submit(() -> chain.send(chain.call("large", "{\"max_tokens\":60,\"messages\":[]}")));
            Await.until("the large call to wait", () -> waiting(chain) == 1);
            Future<Exchange> small = behind(chain, "small", 2); // would fit now
            assertThat(order).containsExactly("first");

            go.countDown();

            for (Future<Exchange> one : List.of(first, large, small)) {
                assertThat(one.get(10, TimeUnit.SECONDS).getException()).isNull();
            }
            assertThat(order).containsExactlyInAnyOrder("first", "large", "small");
        }
    }

    @Test
    void areRefusedWhenAsManyWaitAsMay() throws Exception {
        try (LimitedChain chain = chain("{ scope: tenant, requests: 1, per: minute, wait: 5m }")) {
            chain.limits.setMaxWaiting(1);
            chain.send("first");
            Future<Exchange> waits = behind(chain, "u1", 1);

            assertThat(((Problem) chain.send("u2").getException()).code()).isEqualTo(ErrorCode.USER_RATE_LIMITED);

            chain.ticker.advance(Duration.ofSeconds(62));
            chain.limits.wake();
            assertThat(waits.get(10, TimeUnit.SECONDS).getException()).isNull();
        }
    }

    @Test
    void oneThatCanNeverFitIsToldSoThoughOthersWait() throws Exception {
        try (LimitedChain chain = chain("{ scope: tenant, tokens: 100, per: day, wait: 5m }")) {
            CountDownLatch go = new CountDownLatch(1);
            AtomicInteger asked = new AtomicInteger();
            chain.model = exchange -> {
                if (asked.getAndIncrement() == 0) {
                    go.await();
                }
                LimitedChain.answer(exchange, 1, 1);
            };
            Future<Exchange> first =
                    threads.submit(() -> chain.send(chain.call("first", "{\"max_tokens\":60,\"messages\":[]}")));
            Await.until("the first call", () -> asked.get() == 1);
            Future<Exchange> waits =
                    threads.submit(() -> chain.send(chain.call("waits", "{\"max_tokens\":60,\"messages\":[]}")));
            Await.until("the second call to wait", () -> waiting(chain) == 1);
            Future<Exchange> never =
                    threads.submit(() -> chain.send(chain.call("never", "{\"max_tokens\":200,\"messages\":[]}")));
            Await.until("the third call to wait", () -> waiting(chain) == 2);

            go.countDown();

            assertThat(first.get(10, TimeUnit.SECONDS).getException()).isNull();
            assertThat(waits.get(10, TimeUnit.SECONDS).getException()).isNull();
            assertThat(((Problem) never.get(10, TimeUnit.SECONDS).getException()).code())
                    .isEqualTo(ErrorCode.REQUEST_OVER_BUDGET);
            assertThat(waiting(chain)).isZero();
        }
    }

    @Test
    void fiveHundredAtOnceOnALimitOfAHundredAdmitExactlyAHundred() throws Exception {
        try (LimitedChain chain = chain("{ scope: tenant, requests: 100, per: minute }")) {
            AtomicInteger asked = new AtomicInteger();
            chain.model = exchange -> {
                asked.incrementAndGet();
                LimitedChain.answer(exchange, 1, 1);
            };
            CountDownLatch start = new CountDownLatch(1);
            List<Future<Exchange>> sent = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                String user = "u" + i;
                sent.add(threads.submit(() -> {
                    start.await();
                    return chain.send(user);
                }));
            }
            start.countDown();
            int passed = 0;
            for (Future<Exchange> one : sent) {
                passed += one.get(30, TimeUnit.SECONDS).getException() == null ? 1 : 0;
            }

            assertThat(passed).isEqualTo(100);
            assertThat(asked.get()).isEqualTo(100);
        }
    }
}
