package io.github.camelllm.cache;

import static io.github.camelllm.cache.CachedChain.QUESTION;
import static io.github.camelllm.cache.CachedChain.who;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Call;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.CapturedLog;
import io.github.camelllm.testkit.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Those who ask the same at the same time of two gateways on one Redis; and a Redis that fails under load. */
@Timeout(90)
class SharedFlightTest {

    @TempDir
    Path directory;

    private final ExecutorService clients = Executors.newCachedThreadPool();
    private final CountDownLatch gate = new CountDownLatch(1);
    private RedisServer redis;
    private CachedChain one;
    private CachedChain two;

    @BeforeEach
    void start() throws Exception {
        redis = RedisServer.started();
        one = new CachedChain(Files.createDirectory(directory.resolve("one"))).sharing(redis);
        two = new CachedChain(Files.createDirectory(directory.resolve("two"))).sharing(redis);
    }

    private void begin() throws Exception {
        one.start().untilShared();
        two.start().untilShared();
    }

    @AfterEach
    void stop() throws Exception {
        gate.countDown();
        clients.shutdownNow();
        one.close();
        two.close();
        redis.close();
    }

    private void hold() throws InterruptedException {
        if (!gate.await(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the gate stayed shut");
        }
    }

    private static Call call(CachedChain chain) {
        return chain.call(QUESTION, who("acme", "ann"));
    }

    private Future<CachedChain.Outcome> send(CachedChain chain, Call call) {
        return clients.submit(() -> chain.send(call));
    }

    /** One that waits at the first gateway's model, and as many that have come to the second one's cache. */
    private List<Future<CachedChain.Outcome>> leaderAndFollowers(Call first, int followers) throws Exception {
        List<Future<CachedChain.Outcome>> futures = new ArrayList<>();
        futures.add(send(one, first));
        Await.until("the leader at the model", () -> one.asked.get() == 1);
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < followers; i++) {
            Call call = call(two);
            calls.add(call);
            futures.add(send(two, call));
        }
        Await.until("the followers", () -> calls.stream().allMatch(call -> call.question() != null));
        return futures;
    }

    private static CachedChain.Outcome get(Future<CachedChain.Outcome> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    @Test
    void oneOfAllGatewaysAsks() throws Exception {
        begin();
        one.model = exchange -> {
            hold();
            one.answer(exchange);
        };
        List<Future<CachedChain.Outcome>> all = leaderAndFollowers(call(one), 10);
        gate.countDown();

        for (Future<CachedChain.Outcome> each : all) {
            assertThat(get(each).text()).isEqualTo("42");
        }
        assertThat(one.asked.get() + two.asked.get()).isEqualTo(1);
        assertThat(get(all.get(1)).cache()).isEqualTo("hit");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theLeadersFailureAndDepartureAreItsOwn(boolean leaves) throws Exception {
        begin();
        Call first = call(one);
        one.model = exchange -> {
            hold();
            throw leaves ? first.cancellation().problem() : Problem.of(ErrorCode.UPSTREAM_ERROR, "no luck");
        };
        List<Future<CachedChain.Outcome>> all = leaderAndFollowers(first, 5);
        if (leaves) {
            first.cancellation().cancel();
        }
        gate.countDown();

        assertThat(get(all.get(0)).failure()).isInstanceOf(Problem.class);
        for (Future<CachedChain.Outcome> follower : all.subList(1, all.size())) {
            assertThat(get(follower).text()).isEqualTo("42");
        }
        assertThat(one.asked).hasValue(1);
        assertThat(two.asked).as("one in its place").hasValue(1);
    }

    @Test
    void anAnswerThatIsNotKeptIsNotWaitedForAgain() throws Exception {
        begin();
        one.finishReason = "length";
        one.model = exchange -> {
            hold();
            one.answer(exchange);
        };
        List<Future<CachedChain.Outcome>> all = leaderAndFollowers(call(one), 1);
        gate.countDown();

        assertThat(get(all.get(1)).cache()).isEqualTo("miss");
        assertThat(two.asked).hasValue(1);
    }

    @Test
    void whoWaitsForAnotherGatewayHasItsOwnTimeAndClient() throws Exception {
        begin();
        one.model = exchange -> {
            hold();
            one.answer(exchange);
        };
        Future<CachedChain.Outcome> leader = leaderAndFollowers(call(one), 0).get(0);
        Call gone = call(two);
        Future<CachedChain.Outcome> left = send(two, gone);
        Await.until("the follower", () -> gone.question() != null);
        gone.cancellation().cancel();
        assertThat(get(left).failure()).isInstanceOfSatisfying(Problem.class, problem -> assertThat(problem.code())
                .isEqualTo(ErrorCode.CLIENT_GONE));

        Call hasty = call(two);
        hasty.deadline(two.ticker.nanos() + Duration.ofSeconds(5).toNanos());
        Future<CachedChain.Outcome> late = send(two, hasty);
        Await.until("the follower", () -> hasty.question() != null);
        two.ticker.advance(Duration.ofSeconds(6));
        assertThat(get(late).failure()).isInstanceOfSatisfying(Problem.class, problem -> assertThat(problem.code())
                .isEqualTo(ErrorCode.UPSTREAM_TIMEOUT));

        Future<CachedChain.Outcome> enough = send(two, call(two));
        Await.until("patience to end", () -> {
            two.ticker.advance(Duration.ofSeconds(1));
            return enough.isDone();
        });
        assertThat(two.ticker.nanos()).isLessThan(Duration.ofHours(1).toNanos());
        assertThat(get(enough).text()).as("asked by itself").isEqualTo("42");
        assertThat(two.asked).hasValue(1);
        gate.countDown();
        assertThat(get(leader).text()).isEqualTo("42");
    }

    @Test
    void withoutRedisEachGatewayAsksForItself() throws Exception {
        begin();
        one.model = exchange -> {
            hold();
            one.answer(exchange);
        };
        List<Future<CachedChain.Outcome>> all = leaderAndFollowers(call(one), 5);
        redis.kill();

        for (Future<CachedChain.Outcome> follower : all.subList(1, all.size())) {
            assertThat(get(follower).text()).isEqualTo("42");
        }
        assertThat(two.asked).as("one for all of that gateway").hasValue(1);
        gate.countDown();
        assertThat(get(all.get(0)).text()).isEqualTo("42");
        assertThat(one.ask(QUESTION).cache()).isEqualTo("hit");
    }

    /** Callers ask all the time while Redis is killed, started, held up and let go on: nobody fails, and nobody waits for it. */
    @Test
    void aRedisThatFailsUnderLoadCostsNoErrorAndHardlyAnyTime() throws Exception {
        one.cache.setStoreTimeout(Duration.ofMillis(50)); // as shipped
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong calls = new AtomicLong();
        AtomicLong wrong = new AtomicLong();
        AtomicLong slow = new AtomicLong();
        try (CapturedLog log = new CapturedLog(Class.forName("io.github.camelllm.store.Availability"), Level.INFO)) {
            begin();
            List<Future<?>> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                threads.add(clients.submit(() -> {
                    while (!stop.get()) {
                        String json = QUESTION.replace(
                                "six",
                                Integer.toString(ThreadLocalRandom.current().nextInt(100_000)));
                        long began = System.nanoTime();
                        CachedChain.Outcome outcome = one.ask(json);
                        if (System.nanoTime() - began > Duration.ofMillis(400).toNanos()) {
                            slow.incrementAndGet(); // twice 50 ms are allowed; this machine does other things too
                        }
                        if (outcome.failure() != null || !outcome.text().equals("42")) {
                            wrong.incrementAndGet();
                        }
                        calls.incrementAndGet();
                        LockSupport.parkNanos(200_000);
                    }
                }));
            }
            more(calls);
            redis.kill();
            down();
            more(calls);
            redis.start();
            up();
            more(calls);
            long before = alarms(log);
            assertThat(before).as("once an outage, for each of two gateways").isBetween(2L, 4L);
            redis.freeze();
            down();
            until("the alarm", () -> alarms(log) > before);
            long skipped = one.cache.sharedCache().counts().skipped();
            more(calls);
            assertThat(one.cache.sharedCache().counts().skipped())
                    .as("nobody asks a Redis that hangs")
                    .isGreaterThan(skipped + 100);
            redis.thaw();
            up();
            long kept = one.cache.sharedCache().counts().kept();
            Await.until(
                    "answers to be kept again",
                    () -> one.cache.sharedCache().counts().kept() > kept);
            stop.set(true);
            for (Future<?> thread : threads) {
                thread.get(20, TimeUnit.SECONDS);
            }
            assertThat(wrong).hasValue(0);
            assertThat(slow.get()).isLessThan(calls.get() / 200 + 8);
        }
    }

    private static long alarms(CapturedLog log) {
        return log.lines().stream().filter(line -> line.contains("ALARM")).count();
    }

    private static void more(AtomicLong calls) throws Exception {
        long before = calls.get();
        Await.until("calls", () -> calls.get() > before + 300);
    }

    private void down() throws Exception {
        until("Redis to be given up", () -> !one.cache.sharedCache().up());
    }

    private void up() throws Exception {
        until("Redis to be used again", () -> one.cache.sharedCache().up());
    }

    private static void until(String what, BooleanSupplier condition) throws Exception {
        Await.until(what, condition::getAsBoolean);
    }
}
