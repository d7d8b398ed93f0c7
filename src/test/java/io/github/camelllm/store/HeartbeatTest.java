package io.github.camelllm.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** When a connection counts as failed; the ticks are the test's. */
class HeartbeatTest {

    private static final int MOST = 12;

    private final List<CompletableFuture<String>> pings = new ArrayList<>();
    private final List<Throwable> lost = new ArrayList<>();
    private final Heartbeat heartbeat = new Heartbeat(
            Heartbeat.TICK.multipliedBy(MOST),
            () -> {
                CompletableFuture<String> ping = new CompletableFuture<>();
                pings.add(ping);
                return ping;
            },
            lost::add);

    private void ticks(int number) {
        for (int i = 0; i < number; i++) {
            heartbeat.tick();
        }
    }

    @Test
    void aRedisThatIsBusyIsAliveHoweverLongACallWaits() {
        for (int i = 0; i < 1_000; i++) {
            heartbeat.sent();
            heartbeat.heard(); // the answers to others
            heartbeat.tick();
        }
        assertThat(lost).isEmpty();
        assertThat(pings).isEmpty();
    }

    @Test
    void oneThatOwesAnAnswerAndIsSilentHasFailed() {
        heartbeat.sent();
        ticks(MOST - 1);
        assertThat(pings).hasSize(1);
        assertThat(lost).isEmpty();
        heartbeat.tick();
        assertThat(lost).hasSize(1);
        ticks(3);
        assertThat(lost).as("as long as it has").hasSize(4);
        assertThat(pings).hasSize(1);
    }

    /** A process that did not run has had no ticks: the pause counts one, whatever it took, and then the bytes are read. */
    @Test
    void aPauseOfThisProcessIsOneTick() {
        heartbeat.sent();
        ticks(2);
        heartbeat.tick(); // after three seconds of garbage collection
        heartbeat.heard();
        ticks(1);
        assertThat(heartbeat.silentTicks()).isZero();
        assertThat(lost).isEmpty();
    }

    @Test
    void oneThatComesBackIsAliveAgain() {
        heartbeat.sent();
        ticks(MOST + 1);
        int before = lost.size();
        heartbeat.heard();
        pings.get(0).complete("PONG");
        ticks(30);
        assertThat(lost).hasSize(before);
    }

    @Test
    void oneThatNobodyUsesIsAskedOnceASecond() {
        ticks(41);
        assertThat(pings).hasSize(1);
        heartbeat.heard();
        pings.get(0).complete("PONG");
        ticks(1 + 39);
        assertThat(pings).hasSize(1);
        ticks(1);
        assertThat(pings).hasSize(2);
        ticks(MOST);
        assertThat(lost).isNotEmpty();
    }

    /** The ping's own answer says nothing of what was sent after it. */
    @Test
    void whatIsSentAfterAPingIsMindedToo() {
        heartbeat.sent();
        heartbeat.tick();
        heartbeat.sent();
        heartbeat.heard();
        pings.get(0).complete("PONG");
        heartbeat.tick();
        ticks(MOST);
        assertThat(pings).hasSize(2);
        assertThat(lost).hasSize(1);
    }

    @Test
    void silenceIsRoundedUpToWholeTicks() {
        Heartbeat hasty = new Heartbeat(Duration.ofMillis(1), CompletableFuture::new, lost::add);
        hasty.sent();
        hasty.tick();
        assertThat(lost).isEmpty();
        hasty.tick();
        assertThat(lost).hasSize(1);
    }
}
