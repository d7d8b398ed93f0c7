package io.github.camelllm.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Usage;
import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EntryTest {

    /** A call whose entry depends on who reads it would be written twice, or lost. */
    @Test
    void isTheSameFromTheRecordAndFromItsLine() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 5000; i++) {
            FinishedCall call = CallMaker.random(random, "call_" + i).make();
            assertThat(Entry.of(Json.read(Json.write(call.toJson()))))
                    .as("seed %d, call %d", seed, i)
                    .isEqualTo(Entry.of(call));
        }
    }

    @Test
    void hasAChargeForEachAttemptThatUsedSomething() {
        Entry entry = CallMaker.call("call_1")
                .tried("a", null, null)
                .tried("b", Usage.reported(10, 5, 0, 0), "0.25")
                .tried("c", Usage.estimate(7, 0), null)
                .entry();

        assertThat(entry.charges())
                .containsExactly(
                        new Entry.Charge(2, "b", "openai", Usage.reported(10, 5, 0, 0), new BigDecimal("0.25")),
                        new Entry.Charge(3, "c", "openai", Usage.estimate(7, 0), null));
    }

    @Test
    void ofACallThatUsedNothingIsOneChargeOfNothing() {
        Entry refused = CallMaker.call("call_1").failed(429, "quota_exhausted").entry();

        assertThat(refused.charges())
                .containsExactly(new Entry.Charge(0, "gpt-x", "openai", Usage.NONE, BigDecimal.ZERO));
    }

    @Test
    void keepsTwentyDigitsBehindThePoint() {
        Entry entry = CallMaker.call("call_1")
                .used("m", 1, 1, "0.00000000000000000012")
                .used("m", 1, 1, "0.000000000000000000125")
                .entry();

        assertThat(entry.charges())
                .extracting(Entry.Charge::cost)
                .allMatch(cost -> cost.compareTo(new BigDecimal("0.00000000000000000012")) == 0);
    }

    @Test
    void fitsIntoItsColumns() {
        CallMaker maker = CallMaker.call("x".repeat(100)).by("\ud83d\ude00".repeat(200), "a\u0000\ud83d");
        Entry entry = maker.entry();

        assertThat(entry.callId()).hasSize(64);
        assertThat(entry.user()).isEqualTo("\ud83d\ude00".repeat(128));
        assertThat(entry.team()).isEqualTo("a\ufffd\ufffd");
    }

    @Test
    void isNoneOfALineThatNamesNoCall() throws Exception {
        assertThat(Entry.of(Json.read("{\"time\":\"2026-01-01T00:00:00Z\",\"request_id\":\"r\"}".getBytes())))
                .isNull();
        assertThat(Entry.of(Json.read("{\"call_id\":\"c\"}".getBytes()))).isNull();
    }

    @Test
    void isRefusedOfALineThatLacksWhoCalled() {
        assertThatThrownBy(() -> Entry.of(Json.read(
                        "{\"time\":\"2026-01-01T00:00:00Z\",\"call_id\":\"c\",\"operation\":\"chat\"}".getBytes())))
                .isInstanceOf(RuntimeException.class);
    }
}
