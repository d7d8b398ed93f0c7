package io.github.camelllm.main.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class PlaceholdersTest {

    private static final Map<String, String> DEFINED =
            Map.of("a", "1", "b", "{{a}}2", "env:HOME", "/home", "loop", "{{loop}}", "url", "http://x:1");

    @Test
    void replacesWhatIsDefined() {
        assertThat(resolve("x{{a}}y{{ b }}z")).isEqualTo("x1y12z");
        assertThat(resolve("{{env:HOME}}/x")).isEqualTo("/home/x");
        assertThat(resolve("nothing here")).isEqualTo("nothing here");
    }

    @Test
    void fallsBackOnDefaults() {
        assertThat(resolve("{{no:7}}")).isEqualTo("7");
        assertThat(resolve("{{env:NO:http://y:2/v1}}")).isEqualTo("http://y:2/v1");
        assertThat(resolve("{{env:NO:}}|{{?no}}")).isEqualTo("|");
        assertThat(resolve("{{a:7}}")).isEqualTo("1");
    }

    @Test
    void saysWhatStandsForNothing() {
        assertThatThrownBy(() -> resolve("{{no.such}}")).hasMessage("{{no.such}} stands for nothing");
        assertThatThrownBy(() -> resolve("{{loop}}")).hasMessage("'{{loop}}' stands for itself");
    }

    @Test
    void readsThemWithoutReplacing() {
        assertThat(Placeholders.of("{{a}} {{b:c:d}} {{?e}} {{env:F:g}} { {h} }"))
                .containsExactly(
                        new Placeholders.Placeholder("a", null, false),
                        new Placeholders.Placeholder("b", "c:d", false),
                        new Placeholders.Placeholder("e", null, true),
                        new Placeholders.Placeholder("env:F", "g", false));
    }

    private static String resolve(String text) {
        return Placeholders.resolve(text, DEFINED::get);
    }
}
