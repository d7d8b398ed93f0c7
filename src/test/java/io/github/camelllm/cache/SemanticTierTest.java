package io.github.camelllm.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.cache.CachedChain.Outcome;
import io.github.camelllm.cache.semantic.Embedder;
import io.github.camelllm.cache.semantic.SemanticTier;
import io.github.camelllm.call.Operation;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.CapturedLog;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tier semantic in the step cache, in a route. Its vectors are made here, so that all questions of refunds lie close. */
class SemanticTierTest {

    private static final String REFUND = "Can I get a refund within 30 days?";
    private static final String MONEY_BACK = "Is it possible to get my money back within 30 days?";

    @TempDir
    Path directory;

    private final AtomicInteger embedded = new AtomicInteger();
    private final Embedder embedder = text -> {
        embedded.incrementAndGet();
        return text.contains("refund") || text.contains("money")
                ? new float[] {1, 0.01f * text.length()}
                : new float[] {-1, 0.3f * text.length() % 7 + 0.1f};
    };
    private final SemanticTier tier = new SemanticTier(embedder);
    private CachedChain chain;

    private CachedChain start() throws Exception {
        chain = new CachedChain(directory);
        tier.setFile(directory.resolve("semantic.yaml").toString());
        tier.setCamelContext(chain.context);
        chain.context.getRegistry().bind("semantic", tier);
        chain.cache.setTiers("exact,semantic");
        return chain.start();
    }

    @AfterEach
    void stop() {
        if (chain != null) {
            chain.close();
        }
    }

    private static String asks(String question) {
        return asks(question, "auto");
    }

    private static String asks(String question, String model) {
        return "{\"model\":\"" + model + "\",\"temperature\":0,\"messages\":[{\"role\":\"user\",\"content\":\""
                + question + "\"}]}";
    }

    private void rules(String yaml) throws Exception {
        Files.writeString(directory.resolve("semantic.yaml"), yaml);
    }

    @Test
    void aQuestionThatMeansTheSameGetsTheAnswer() throws Exception {
        tier.setShadowShare(0);
        start();
        chain.text = "Yes.";
        assertThat(chain.ask(asks(REFUND)).cache()).isEqualTo("miss");
        chain.text = "another";
        Outcome outcome = chain.ask(asks(MONEY_BACK));
        assertThat(outcome.cache()).isEqualTo("semantic");
        assertThat(outcome.text()).isEqualTo("Yes.");
        assertThat(outcome.call().getCacheHit().similarity()).isBetween(0.95, 1.0);
        assertThat(chain.asked).hasValue(1);
        assertThat(embedded).as("once for each question").hasValue(2);
    }

    @Test
    void aGuardRefusesANearMissAndIsCounted() throws Exception {
        tier.setShadowShare(0);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        tier.bindTo(meters);
        start();
        chain.ask(asks(REFUND));
        assertThat(chain.ask(asks("Can I get a refund within 60 days?")).cache())
                .isEqualTo("miss");
        assertThat(chain.ask(asks("Can't I get a refund within 30 days?")).cache())
                .isEqualTo("miss");
        assertThat(chain.asked).hasValue(3);
        assertThat(meters.get("llm.cache.semantic.refused")
                        .tag("guard", "numbers")
                        .functionCounter()
                        .count())
                .isPositive();
        assertThat(meters.get("llm.cache.semantic.questions").gauge().value()).isEqualTo(3);
    }

    @Test
    void whatShapesTheAnswerBesidesMustBeEqual() throws Exception {
        tier.setShadowShare(0);
        start();
        chain.ask(asks(REFUND));
        assertThat(chain.ask(asks(MONEY_BACK, "fast")).cache()).isEqualTo("miss");
        assertThat(chain.send(chain.call(asks(MONEY_BACK), CachedChain.who("other", "ann")))
                        .cache())
                .isEqualTo("miss");
    }

    @Test
    void anAnswerThatIsOverIsNotGiven() throws Exception {
        tier.setShadowShare(0);
        start();
        chain.ask(asks(REFUND));
        chain.ticker.advance(Duration.ofHours(2));
        assertThat(chain.ask(asks(MONEY_BACK)).cache()).isEqualTo("miss");
    }

    @Test
    void isNotAskedUnlessTheCacheNamesIt() throws Exception {
        chain = new CachedChain(directory);
        tier.setFile("does/not/matter");
        tier.setMaxInAll(-5);
        chain.context.getRegistry().bind("semantic", tier);
        chain.start();
        chain.ask(asks(REFUND));
        assertThat(chain.ask(asks(MONEY_BACK)).cache()).isEqualTo("miss");
        assertThat(embedded).hasValue(0);
    }

    @Test
    void anEmbedderThatFailsCostsTheHitAloneAndIsLeftInPeaceForAWhile() throws Exception {
        SemanticTier broken = new SemanticTier(text -> {
            embedded.incrementAndGet();
            throw new Embedder.EmbeddingException("no vectors today", null);
        });
        broken.setFile(directory.resolve("semantic.yaml").toString());
        chain = new CachedChain(directory);
        broken.setCamelContext(chain.context);
        chain.context.getRegistry().bind("semantic", broken);
        chain.cache.setTiers("exact,semantic");
        chain.start();
        Outcome outcome = chain.ask(asks(REFUND));
        assertThat(outcome.failure()).isNull();
        assertThat(outcome.text()).isEqualTo("42");
        assertThat(chain.ask(asks(MONEY_BACK)).cache()).isEqualTo("miss");
        assertThat(embedded).hasValue(1);
        chain.ticker.advance(Duration.ofSeconds(31));
        chain.ask(asks("What is a refund?"));
        assertThat(embedded).hasValue(2);
    }

    @Test
    void embeddingsAndLongQuestionsAreLeftAlone() throws Exception {
        tier.setMaxCharacters(20);
        start();
        chain.ask(asks(REFUND));
        chain.operation = Operation.EMBEDDINGS;
        chain.ask("{\"model\":\"e\",\"input\":\"a refund\"}");
        assertThat(embedded).hasValue(0);
    }

    @Test
    void aPartitionWhoseShadowDiffersGoesOffAndComesBack() throws Exception {
        tier.setShadowShare(1);
        tier.setShadowLeast(2);
        tier.setShadowRest(Duration.ofMinutes(10));
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        tier.bindTo(meters);
        start();
        chain.text = "Yes.";
        chain.ask(asks(REFUND));
        chain.text = "No.";
        assertThat(chain.ask(asks(MONEY_BACK)).text())
                .as("a checked hit is given all the same")
                .isEqualTo("Yes.");
        checked(meters, "different", 1);
        assertThat(meters.get("llm.cache.semantic.off").gauge().value()).isZero();
        chain.text = "Perhaps.";
        try (CapturedLog log = new CapturedLog(SemanticTier.class, Level.WARN)) {
            chain.ask(asks("Can I get my money back within 30 days?"));
            checked(meters, "different", 2);
            Await.until(
                    "the alarm",
                    () -> log.lines().toString().contains("ALARM: the semantic cache is off for the partition"));
        }
        assertThat(meters.get("llm.cache.semantic.off").gauge().value()).isEqualTo(1);
        int before = embedded.get();
        assertThat(chain.ask(asks("Could I get a refund within 30 days?")).cache())
                .isEqualTo("miss");
        chain.ticker.advance(Duration.ofMinutes(11));
        assertThat(meters.get("llm.cache.semantic.off").gauge().value()).isZero();
        assertThat(chain.ask(asks("Please, can I get a refund within 30 days?")).cache())
                .isEqualTo("semantic");
        checked(meters, "same", 1);
        assertThat(embedded.get()).isGreaterThan(before);
    }

    private static void checked(SimpleMeterRegistry meters, String result, int times) throws Exception {
        Await.until(
                "checks",
                () -> meters.get("llm.cache.semantic.checked")
                                .tag("result", result)
                                .functionCounter()
                                .count()
                        == times);
    }

    @Test
    void thresholdsAndWordsComeFromTheFile() throws Exception {
        tier.setShadowShare(0);
        rules("partitions:\n  - { model: fast, threshold: off }\nsynonyms:\n  en: [[refund, reimbursement]]\n");
        start();
        chain.ask(asks(REFUND, "fast"));
        assertThat(chain.ask(asks(MONEY_BACK, "fast")).cache()).isEqualTo("miss");
        chain.ask(asks("Is the refund free?"));
        assertThat(chain.ask(asks("Is the reimbursement, not the refund, free?"))
                        .cache())
                .isEqualTo("miss");
        assertThat(chain.asked).hasValue(4);
    }

    @Test
    void whatIsWrongStopsTheStart() throws Exception {
        rules("threshold: 0.5\n");
        assertThatThrownBy(this::start)
                .rootCause()
                .hasMessageContaining("threshold is '0.5'; expected 0.8 to 1, or off");
    }
}
