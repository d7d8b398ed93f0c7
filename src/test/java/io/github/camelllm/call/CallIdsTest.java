package io.github.camelllm.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallIdsTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "req_1234", "2026-01-01T00:00:00Z/7", "AbC=.+@", "0"})
    void acceptsHarmlessIds(String id) {
        assertThat(CallIds.acceptOrMake(id)).isEqualTo(id);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                " ",
                "-a",
                "_a",
                "a b",
                "a\r\nSet-Cookie: x",
                "a\nb",
                "a\u0000",
                "ä",
                "${jndi:ldap://x}",
                "a\"",
                "a;b",
                "<b>"
            })
    void makesItsOwnInsteadOfAnythingElse(String id) {
        assertThat(CallIds.acceptOrMake(id)).matches("req_[0-9a-f]{32}");
    }

    @Test
    void acceptsNoMoreThan128Characters() {
        assertThat(CallIds.acceptOrMake("a".repeat(128))).hasSize(128);
        assertThat(CallIds.acceptOrMake("a".repeat(129))).startsWith("req_");
    }

    @Test
    void makesDifferentOnes() {
        Set<String> made = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            made.add(CallIds.acceptOrMake(null));
        }
        assertThat(made).hasSize(10_000);
    }

    @Test
    void ordersThemByTheirMomentAndRepeatsNone() {
        Instant moment = Instant.parse("2026-11-15T10:00:00.123Z");
        Set<String> made = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            String id = CallIds.ordered(moment);
            assertThat(id).matches("[0-9a-f]{32}").isLessThan(CallIds.ordered(moment.plusMillis(1)));
            made.add(id);
        }
        assertThat(made).hasSize(10_000);
    }

    @Test
    void writesAllSixteenDigits() {
        assertThat(CallIds.hex(0)).isEqualTo("0000000000000000");
        assertThat(CallIds.hex(1)).isEqualTo("0000000000000001");
        assertThat(CallIds.hex(-1)).isEqualTo("ffffffffffffffff");
        assertThat(CallIds.hex(0x0123456789abcdefL)).isEqualTo("0123456789abcdef");
    }
}
