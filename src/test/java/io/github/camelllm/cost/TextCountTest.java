package io.github.camelllm.cost;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Counting one text, quickly and exactly. */
class TextCountTest {

    static Iterable<Map.Entry<String, String>> samples() {
        return Samples.all().entrySet();
    }

    /** The bounds are what was measured, and some room. */
    @ParameterizedTest
    @MethodSource("samples")
    void theQuickCountIsNearTheExactOne(Map.Entry<String, String> sample) {
        double quick = QuickCount.of(sample.getValue()) / (double) QuickCount.PARTS;
        double exact = Encodings.O200K.tokens(sample.getValue());

        assertThat(quick / exact).as(sample.getKey()).isBetween(0.85, 1.5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<|endoftext|>",
                "<|im_start|>system\n<|im_end|>",
                "a<|fim_prefix|>b<|fim_middle|><|fim_suffix|>c",
                "<|endofprompt|>"
            })
    void specialTokensAreTextLikeAnyOther(String text) {
        assertThat(Encodings.O200K.tokens(text)).isGreaterThan(2);
        assertThat(Encodings.CL100K.tokens(text)).isGreaterThan(2);
        assertThat(QuickCount.of(text)).isPositive();
    }

    @Test
    void knowsTheCountsOfOpenAi() {
        assertThat(Encodings.O200K.tokens("hello world")).isEqualTo(2);
        assertThat(Encodings.CL100K.tokens("hello world")).isEqualTo(2);
        assertThat(Encodings.CL100K.tokens("tiktoken is great!")).isEqualTo(6);
        assertThat(Encodings.O200K.tokens("")).isZero();
        assertThat(QuickCount.of("")).isZero();
    }

    @Test
    void takesAnyTextWhatever() {
        Random seeds = new Random();
        for (int i = 0; i < 2_000; i++) {
            long seed = seeds.nextLong();
            String text = Samples.noise(new Random(seed), 1 + i % 200);
            assertThat(QuickCount.of(text)).as("seed " + seed).isNotNegative();
            assertThat(Encodings.O200K.tokens(text)).as("seed " + seed).isPositive();
            assertThat(Encodings.CL100K.tokens(text)).as("seed " + seed).isPositive();
        }
    }

    @Test
    void piecesOfALongTextMakeAboutTheWhole() {
        Random random = new Random(3);
        String text = Samples.all().values().stream()
                .map(sample -> sample + " " + Samples.noise(random, 300))
                .collect(Collectors.joining(" "));
        assertThat(text.length()).isGreaterThan(5 * Encodings.PIECE);

        long pieces = Encodings.O200K.tokens(text);
        long whole = 0;
        for (String line : text.split("(?<=\n)")) {
            whole += Encodings.O200K.tokens(line);
        }
        assertThat(pieces).isCloseTo(whole, org.assertj.core.api.Assertions.withinPercentage(1));
    }

    /** A text of a million like characters is one word to the encodings, whose merging must not be quadratic. */
    @ParameterizedTest
    @ValueSource(strings = {"a", "A", " ", "\n", "-", "1", "語", "é", "\ud83d", "ab", "aB1-", "\t \n"})
    void aLongRunIsCountedInItsLength(String character) {
        String text = character.repeat(1_000_000 / character.length());

        long tokens = Encodings.O200K.tokens(text);

        assertThat(tokens).isBetween(1L, 4_000_000L);
        assertThat(QuickCount.of(text)).isPositive();
    }

    @Test
    void isTheSameForManyThreads() throws Exception {
        String text = Samples.all().get("Java");
        long expected = Encodings.O200K.tokens(text);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Callable<Long> count = () -> Encodings.O200K.tokens(text);
            for (Future<Long> counted : threads.invokeAll(
                    IntStream.range(0, 200).mapToObj(i -> count).toList())) {
                assertThat(counted.get()).isEqualTo(expected);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
