package io.github.camelllm.cache;

import static io.github.camelllm.cache.CachedChain.QUESTION;
import static io.github.camelllm.cache.CachedChain.who;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.CacheHit;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two gateways that share answers in one Redis: what they find there, and what clears do. */
@Timeout(60)
class SharedCacheTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Duration LIFE = Duration.ofHours(2); // an hour fresh, an hour stale

    @TempDir
    Path directory;

    private RedisServer redis;
    private RedisClient client;
    private RedisCommands<String, String> raw;
    private CachedChain one;
    private CachedChain two;

    @BeforeEach
    void start() throws Exception {
        redis = RedisServer.started();
        client = RedisClient.create(redis.url());
        raw = client.connect().sync();
        one = chain("one");
        two = chain("two");
    }

    private CachedChain chain(String name) throws Exception {
        CachedChain chain = new CachedChain(Files.createDirectory(directory.resolve(name))).sharing(redis);
        chain.cache.setTiers("exact,normalised");
        return chain.start().untilShared();
    }

    @AfterEach
    void stop() throws Exception {
        one.close();
        two.close();
        client.shutdown(0, 100, TimeUnit.MILLISECONDS);
        redis.close();
    }

    /** Has the first gateway ask and keep an answer; returns its key in Redis. */
    private String kept(String json, String... headers) throws Exception {
        long before = one.cache.sharedCache().counts().kept();
        CachedChain.Outcome outcome = one.ask(json, headers);
        assertThat(outcome.cache()).isIn("miss", "bypass");
        Await.until(
                "the answer in Redis", () -> one.cache.sharedCache().counts().kept() > before);
        return "{llm}:cache:e:" + outcome.call().answerHeaders().get("X-LLM-Cache-Key");
    }

    @Test
    void givesWhatAnotherGatewayHasKept() throws Exception {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        two.cache.bindTo(meters);
        kept(QUESTION);

        CacheHit first = two.ask(QUESTION).call().getCacheHit();
        CachedChain.Outcome second = two.ask(QUESTION);

        assertThat(first.tier()).isEqualTo("exact");
        assertThat(first.store()).isEqualTo("redis");
        assertThat(first.usage()).isEqualTo(Usage.reported(10, 5, 0, 0));
        assertThat(second.text()).isEqualTo("42");
        assertThat(second.call().getModel()).isEqualTo("sim");
        assertThat(second.call().getProvider()).isEqualTo("simulator");
        assertThat(second.call().getFinishReason()).isEqualTo("stop");
        assertThat(second.call().getCacheHit().store()).as("promoted").isEqualTo("memory");
        assertThat(two.asked).hasValue(0);
        assertThat(meters.get("llm.cache.shared.up").gauge().value()).isEqualTo(1);
        assertThat(meters.get("llm.cache.shared.lookups")
                        .tag("result", "hit")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void anAnswersTimeGoesOnWhereverItIs() throws Exception {
        String key = kept(QUESTION);
        assertThat(Duration.ofMillis(raw.pttl(key))).isBetween(LIFE.minusSeconds(10), LIFE);
        raw.pexpire(key, LIFE.minusSeconds(90));

        CacheHit hit = two.ask(QUESTION).call().getCacheHit();
        assertThat(hit.ageSeconds()).isEqualTo(90);

        two.ticker.advance(Duration.ofMinutes(58));
        assertThat(two.ask(QUESTION).call().getCacheHit().ageSeconds()).isEqualTo(90 + 58 * 60);
        raw.del(key);
        two.ticker.advance(Duration.ofSeconds(31));
        assertThat(two.ask(QUESTION).cache()).isEqualTo("miss");
    }

    @Test
    void anAnswerPastItsTimeStandsInWhenNoModelAnswers() throws Exception {
        String key = kept(QUESTION);
        raw.pexpire(key, Duration.ofMinutes(30));
        two.model = exchange -> {
            throw Problem.of(ErrorCode.UPSTREAM_ERROR, "no luck");
        };

        CachedChain.Outcome failed = two.ask(QUESTION);
        Answer stale = two.cache.find(failed.call()).orElseThrow();

        assertThat(failed.failure()).isInstanceOf(Problem.class);
        assertThat(stale.tree().at("/choices/0/message/content").asText()).isEqualTo("42");
        assertThat(failed.call().getCacheHit().ageSeconds()).isEqualTo(90 * 60);
    }

    @Test
    void findsNormalisedQuestionsOfOthers() throws Exception {
        kept(QUESTION);

        CachedChain.Outcome near = two.ask(QUESTION.replace("What is", "please  what is"));

        assertThat(near.text()).isEqualTo("42");
        assertThat(near.call().getCacheHit().tier()).isEqualTo("normalised");
        assertThat(near.call().getCacheHit().store()).isEqualTo("redis");
        assertThat(two.ask(QUESTION.replace("seven?", "seven??"))
                        .call()
                        .getCacheHit()
                        .store())
                .isEqualTo("memory");
        assertThat(two.asked).hasValue(0);
    }

    @Test
    void largeAnswersAreCompressedThere() throws Exception {
        one.text = "Zwölf Boxkämpfer 🥊 jagen Viktor. ".repeat(2000);
        String key = kept(QUESTION);

        assertThat(two.ask(QUESTION).text()).isEqualTo(one.text);
        assertThat(raw.hstrlen(key, "b")).isLessThan(one.text.length() / 10L);
    }

    @Test
    void aCompressedAnswerShorterThanItSaysIsAMiss() throws Exception {
        one.text = "Zwölf Boxkämpfer jagen Viktor. ".repeat(2000);
        String key = kept(QUESTION);
        String head = raw.hget(key, "h");
        int length = JSON.readTree(head).get("length").asInt();
        raw.hset(key, "h", head.replace("\"length\":" + length, "\"length\":" + (length + 1)));

        assertThat(two.ask(QUESTION).cache()).isEqualTo("miss");
        assertThat(two.asked).hasValue(1);
    }

    @Test
    void tenantsStayApart() throws Exception {
        kept(QUESTION);
        assertThat(two.send(two.call(QUESTION, who("beta", "ann"))).cache()).isEqualTo("miss");
    }

    @Test
    void whatAnotherReleaseHasWrittenIsAMissAndLeftAlone() throws Exception {
        String key = kept(QUESTION);
        raw.hset(key, "h", "{\"v\":" + (KeptForm.VERSION + 1) + ",\"shape\":\"unheard of\"}");
        two.model = exchange -> {
            throw Problem.of(ErrorCode.UPSTREAM_ERROR, "no luck");
        };

        assertThat(two.ask(QUESTION).failure()).isInstanceOf(Problem.class);
        assertThat(raw.exists(key)).isEqualTo(1);
    }

    @Test
    void whatIsBrokenIsAMissAndRemoved() throws Exception {
        List<Consumer<String>> ways = List.of(
                key -> raw.hset(key, "b", raw.hget(key, "b").replace("42", "43")),
                key -> raw.hset(key, "h", raw.hget(key, "h").substring(1)),
                key -> raw.hset(key, "h", "{}"),
                key -> raw.hset(key, "h", raw.hget(key, "h").replaceFirst("\"id\":\"..", "\"id\":\"xx")),
                key -> raw.hset(key, "h", raw.hget(key, "h").replace("\"usage\":[10,", "\"usage\":[-10,")),
                key -> raw.hset(key, "h", raw.hget(key, "h").replaceFirst("\"length\":\\d+", "\"length\":1")),
                key -> raw.hset(key, "h", raw.hget(key, "h").replaceFirst("\"length\":\\d+", "\"length\":1000")),
                key -> raw.hset(key, "h", raw.hget(key, "h").replaceFirst("\"length\":\\d+", "\"length\":1000000000")),
                key -> raw.hset(key, "t", "soon"),
                key -> raw.hdel(key, "b"),
                key -> raw.persist(key),
                key -> {
                    raw.del(key);
                    raw.set(key, "surprise");
                });
        for (int i = 0; i < ways.size(); i++) {
            String question = QUESTION.replace("six", "six" + i);
            String key = kept(question);
            ways.get(i).accept(key);
            two.model = exchange -> {
                throw Problem.of(ErrorCode.UPSTREAM_ERROR, "no luck");
            };
            assertThat(two.ask(question).failure()).as("way %d", i).isInstanceOf(Problem.class);
            Await.until("its removal", () -> raw.exists(key) == 0);
            two.model = two::answer;
            assertThat(two.ask(question).text()).isEqualTo("42");
            Await.until("another in its place", () -> raw.exists(key) == 1);
        }
    }

    @Test
    void aFreshAnswerTakesTheOldOnesPlaceEverywhere() throws Exception {
        kept(QUESTION);
        assertThat(two.ask(QUESTION).text()).isEqualTo("42");
        one.text = "forty-two";
        kept(QUESTION, "X-LLM-Cache", "no-cache");

        Await.until("the news", () -> two.ask(QUESTION).text().equals("forty-two"));
        assertThat(one.ask(QUESTION).text()).isEqualTo("forty-two");
        assertThat(two.asked).hasValue(0);
    }

    /** Redaction looks at an answer once the cache has kept it. */
    @Test
    void anAnswerWithPersonalDataIsTakenBackFromAll() throws Exception {
        CachedChain.Outcome outcome = one.ask(QUESTION, "X-LLM-Tags", "faq");
        Await.until(
                "the answer in Redis", () -> one.cache.sharedCache().counts().kept() == 1);
        assertThat(two.ask(QUESTION).cache()).isEqualTo("hit");

        outcome.call().personalAnswer().give();

        Await.until("it to be gone", () -> two.ask(QUESTION).cache().equals("miss"));
        assertThat(one.cache.drop(kept -> true)).isZero();
    }

    @Test
    void labelsAreSharedToo() throws Exception {
        kept(QUESTION, "X-LLM-Tags", "faq,sums", "X-LLM-Template", "sums@1");
        two.ask(QUESTION, "X-LLM-Template", "sums@1");
        assertThat(two.clear("tag=faq&template=sums").path("cleared").asInt()).isEqualTo(1);
        assertThat(raw.keys("{llm}:cache:e:*")).isEmpty();
    }

    @Test
    void aClearReachesRedisAndTheOtherGateway() throws Exception {
        String key = kept(QUESTION);
        String other = kept(QUESTION.replace("six", "five"));
        two.ask(QUESTION);
        two.ask(QUESTION.replace("six", "five"));

        JsonNode done = one.clear("key=" + key.substring("{llm}:cache:e:".length()) + "&model=sim");

        assertThat(done.path("cleared").asInt()).isEqualTo(1);
        assertThat(done.path("shared").asInt()).isEqualTo(1);
        assertThat(done.path("gateways").asInt()).isEqualTo(2);
        assertThat(raw.exists(key)).isZero();
        assertThat(raw.exists(other)).isEqualTo(1);
        Await.until(
                "the clear in the other's memory",
                () -> two.ask(QUESTION).cache().equals("miss"));
        assertThat(two.ask(QUESTION.replace("six", "five")).cache()).isEqualTo("hit");

        assertThat(one.clear("model=another").path("shared").asInt()).isZero();
        assertThat(two.clear("all=true").path("shared").asInt()).isPositive();
        assertThat(raw.keys("{llm}:cache:e:*")).isEmpty();
        Await.until(
                "the clear in the first one's memory",
                () -> one.ask(QUESTION.replace("six", "five")).cache().equals("miss"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"all=true", "model=another"})
    void whatWasAskedBeforeAClearIsNotKeptAfterIt(String query) throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        two.model = exchange -> {
            two.answer(exchange);
            if (two.asked.get() == 1) {
                asked.countDown();
                assertThat(gate.await(20, TimeUnit.SECONDS)).isTrue();
            }
        };
        CachedChain.Outcome[] before = {null};
        Thread caller = new Thread(() -> before[0] = two.ask(QUESTION));
        caller.start();
        asked.await();
        long known = two.cache.sharedCache().generation();
        one.clear(query);
        Await.until(
                "the other gateway to hear of it", () -> two.cache.sharedCache().generation() == known + 2);
        gate.countDown();
        caller.join(20_000);

        assertThat(before[0].text()).isEqualTo("42");
        assertThat(raw.keys("{llm}:cache:e:*")).isEmpty();
        assertThat(two.ask(QUESTION).cache()).isEqualTo("miss");
    }

    @Test
    void whoMissesAClearForgetsEverything() throws Exception {
        kept(QUESTION);
        two.ask(QUESTION);
        raw.hincrby("{llm}:cache:clears", "n", 1); // a clear that nobody was told of
        raw.keys("{llm}:cache:e:*").forEach(raw::del);

        Await.until("it to be noticed", () -> two.ask(QUESTION).cache().equals("miss"));
    }

    @Test
    void aRedisThatIsEmptiedTakesNobodysMemory() throws Exception {
        kept(QUESTION);
        two.ask(QUESTION);
        one.clear("model=another");
        raw.flushall();
        Await.until("a new count of clears", () -> raw.hget("{llm}:cache:clears", "n") != null);

        assertThat(two.ask(QUESTION).cache()).isEqualTo("hit");
        kept(QUESTION.replace("six", "five"));
        assertThat(two.ask(QUESTION.replace("six", "five")).cache()).isEqualTo("hit");
        assertThat(two.asked).hasValue(0);
    }

    /** What was cleared has come back with it. */
    @Test
    void aRedisFromAnOlderCopyGivesNothingThatItHad() throws Exception {
        kept(QUESTION);
        one.clear("model=another");
        raw.hset("{llm}:cache:clears", "n", "1");

        Await.until("it to be noticed", () -> raw.hget("{llm}:cache:clears", "floor") != null);
        assertThat(two.ask(QUESTION).cache()).isEqualTo("miss");
    }

    @Test
    void withoutRedisOnlyThisGatewayIsClearedAndSaysSo() throws Exception {
        kept(QUESTION);
        redis.kill();
        Await.until("the alarm", () -> !one.cache.sharedCache().up());

        assertThatThrownBy(() -> one.clear("all=true"))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE))
                .hasMessageStartingWith("The 1 answers of this gateway are cleared; those that gateways share are not");
        assertThat(one.ask(QUESTION).cache()).isEqualTo("miss");
    }

    @Test
    void aRedisWithoutRoomIsNotFilledUpToTheBrim() throws Exception {
        raw.set("ballast", "x".repeat(8_000_000));
        raw.configSet("maxmemory", "10mb");
        AtomicInteger number = new AtomicInteger();
        askUntil("want of room", number, () -> one.cache.sharedCache().counts().dropped() > 0);
        assertThat(one.ask(QUESTION.replace("six", "six" + number.get())).cache())
                .isEqualTo("hit");

        raw.del("ballast");
        long before = one.cache.sharedCache().counts().kept();
        askUntil("room", number, () -> one.cache.sharedCache().counts().kept() > before);
    }

    private void askUntil(String what, AtomicInteger number, BooleanSupplier condition) throws Exception {
        Await.until(what, () -> {
            one.ask(QUESTION.replace("six", "six" + number.incrementAndGet()));
            return condition.getAsBoolean();
        });
    }

    @Test
    void streamsAreSharedOnceTheyAreWhole() throws Exception {
        String streamed = QUESTION.replace("{\"model\"", "{\"stream\":true,\"model\"");
        kept(streamed);
        for (String json : List.of(streamed, QUESTION)) {
            assertThat(two.ask(json).text()).isEqualTo("42");
        }
        assertThat(two.asked).hasValue(0);
    }
}
