package io.github.camelllm.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {

    private static final List<String> KNOWN = List.of("id", "tenant", "team", "tier", "speaks-for-others", "expires");

    @ParameterizedTest
    @CsvSource({
        "tenent, tenant",
        "taem, team",
        "tire, tier",
        "ids, id",
        "expire, expires",
        "Expires, expires",
        "speaks_for_others, speaks-for-others",
        "speaksForOthers, speaks-for-others",
        "speak-for-other, speaks-for-others"
    })
    void findsWhatWasMeant(String given, String meant) {
        assertThat(Nearest.to(given, KNOWN)).contains(meant);
    }

    @Test
    void guessesNothingFarFetched() {
        assertThat(Nearest.to("colour", KNOWN)).isEmpty();
        assertThat(Nearest.to("", KNOWN)).isEmpty();
        assertThat(Nearest.to("x".repeat(1_000_000), KNOWN)).isEmpty();
    }
}
