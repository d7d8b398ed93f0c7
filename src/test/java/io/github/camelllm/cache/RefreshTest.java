package io.github.camelllm.cache;

import static io.github.camelllm.cache.CachedChain.QUESTION;
import static io.github.camelllm.cache.CachedChain.who;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.call.Accountant;
import io.github.camelllm.call.Call;
import io.github.camelllm.step.Calls;
import io.github.camelllm.testkit.Await;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stale answers that are given at once while a fresh one is asked for behind them, through a route. */
class RefreshTest {

    private static final String STREAMED = QUESTION.replace("{\"model\"", "{\"stream\":true,\"model\"");

    @TempDir
    Path directory;

    private CachedChain chain;
    private final List<Call> behind = new CopyOnWriteArrayList<>();
    private final List<Call> over = new CopyOnWriteArrayList<>();
    private final CountDownLatch open = new CountDownLatch(1);

    @BeforeEach
    void make() throws Exception {
        chain = new CachedChain(directory).rules("ttl: 1h\nrevalidate: 30m\nstale: 2h\n");
        chain.context.getRegistry().bind("accounts", Accountant.class, (Accountant) (call, work) -> {
            behind.add(call);
            try {
                work.run();
            } finally {
                over.add(call);
            }
        });
    }

    @AfterEach
    void stop() {
        open.countDown();
        chain.close();
    }

    private void age(long minutes) {
        chain.ticker.advance(Duration.ofMinutes(minutes));
    }

    /** The model answers only once it may. */
    private void hold() {
        chain.model = exchange -> {
            if (!open.await(15, java.util.concurrent.TimeUnit.SECONDS)) {
                throw new AssertionError("nobody opens");
            }
            chain.answer(exchange);
        };
    }

    private void refreshed(int times) throws Exception {
        Await.until("refreshes that are over", () -> over.size() == times);
    }

    @ParameterizedTest
    @CsvSource({"false,false", "true,false", "false,true"})
    void aStaleAnswerIsGivenAtOnceAndRefreshedBehindIt(boolean first, boolean second) throws Exception {
        chain.start();
        chain.ask(first ? STREAMED : QUESTION);
        age(75);
        chain.text = "forty-two";
        hold();

        CachedChain.Outcome stale = chain.ask(second ? STREAMED : QUESTION, "X-Request-Id", "req-7");

        assertThat(stale.text()).isEqualTo("42");
        assertThat(stale.cache()).isEqualTo("stale");
        assertThat(stale.streamed()).isEqualTo(second);
        assertThat(stale.call().getDegraded()).isNull();
        assertThat(stale.call().answerHeaders()).containsEntry("Age", "4500");
        assertThat(stale.call().getCacheHit().tier()).isEqualTo("exact");
        assertThat(stale.call().getAttempts()).isEmpty();
        open.countDown();
        refreshed(1);
        CachedChain.Outcome fresh = chain.ask(QUESTION);
        assertThat(fresh.text()).isEqualTo("forty-two");
        assertThat(fresh.cache()).isEqualTo("hit");
        assertThat(chain.asked).hasValue(2);
        Call own = over.get(0);
        assertThat(own.getCache()).isEqualTo("refresh");
        assertThat(own.getId()).isEqualTo("req-7");
        assertThat(own.getUid()).isNotEqualTo(stale.call().getUid());
        assertThat(own.getIdentity()).isEqualTo(who("acme", "ann"));
        assertThat(own.isStream()).isFalse();
        assertThat(own.getAttempts()).hasSize(1);
    }

    @Test
    void manyWhoComeMeanwhileMakeOneRefresh() throws Exception {
        chain.start();
        chain.ask(QUESTION);
        age(75);
        hold();
        for (int i = 0; i < 20; i++) {
            assertThat(chain.ask(QUESTION).cache()).isEqualTo("stale");
        }
        open.countDown();
        refreshed(1);
        assertThat(chain.asked).hasValue(2);
        assertThat(behind).hasSize(1);
    }

    @Test
    void afterThatTimeItIsAskedForLikeAnyOther() throws Exception {
        chain.start();
        chain.ask(QUESTION);
        age(91);
        assertThat(chain.ask(QUESTION).cache()).isEqualTo("miss");
        assertThat(behind).isEmpty();
    }

    @Test
    void aRefreshThatFailsLeavesTheOldAnswer() throws Exception {
        chain.start();
        chain.ask(QUESTION);
        age(75);
        chain.model = exchange -> {
            throw new IllegalStateException("no model today");
        };
        assertThat(chain.ask(QUESTION).text()).isEqualTo("42");
        refreshed(1);
        assertThat(chain.ask(QUESTION).text()).isEqualTo("42");
        chain.ticker.advance(Duration.ofSeconds(9));
        assertThat(chain.ask(QUESTION).text()).isEqualTo("42");
        assertThat(behind).as("refreshes just after one that has failed").hasSize(1);
        chain.ticker.advance(Duration.ofSeconds(1));
        assertThat(chain.ask(QUESTION).text()).isEqualTo("42");
        refreshed(2);
        chain.ticker.advance(Duration.ofSeconds(10));
        chain.model = chain::answer;
        chain.text = "43";
        assertThat(chain.ask(QUESTION).text()).isEqualTo("42");
        refreshed(3);
        assertThat(chain.ask(QUESTION).text()).isEqualTo("43");
    }

    @Test
    void theClientsDepartureDoesNotTouchIt() throws Exception {
        chain.start();
        chain.ask(QUESTION);
        age(75);
        hold();
        CachedChain.Outcome stale = chain.ask(QUESTION);
        stale.call().cancellation().cancel();
        assertThat(behind).allMatch(call -> !call.cancellation().cancelled());
        open.countDown();
        refreshed(1);
        assertThat(chain.ask(QUESTION).cache()).isEqualTo("hit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"What is the news today?", "What is the latest version?"})
    void whatAsksOfNowIsNeverGivenPastItsTime(String question) throws Exception {
        chain.start();
        String now = QUESTION.replace("What is six times seven?", question);
        chain.ask(now);
        age(6);
        assertThat(chain.ask(now).cache()).isEqualTo("miss");
    }

    @Test
    void aTaskHasItsOwnTimeOrNone() throws Exception {
        chain.rules(
                "revalidate: 30m\ntasks: { a: { ttl: 1h, revalidate: 10m }, b: { ttl: 1h, revalidate: never }, c: 1h }\n");
        chain.start();
        for (String task : List.of("a", "b", "c")) {
            chain.ask(QUESTION, "X-LLM-Task", task);
        }
        age(65);
        assertThat(chain.ask(QUESTION, "X-LLM-Task", "a").cache()).isEqualTo("stale");
        assertThat(chain.ask(QUESTION, "X-LLM-Task", "b").cache()).isEqualTo("miss");
        assertThat(chain.ask(QUESTION, "X-LLM-Task", "c").cache()).isEqualTo("stale");
    }

    @Test
    void whoWantsItFreshGetsItFresh() throws Exception {
        chain.start();
        chain.ask(QUESTION);
        age(75);
        chain.text = "43";
        assertThat(chain.ask(QUESTION, "X-LLM-Cache", "no-cache").text()).isEqualTo("43");
        assertThat(behind).isEmpty();
    }

    @Test
    void isBoundedInNumber() throws Exception {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        chain.cache.bindTo(meters);
        chain.cache.setMaxBackground(2);
        chain.start();
        for (String number : List.of("six", "five", "four", "three")) {
            chain.ask(QUESTION.replace("six", number));
        }
        age(75);
        hold();
        for (String number : List.of("six", "five", "four", "three")) {
            assertThat(chain.ask(QUESTION.replace("six", number)).cache()).isEqualTo("stale");
        }
        assertThat(meters.get("llm.cache.background").gauge().value()).isEqualTo(2);
        assertThat(meters.get("llm.cache.background.dropped").functionCounter().count())
                .isEqualTo(2);
        open.countDown();
        refreshed(2);
        Await.until("room", () -> meters.get("llm.cache.background").gauge().value() == 0);
        assertThat(chain.ask(QUESTION.replace("six", "three")).cache()).isEqualTo("stale");
        refreshed(3);
    }

    @Test
    void aStopEndsWhatIsUnderWay() throws Exception {
        chain.start();
        chain.ask(QUESTION);
        age(75);
        CountDownLatch cancelled = new CountDownLatch(1);
        chain.model = exchange -> {
            Calls.of(exchange).cancellation().onCancel(cancelled::countDown);
            cancelled.await();
            throw Calls.of(exchange).cancellation().problem();
        };
        assertThat(chain.ask(QUESTION).cache()).isEqualTo("stale");
        Await.until("the refresh", () -> chain.asked.get() == 2);
        chain.context.getShutdownStrategy().setTimeUnit(java.util.concurrent.TimeUnit.MILLISECONDS);
        chain.context.getShutdownStrategy().setTimeout(200);
        chain.close();
        assertThat(cancelled.getCount()).isZero();
        refreshed(1);
    }

    @Test
    void whatRoutesHaveSetIsSetForTheRefresh() throws Exception {
        List<Object> seen = new CopyOnWriteArrayList<>();
        chain.start("        - setProperty: { name: colour, constant: green }\n");
        chain.ask(QUESTION);
        age(75);
        chain.model = exchange -> {
            seen.add(exchange.getProperty("colour"));
            exchange.setProperty("colour", "red");
            chain.answer(exchange);
        };
        chain.ask(QUESTION);
        refreshed(1);
        assertThat(seen).containsExactly("green");
    }

    @Test
    void aBoundThatIsNoneIsRefused() {
        chain.cache.setMaxBackground(0);
        assertThatThrownBy(chain::start).rootCause().hasMessage("cache.maxBackground is 0; 1 to 1000 is allowed");
    }
}
