package io.github.camelllm.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values come back wherever a text has their placeholders, however it is cut. */
class RestorerTest {

    private static Pseudonyms pseudonyms() {
        Pseudonyms known = new Pseudonyms(Set.of());
        assertThat(known.numbered("EMAIL", "ann@x.org")).isEqualTo("EMAIL_1");
        assertThat(known.numbered("EMAIL", "bob@x.org")).isEqualTo("EMAIL_2");
        assertThat(known.numbered("EMAIL", "ann@x.org")).isEqualTo("EMAIL_1");
        for (int i = 3; i < 12; i++) {
            known.numbered("EMAIL", "m" + i + "@x.org");
        }
        known.numbered("US_SSN", "078-05-1120");
        known.coded("KEY", "a1b2c3d4e5f60718", "say \"hi\"\\\n");
        return known;
    }

    static String restored(boolean json, String... pieces) {
        Restorer restorer = new Restorer(pseudonyms(), json);
        StringBuilder out = new StringBuilder();
        for (String piece : pieces) {
            out.append(restorer.push(piece));
        }
        return out.append(restorer.end()).toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "write to <EMAIL_1>, please | write to ann@x.org, please",
                "<EMAIL_1><EMAIL_2> | ann@x.orgbob@x.org",
                "<email_1> and <Email_2> | ann@x.org and bob@x.org",
                "EMAIL_1 is hers. | ann@x.org is hers.",
                "(EMAIL_1) | (ann@x.org)",
                "**EMAIL_1** `EMAIL_2` | **ann@x.org** `bob@x.org`",
                "[EMAIL_1] | ann@x.org",
                "[EMAIL_1](mailto:EMAIL_1) | [ann@x.org](mailto:ann@x.org)",
                "[<EMAIL_1>](mailto:<EMAIL_1>) | [ann@x.org](mailto:ann@x.org)",
                "\\<EMAIL_1\\> | ann@x.org",
                "\\<EMAIL\\_1\\> and EMAIL\\_2 | ann@x.org and bob@x.org",
                "\\<EMAIL_1> | \\ann@x.org",
                "&lt;EMAIL_1&gt; | ann@x.org",
                "&LT;EMAIL_1&GT; | ann@x.org",
                "\\u003cEMAIL_1\\u003e | ann@x.org",
                "<EMAIL_1/> | ann@x.org",
                "<EMAIL_1, she said | ann@x.org, she said",
                "<EMAIL_11> <EMAIL_1>1 | m11@x.org ann@x.org1",
                "<EMAIL_99> EMAIL_99 <EMAIL_> < EMAIL | <EMAIL_99> EMAIL_99 <EMAIL_> < EMAIL",
                "EMAIL_12 xEMAIL_1 EMAIL_1x EMAIL_1_2 | EMAIL_12 xEMAIL_1 EMAIL_1x EMAIL_1_2",
                "联系EMAIL_1吧 | 联系ann@x.org吧",
                "<US_SSN_1>. <us_ssn_1> | 078-05-1120. 078-05-1120",
                "a<b>EMAIL_1</b> | a<b>ann@x.org</b>",
                "<<EMAIL_1>> | <ann@x.org>",
                "EMAIL_1 | ann@x.org",
                "E | E",
                "<EMAIL | <EMAIL",
            })
    void putsValuesBack(String said, String expected) {
        assertThat(restored(false, said)).isEqualTo(expected);
        sameHoweverCut(said, false);
    }

    static void sameHoweverCut(String said, boolean json) {
        String whole = restored(json, said);
        for (int i = 0; i <= said.length(); i++) {
            assertThat(restored(json, said.substring(0, i), said.substring(i)))
                    .as("cut at %d", i)
                    .isEqualTo(whole);
            for (int j = i; j <= said.length() && said.length() < 60; j++) {
                assertThat(restored(json, said.substring(0, i), said.substring(i, j), said.substring(j)))
                        .isEqualTo(whole);
            }
        }
        assertThat(restored(json, said.split(""))).isEqualTo(whole);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"to\":\"<EMAIL_1>\"} | {\"to\":\"ann@x.org\"}",
                "{\"to\":\"\\u003cEMAIL_1\\u003E\"} | {\"to\":\"ann@x.org\"}",
                "{\"to\":\"Hi\\nEMAIL_1\\nEMAIL_2\"} | {\"to\":\"Hi\\nann@x.org\\nbob@x.org\"}",
                "{\"to\":\"\\\\<EMAIL_1\\\\> EMAIL\\\\_2\"} | {\"to\":\"ann@x.org bob@x.org\"}",
                "{\"to\":\"\\\\<EMAIL_1>\"} | {\"to\":\"\\\\ann@x.org\"}",
                "{\"say\":\"<KEY_A1B2C3D4>\"} | {\"say\":\"say \\\"hi\\\"\\\\\\n\"}",
            })
    void writesJsonInJson(String said, String expected) throws Exception {
        assertThat(restored(true, said)).isEqualTo(expected);
        JsonNode read = Json.read(restored(true, said).getBytes(StandardCharsets.UTF_8));
        assertThat(read.isObject()).isTrue();
        sameHoweverCut(said, true);
    }

    @Test
    void givesTheSamePieceWhereNothingIsToBeDone() {
        Restorer restorer = new Restorer(pseudonyms(), false);
        String piece = "nothing to be seen here, ";
        assertThat(restorer.push(piece)).isSameAs(piece);
    }

    @Test
    void holdsNoMoreThanMayBecomeAPlaceholder() {
        Restorer restorer = new Restorer(pseudonyms(), false);
        assertThat(restorer.push("a < b, <div> EM")).isEqualTo("a < b, <div> ");
        assertThat(restorer.push("PLOYEE ")).isEqualTo("EMPLOYEE ");
        assertThat(restorer.push("<EMAIL_1")).isEmpty();
        assertThat(restorer.push(">")).isEqualTo("ann@x.org");
    }

    @Test
    void isTheSameHoweverRandomTextsAreCut() {
        List<String> bits = List.of(
                "<",
                ">",
                "EMAIL",
                "_",
                "1",
                "2",
                "\\",
                "[",
                "]",
                "(",
                "&lt;",
                "&gt;",
                "\\u003c",
                "\\u003e",
                " ",
                "x",
                "email_1",
                "<EMAIL_1>",
                "US_SSN_1",
                "\n",
                "\\n",
                "é",
                "/",
                "u003c",
                "EMAIL_1");
        Random random = new Random(7);
        for (int round = 0; round < 4000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(12); i >= 0; i--) {
                text.append(bits.get(random.nextInt(bits.size())));
            }
            String said = text.toString();
            boolean json = random.nextBoolean();
            String whole = restored(json, said);
            assertThat(restored(json, said.split(""))).as(said).isEqualTo(whole);
            int cut = random.nextInt(said.length() + 1);
            assertThat(restored(json, said.substring(0, cut), said.substring(cut)))
                    .as(said)
                    .isEqualTo(whole);
        }
    }
}
