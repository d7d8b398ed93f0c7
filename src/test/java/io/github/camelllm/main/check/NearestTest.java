package io.github.camelllm.main.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {

    private static final Set<String> KNOWN = Set.of("policy", "process", "choice", "to", "toD", "log");

    @ParameterizedTest
    @CsvSource({"polcy,policy", "Policy,policy", "porcess,process", "choise,choice", "lgo,log", "tod,toD"})
    void findsWhatWasMeant(String written, String meant) {
        assertThat(Nearest.to(written, KNOWN)).contains(meant);
    }

    @ParameterizedTest
    @CsvSource({"wireTap", "xyz", "circuitBreaker"})
    void doesNotGuessWildly(String written) {
        assertThat(Nearest.to(written, KNOWN)).isEmpty();
    }

    @Test
    void countsASwapAsOneSlip() {
        assertThat(Nearest.distance("prot", "port")).isEqualTo(1);
        assertThat(Nearest.distance("", "abc")).isEqualTo(3);
        assertThat(Nearest.distance("same", "same")).isZero();
    }
}
