package io.github.camelllm.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.testkit.CapturedLog;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Settlements on their way: kept when they do not arrive, and never more than there is room for. */
class OutboxTest {

    private static final Limit DAY =
            new Limit("day", 10, new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC), List.of());
    private static final Limit MINUTE = new Limit("minute", 10, new Window.Sliding(Duration.ofMinutes(1)), List.of());

    private final List<Settlement> sent = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();
    private Throwable failure;

    private Outbox outbox(int most) {
        return new Outbox(
                settlement -> {
                    sent.add(settlement);
                    return failure == null
                            ? CompletableFuture.completedFuture(List.of())
                            : CompletableFuture.failedFuture(failure);
                },
                told -> {},
                failures::add,
                most);
    }

    private static Settlement settlement(String id) {
        return new Settlement("holder", id, List.of(new Draw(DAY, 1)), new long[] {1}, 0);
    }

    private static boolean flush(Outbox outbox) throws Exception {
        return outbox.flush("now", System.nanoTime() + Duration.ofSeconds(5).toNanos());
    }

    @Test
    void sendsAgainWhatDidNotArriveUntilItDoes() throws Exception {
        Outbox outbox = outbox(10);
        failure = new IllegalStateException("gone");
        outbox.add(settlement("a"), true);
        outbox.add(settlement("b"), false);
        assertThat(failures).containsExactly(failure);
        assertThat(flush(outbox)).isFalse();
        assertThat(outbox.size()).isEqualTo(2);
        assertThat(outbox.arrived()).isEmpty();

        failure = null;

        assertThat(flush(outbox)).isTrue();
        assertThat(outbox.size()).isZero();
        assertThat(outbox.underWay()).isZero();
        assertThat(outbox.arrived().get("holder")).containsExactlyInAnyOrder("a", "b");
        assertThat(outbox.arrived()).isEmpty();
    }

    @Test
    void countsWhatThereIsNoRoomFor() throws Exception {
        Outbox outbox = outbox(3);
        try (CapturedLog log = new CapturedLog(Outbox.class, org.apache.logging.log4j.Level.ERROR)) {
            for (int i = 0; i < 10; i++) {
                outbox.add(settlement("s" + i), false);
            }
            assertThat(outbox.lost()).isEqualTo(7);
            assertThat(log.lines())
                    .containsExactly(
                            "ERROR the settlement of s3 is lost, 1 in all: more than 3 wait already. What was used"
                                    + " is missing in the counters");
        }
        assertThat(flush(outbox)).isTrue();
        assertThat(sent).hasSize(3);
        outbox.add(settlement("room again"), true);
        assertThat(outbox.lost()).isEqualTo(7);
    }

    @Test
    void doesNotSendForEverWhatRedisWillNeverTake() throws Exception {
        Outbox outbox = outbox(10);
        failure = new IllegalArgumentException("never");

        outbox.add(settlement("a"), true);

        assertThat(outbox.size()).isZero();
        assertThat(outbox.lost()).isEqualTo(1);
        assertThat(failures).isEmpty();
    }

    @Test
    void addsUpWhatIsUsedWithoutRedisHoweverMuchItIs() throws Exception {
        Outbox outbox = outbox(10);
        long minute = 60_000_000L * 1_000_000;
        for (int i = 0; i < 10_000; i++) {
            outbox.use(
                    new Reservation(
                            "r" + i, List.of(new Draw(DAY, 1), new Draw(MINUTE, 1)), minute + i % 2_000_000, true),
                    new long[] {2, i % 2});
        }
        assertThat(outbox.size()).isEqualTo(2);

        flush(outbox);

        Map<String, Long> sums = new HashMap<>();
        sent.forEach(settlement ->
                sums.merge(settlement.draws().get(0).limit().key(), settlement.used()[0], Long::sum));
        assertThat(sums).containsOnly(Map.entry("day", 20_000L), Map.entry("minute", 5_000L));
        assertThat(sent).extracting(Settlement::id).doesNotHaveDuplicates();
        assertThat(outbox.size()).isZero();
    }

    @Test
    void losesNothingThatIsAddedWhileItIsSent() throws Exception {
        Outbox outbox = new Outbox(
                settlement -> {
                    synchronized (sent) {
                        sent.add(settlement);
                    }
                    return CompletableFuture.completedFuture(List.of());
                },
                told -> {},
                failures::add,
                1_000);
        Contest.of(5, number -> {
            try {
                for (int i = 0; i < 5_000; i++) {
                    if (number == 0) {
                        flush(outbox);
                    } else {
                        outbox.use(new Reservation("r", List.of(new Draw(DAY, 1)), 0, true), new long[] {1});
                    }
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            return null;
        });
        flush(outbox);
        assertThat(sent.stream().mapToLong(settlement -> settlement.used()[0]).sum())
                .isEqualTo(20_000);
    }
}
