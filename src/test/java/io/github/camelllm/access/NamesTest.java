package io.github.camelllm.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ana",
                "o'brien+x@example.com",
                "auth0|5f7c66d8",
                "user:42",
                "org/team",
                "ana_x.org#EXT#@y.com",
                "6f1c0c3e-0b7e-4b57-9a52-1a2b3c4d5e6f",
                "cn=ana",
                "Data Science",
                "Müller",
                "王小明",
                "Ωμέγα",
                "अनु",
                "~",
                "7"
            })
    void takesTheNamesThatIdentityProvidersGive(String name) {
        assertThat(Names.problemOfName(name)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                " ana",
                "ana ",
                "a  b",
                "a\tb",
                "a\r\nX-Admin: 1",
                "a\nb",
                "a\0b",
                "a\u007fb",
                "a\u0085b",
                "a\u200bb",
                "a\u202eb",
                "a\u00a0b",
                "\ud800",
                "a\"b",
                "a\\b",
                "${env:HOME}",
                "{tag}",
                "a;b",
                "a<b>",
                "a`b`",
                "a*",
                "a?",
                "a%0a",
                "a&b",
                "\ud83d\ude00"
            })
    void refusesWhatMeansSomethingElsewhere(String name) {
        assertThat(Names.problemOfName(name))
                .endsWith("; expected 1 to 128 letters, digits, single spaces and . _ + - @ : / | = ' ~ #")
                .doesNotContainPattern("\\p{Cntrl}");
    }

    @Test
    void countsCharactersAndNotUtf16Units() {
        String oldPersian = new String(Character.toChars(0x103a0));

        assertThat(Names.problemOfName("a".repeat(128))).isNull();
        assertThat(Names.problemOfName("a".repeat(129)))
                .startsWith("is '" + "a".repeat(40) + "...'; expected 1 to 128");
        assertThat(Names.problemOfName(oldPersian.repeat(128))).isNull();
        assertThat(Names.problemOfName(oldPersian.repeat(129))).isNotNull();
    }

    @Test
    void readsHeadersAsUtf8WhereTheyAre() {
        String asServersHandItOver = new String("Zoë".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);

        assertThat(Names.fromHeader(asServersHandItOver)).isEqualTo("Zoë");
        assertThat(Names.fromHeader("Zoë")).as("Latin-1").isEqualTo("Zoë");
        assertThat(Names.fromHeader("王小明")).as("from a queue").isEqualTo("王小明");
        assertThat(Names.fromHeader("Zoe\u0308")).as("composed").isEqualTo("Zoë");
        assertThat(Names.fromHeader("ana@example.com")).isEqualTo("ana@example.com");
    }

    @Test
    void measuresLongNamesWithoutBacktracking() {
        assertThat(Names.problemOfName("a ".repeat(100_000))).isNotNull();
        assertThat(Names.problemOfId("a".repeat(1_000_000))).isNotNull();
    }
}
