package io.github.camelllm.cache;

import static io.github.camelllm.cache.CachedChain.QUESTION;
import static io.github.camelllm.cache.CachedChain.who;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import io.github.camelllm.testkit.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Those who ask the same at the same time. */
class SingleFlightTest {

    private static final String STREAMED = QUESTION.replace("{\"model\"", "{\"stream\":true,\"model\"");

    @TempDir
    Path directory;

    private final ExecutorService clients = Executors.newCachedThreadPool();
    private final CountDownLatch gate = new CountDownLatch(1);
    private CachedChain chain;

    @BeforeEach
    void start() throws Exception {
        chain = new CachedChain(directory).start();
    }

    @AfterEach
    void stop() {
        gate.countDown();
        clients.shutdownNow();
        chain.close();
    }

    private Future<CachedChain.Outcome> send(Call call) {
        return clients.submit(() -> chain.send(call));
    }

    private Call call(String json) {
        return chain.call(json, who("acme", "ann"));
    }

    private void hold() throws InterruptedException {
        if (!gate.await(20, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the gate stayed shut");
        }
    }

    /** One call that has reached the model and waits there. */
    private Future<CachedChain.Outcome> leader(Call call) throws Exception {
        Future<CachedChain.Outcome> leader = send(call);
        Await.until("the leader at the model", () -> chain.asked.get() == 1);
        return leader;
    }

    /** As many calls that have come to the cache. */
    private List<Future<CachedChain.Outcome>> followers(int count, String json) throws Exception {
        List<Call> calls = new ArrayList<>();
        List<Future<CachedChain.Outcome>> futures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Call call = call(json);
            calls.add(call);
            futures.add(send(call));
        }
        Await.until("the followers", () -> calls.stream().allMatch(call -> call.question() != null));
        return futures;
    }

    private static CachedChain.Outcome get(Future<CachedChain.Outcome> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneAsksForAll(boolean stream) throws Exception {
        String json = stream ? STREAMED : QUESTION;
        chain.model = exchange -> {
            hold();
            chain.answer(exchange);
        };
        Future<CachedChain.Outcome> leader = leader(call(json));
        List<Future<CachedChain.Outcome>> followers = followers(20, json);
        gate.countDown();

        assertThat(get(leader).text()).isEqualTo("42");
        for (Future<CachedChain.Outcome> follower : followers) {
            CachedChain.Outcome outcome = get(follower);
            assertThat(outcome.text()).isEqualTo("42");
            assertThat(outcome.cache()).isEqualTo("hit");
            assertThat(outcome.streamed()).isEqualTo(stream);
        }
        assertThat(chain.asked).hasValue(1);
    }

    /** Whatever the order of a crowd's steps, a question is asked once and every caller gets its own answer. */
    /** A second line of the cache in the chain: its call used to wait for its own flight, for as long as patience allows. */
    @Test
    void noCallWaitsForItself() throws Exception {
        for (String question : List.of(QUESTION, STREAMED)) {
            try (CachedChain twice = new CachedChain(directory).start("        - policy: { ref: cache }\n")) {
                Call call = twice.call(question, who("acme", "ann"));
                CachedChain.Outcome first = get(clients.submit(() -> twice.send(call)));
                assertThat(first.failure()).isNull();
                assertThat(first.text()).isEqualTo("42");
                CachedChain.Outcome again = get(clients.submit(() -> twice.ask(question)));
                assertThat(again.cache()).isEqualTo("hit");
                assertThat(twice.asked).hasValue(1);
            }
        }
    }

    @Test
    void aCrowdAsksEachQuestionOnce() throws Exception {
        AtomicInteger wrong = new AtomicInteger();
        chain.model = exchange -> {
            Call call = Calls.of(exchange);
            chain.text = "";
            var message = io.github.camelllm.call.Json.object()
                    .put("role", "assistant")
                    .put(
                            "content",
                            call.getRequest().tree().at("/messages/0/content").asText());
            exchange.getMessage()
                    .setBody(new io.github.camelllm.call.Answer(
                            null,
                            io.github.camelllm.call.Completion.whole(
                                    call, "m", message, "stop", io.github.camelllm.call.Usage.NONE)));
        };
        List<Future<?>> all = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
            all.add(clients.submit(() -> {
                for (int i = 0; i < 300; i++) {
                    String question = "question " + i;
                    CachedChain.Outcome outcome =
                            chain.send(call(QUESTION.replace("What is six times seven?", question)));
                    if (!outcome.text().equals(question)) {
                        wrong.incrementAndGet();
                    }
                }
            }));
        }
        for (Future<?> one : all) {
            one.get(60, TimeUnit.SECONDS);
        }
        assertThat(wrong).hasValue(0);
        assertThat(chain.asked).hasValue(300);
    }

    @Test
    void theLeadersFailureIsItsOwn() throws Exception {
        chain.model = exchange -> {
            if (chain.asked.get() == 1) {
                hold();
                throw Problem.of(ErrorCode.UPSTREAM_ERROR, "no luck");
            }
            chain.answer(exchange);
        };
        Future<CachedChain.Outcome> leader = leader(call(QUESTION));
        List<Future<CachedChain.Outcome>> followers = followers(10, QUESTION);
        gate.countDown();

        assertThat(get(leader).failure()).isInstanceOf(Problem.class);
        for (Future<CachedChain.Outcome> follower : followers) {
            assertThat(get(follower).text()).isEqualTo("42");
        }
        assertThat(chain.asked).as("the leader, and one in its place").hasValue(2);
    }

    @Test
    void whenAllFailsNobodyWaitsForMoreThanTwo() throws Exception {
        chain.model = exchange -> {
            hold();
            throw Problem.of(ErrorCode.UPSTREAM_ERROR, "no luck");
        };
        leader(call(QUESTION));
        List<Future<CachedChain.Outcome>> followers = followers(10, QUESTION);
        gate.countDown();

        for (Future<CachedChain.Outcome> follower : followers) {
            assertThat(get(follower).failure()).isInstanceOf(Problem.class);
        }
        assertThat(chain.asked).hasValue(11);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theLeadersDepartureCancelsNobody(boolean stream) throws Exception {
        String json = stream ? STREAMED : QUESTION;
        chain.model = exchange -> {
            boolean first = chain.asked.get() == 1;
            chain.answer(exchange);
            if (first && !stream) {
                hold();
                throw Calls.of(exchange).cancellation().problem();
            } else if (first) {
                TokenStream whole = exchange.getMessage().getBody(TokenStream.class);
                exchange.getMessage().setBody(whole.map(event -> {
                    try {
                        hold();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return event;
                }));
            }
        };
        Call left = call(json);
        Future<CachedChain.Outcome> leader = leader(left);
        List<Future<CachedChain.Outcome>> followers = followers(5, json);
        left.cancellation().cancel();
        gate.countDown();

        for (Future<CachedChain.Outcome> follower : followers) {
            assertThat(get(follower).text()).isEqualTo("42");
        }
        assertThat(get(leader).failure()).isNotNull();
        assertThat(chain.asked).hasValue(2);
    }

    @Test
    void anAnswerThatIsNotKeptIsNotSharedEither() throws Exception {
        chain.finishReason = "length";
        chain.model = exchange -> {
            hold();
            chain.answer(exchange);
        };
        leader(call(QUESTION));
        List<Future<CachedChain.Outcome>> followers = followers(5, QUESTION);
        gate.countDown();

        for (Future<CachedChain.Outcome> follower : followers) {
            assertThat(get(follower).cache()).isEqualTo("miss");
        }
        assertThat(chain.asked).hasValue(6);
    }

    @Test
    void aFollowersDeadlineIsItsOwn() throws Exception {
        chain.model = exchange -> {
            hold();
            chain.answer(exchange);
        };
        Future<CachedChain.Outcome> leader = leader(call(QUESTION));
        Call hasty = call(QUESTION);
        hasty.deadline(chain.ticker.nanos() + Duration.ofSeconds(5).toNanos());
        Future<CachedChain.Outcome> follower = send(hasty);
        Await.until("the follower", () -> hasty.question() != null);
        chain.ticker.advance(Duration.ofSeconds(6));

        assertThat(get(follower).failure()).isInstanceOfSatisfying(Problem.class, problem -> assertThat(problem.code())
                .isEqualTo(ErrorCode.UPSTREAM_TIMEOUT));
        gate.countDown();
        assertThat(get(leader).text()).isEqualTo("42");
    }

    @Test
    void aFollowerThatLeavesIsGoneAtOnce() throws Exception {
        chain.model = exchange -> {
            hold();
            chain.answer(exchange);
        };
        Future<CachedChain.Outcome> leader = leader(call(QUESTION));
        Call gone = call(QUESTION);
        Future<CachedChain.Outcome> follower = send(gone);
        Await.until("the follower", () -> gone.question() != null);
        gone.cancellation().cancel();

        assertThat(get(follower).failure()).isInstanceOfSatisfying(Problem.class, problem -> assertThat(problem.code())
                .isEqualTo(ErrorCode.CLIENT_GONE));
        gate.countDown();
        assertThat(get(leader).text()).isEqualTo("42");
    }

    @Test
    void whoHasWaitedLongEnoughAsksByItself() throws Exception {
        chain.model = exchange -> {
            if (chain.asked.get() == 1) {
                hold();
            }
            chain.answer(exchange);
        };
        Future<CachedChain.Outcome> leader = leader(call(QUESTION));
        List<Future<CachedChain.Outcome>> follower = followers(1, QUESTION);
        chain.ticker.advance(Duration.ofSeconds(61));

        assertThat(get(follower.get(0)).text()).isEqualTo("42");
        assertThat(chain.asked).hasValue(2);
        gate.countDown();
        assertThat(get(leader).text()).isEqualTo("42");
    }

    @Test
    void aClientThatReadsSlowlyHoldsNobodyUp() throws Exception {
        chain.model = exchange -> {
            boolean first = chain.asked.get() == 1;
            chain.answer(exchange);
            if (first) {
                int[] events = {0};
                TokenStream whole = exchange.getMessage().getBody(TokenStream.class);
                exchange.getMessage().setBody(whole.map(event -> {
                    try {
                        if (++events[0] == 3) {
                            hold();
                        }
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return event;
                }));
            }
        };
        Future<CachedChain.Outcome> leader = leader(call(STREAMED));
        List<Future<CachedChain.Outcome>> follower = followers(1, STREAMED);
        Await.until("the slow client's first events, and patience", () -> {
            chain.ticker.advance(Duration.ofSeconds(1));
            return follower.get(0).isDone();
        });

        assertThat(get(follower.get(0)).text()).isEqualTo("42");
        assertThat(chain.ticker.nanos()).isLessThan(Duration.ofHours(1).toNanos());
        assertThat(chain.asked).hasValue(2);
        gate.countDown();
        assertThat(get(leader).text()).isEqualTo("42");
    }
}
