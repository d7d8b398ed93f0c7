package io.github.camelllm.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.testkit.ManualTicker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The store keeps to its bound, and its indexes keep to it. */
class AnswerStoreTest {

    private static final long MOST = 8L << 20;
    private static final int MILLION = 1_000_000;
    private static final int THREADS = 4;

    private final ManualTicker ticker = new ManualTicker();
    private final Call call = new Call(ticker, Operation.CHAT, new CallHeaders(), null, new Request(new byte[0]));

    private Kept kept(String id, int bytes) {
        byte[] json = ("{\"x\":\"" + "y".repeat(bytes) + "\"}").getBytes(StandardCharsets.UTF_8);
        return new Kept(new Question(id, "p", null), call, json, Duration.ofMinutes(1), Duration.ofMinutes(1));
    }

    private static String id(int i) {
        return new CanonicalDigest().text(Integer.toString(i)).hex();
    }

    private static long heap() {
        Runtime runtime = Runtime.getRuntime();
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
        }
        return used;
    }

    /** By its own count at every moment, and by what the heap holds in the end: with its overhead, and with an index. */
    @Test
    void holdsNoMoreThanItsBoundWhileAMillionAnswersPass() throws Exception {
        NormalisedTier names = new NormalisedTier(List::of);
        AtomicLong most = new AtomicLong();
        long before = heap();
        AnswerStore store = new AnswerStore(
                MOST, names.bytesPerAnswer(), ticker, gone -> names.remove(gone.partition(), gone.id()));
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<Void>> writers = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int first = thread;
                writers.add(() -> {
                    for (int i = first; i < MILLION; i += THREADS) {
                        String id = id(i);
                        names.add(call, new Question(id, "p", "question " + i));
                        store.put(kept(id, 200 + i % 1000), store.generation());
                        if (i % 1000 == first) {
                            most.accumulateAndGet(store.bytes(), Math::max);
                        }
                    }
                    return null;
                });
            }
            for (Future<Void> writer : pool.invokeAll(writers)) {
                writer.get();
            }
        } finally {
            pool.shutdownNow();
        }
        long held = heap() - before;

        // what is written and not yet counted is bounded by Caffeine's write buffer
        assertThat(most.get()).isBetween(MOST / 2, MOST + (1 << 20));
        assertThat(store.bytes()).isBetween(MOST / 2, MOST);
        assertThat(store.size()).isBetween(2_000L, 8_000L);
        assertThat(names.size()).isEqualTo((int) store.size());
        assertThat(held).as("bytes of heap").isBetween(MOST / 3, MOST + MOST / 2);
        assertThat(store.evicted()).isGreaterThan(900_000);
    }

    @Test
    void whatIsAskedForStays() {
        AnswerStore store = new AnswerStore(100_000, 0, ticker, gone -> {});
        store.put(kept("wanted", 500), store.generation());
        for (int i = 0; i < 2000; i++) {
            store.put(kept(id(i), 500), store.generation());
            assertThat(store.find("wanted")).isPresent();
        }
    }

    @Test
    void anAnswerLeavesWhenItsTimeIsOver() {
        List<String> gone = new ArrayList<>();
        AnswerStore store = new AnswerStore(MOST, 0, ticker, question -> gone.add(question.id()));
        store.put(kept("a", 10), store.generation());
        ticker.advance(Duration.ofSeconds(59));
        assertThat(store.find("a").orElseThrow().isFresh(ticker.nanos(), Duration.ofHours(1)))
                .isTrue();
        ticker.advance(Duration.ofSeconds(1));
        assertThat(store.find("a").orElseThrow().isFresh(ticker.nanos(), Duration.ofHours(1)))
                .isFalse();
        ticker.advance(Duration.ofSeconds(61));
        assertThat(store.find("a")).isEmpty();
        store.put(kept("b", 10), store.generation());
        assertThat(gone).containsExactly("a");
    }

    @Test
    void aNewerAnswerTakesThePlaceWithoutLeavingTheIndexes() {
        List<String> gone = new ArrayList<>();
        AnswerStore store = new AnswerStore(MOST, 0, ticker, question -> gone.add(question.id()));
        store.put(kept("a", 10), store.generation());
        ticker.advance(Duration.ofSeconds(100));
        store.put(kept("a", 20), store.generation());
        ticker.advance(Duration.ofSeconds(50));

        assertThat(store.find("a").orElseThrow().isFresh(ticker.nanos(), Duration.ofHours(1)))
                .isTrue();
        assertThat(gone).isEmpty();
        assertThat(store.clear(kept -> true)).isEqualTo(1);
        assertThat(gone).containsExactly("a");
        assertThat(store.bytes()).isZero();
    }

    /** However the two come together. */
    @Test
    void nothingAskedForBeforeAClearIsKeptAfterIt() throws Exception {
        AnswerStore store = new AnswerStore(MOST, 0, ticker, gone -> {});
        long before = store.generation();
        assertThat(store.put(kept("a", 10), before)).isTrue();
        assertThat(store.clear(kept -> false)).isZero();
        assertThat(store.put(kept("b", 10), before)).isFalse();
        assertThat(store.find("b")).isEmpty();

        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try {
            for (int round = 0; round < 200; round++) {
                long now = store.generation();
                List<Callable<Boolean>> both = new ArrayList<>();
                both.add(() -> store.put(kept("c", 10), now));
                both.add(() -> store.clear(kept -> true) >= 0);
                for (Future<Boolean> one : pool.invokeAll(both)) {
                    one.get();
                }
                assertThat(store.find("c")).isEmpty();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void anOlderAnswerTakesNoNewerOnesPlace() {
        AnswerStore store = new AnswerStore(MOST, 0, ticker, gone -> {});
        Kept older = kept("a", 10);
        ticker.advance(Duration.ofSeconds(1));
        store.put(kept("a", 20), store.generation());
        store.put(older, store.generation());
        assertThat(store.find("a").orElseThrow()).isNotSameAs(older);
    }

    @Test
    void largeAnswersTakeLessThanTheyAre() {
        Kept large = kept("a", 100_000);
        assertThat(large.weight()).isLessThan(5_000);
        assertThat(large.answer().tree().path("x").asText()).hasSize(100_000);
    }

    /** Another gateway says so while its old answer is on its way here. */
    @Test
    void keepsNothingOfOthersThatTheyHaveTakenBackMeanwhile() {
        AnswerStore store = new AnswerStore(MOST, 0, ticker, gone -> {});
        long promotions = store.promotions();
        long generation = store.generation();
        store.takeBack("a");

        assertThat(store.promote(kept("a", 10), promotions)).isFalse();
        assertThat(store.find("a")).isEmpty();
        assertThat(store.put(kept("b", 10), generation)).isTrue();
        assertThat(store.promote(kept("a", 10), store.promotions())).isTrue();
    }

    @Test
    void whatClientsSendInHeadersCountsAgainstTheBound() {
        AnswerStore store = new AnswerStore(MOST, 0, ticker, gone -> {});
        for (int i = 0; i < 3000; i++) {
            Call named = new Call(
                    ticker,
                    Operation.CHAT,
                    new CallHeaders().put("x-llm-task", i + "t".repeat(7000)),
                    null,
                    new Request(new byte[0]));
            byte[] json = "{}".getBytes(StandardCharsets.UTF_8);
            store.put(
                    new Kept(new Question(id(i), "p", null), named, json, Duration.ofHours(1), Duration.ZERO),
                    store.generation());
        }

        assertThat(store.size()).isLessThan(MOST / 7000 + 1);
    }
}
