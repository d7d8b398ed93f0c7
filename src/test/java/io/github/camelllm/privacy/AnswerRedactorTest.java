package io.github.camelllm.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Classification;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.call.text.AnswerPlace;
import io.github.camelllm.call.text.TextFilter;
import io.github.camelllm.privacy.detect.DetectorSettings;
import io.github.camelllm.privacy.detect.DetectorSettings.WordList;
import io.github.camelllm.privacy.detect.Detectors;
import io.github.camelllm.privacy.detect.Finding;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes up in answers is found, however they are cut, and little is held back. */
class AnswerRedactorTest {

    private static final String PEM = "-----BEGIN RSA PRIVATE KEY-----\n"
            + "MIIEowIBAAKCAQEA7bq0kFHdXq3h0lH2gZ8Qd1M8m3l5Zb4bS5b7c8d9e0f1a2b3\n".repeat(10)
            + "-----END RSA PRIVATE KEY-----";

    private static final PrivacyRules RULES = new PrivacyRules(
            Detectors.builtIn(),
            Map.of(),
            new TypeRule(Action.PSEUDONYM, Action.MASK, Classification.RESTRICTED),
            false,
            true,
            4,
            Hold.WORDS);

    private static final AnswerPlace TEXT = new AnswerPlace(0, AnswerPlace.Kind.CONTENT, -1);
    private static final AnswerPlace ARGUMENTS = new AnswerPlace(0, AnswerPlace.Kind.TOOL_ARGUMENTS, 0);

    private static TextFilter filter(PrivacyRules rules, AnswerPlace place) {
        Call call = new Call(Ticker.SYSTEM, Operation.CHAT, new CallHeaders(), null, new Request(Json.object()));
        return new CallPrivacy(rules, new Keys(""), call, (type, direction, action) -> {}).answer(place, true);
    }

    private static String redacted(PrivacyRules rules, AnswerPlace place, String... pieces) {
        TextFilter filter = filter(rules, place);
        StringBuilder out = new StringBuilder();
        for (String piece : pieces) {
            out.append(filter.push(piece));
        }
        return out.append(filter.end()).toString();
    }

    private static void sameHoweverCut(PrivacyRules rules, AnswerPlace place, String text) {
        String whole = redacted(rules, place, text);
        for (int i = 0; i <= text.length(); i++) {
            assertThat(redacted(rules, place, text.substring(0, i), text.substring(i)))
                    .as("cut at %d", i)
                    .isEqualTo(whole);
            for (int j = i; j <= text.length() && text.length() < 45; j++) {
                assertThat(redacted(rules, place, text.substring(0, i), text.substring(i, j), text.substring(j)))
                        .isEqualTo(whole);
            }
        }
        assertThat(redacted(rules, place, text.split(""))).isEqualTo(whole);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Mail ann.lee@example.org now. | Mail ***.***@******e.org now.",
                "Card: 4111 1111 1111 1111, ok? | Card: **** **** **** 1111, ok?",
                "Call +49 30 901820 or not | Call +** ** **1820 or not",
                "IBAN DE89 3704 0044 0532 0130 00. | IBAN **** **** **** **** **30 00.",
                "Her SSN is 536-90-4399 | Her SSN is ***-**-4399",
                "There is nothing here, 12 or so. | There is nothing here, 12 or so.",
                "电话 13812345678吧 | 电话 *******5678吧",
            })
    void masksWhatIsNew(String text, String expected) {
        assertThat(redacted(RULES, TEXT, text)).isEqualTo(expected);
        sameHoweverCut(RULES, TEXT, text);
    }

    @Test
    void findsABlockOfManyLines() {
        String text = "Here is your key:\n\n" + PEM + "\n\nKeep it safe.";
        String out = redacted(RULES, TEXT, text);
        assertThat(out)
                .startsWith("Here is your key:\n\n")
                .endsWith("\n\nKeep it safe.")
                .doesNotContain("MIIE");
        assertThat(redacted(RULES, TEXT, text.split(""))).isEqualTo(out);
        assertThat(redacted(RULES, TEXT, text.split("(?<=\\n)"))).isEqualTo(out);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"card\":4111111111111111,\"n\":1}",
                "{\"card\": \"4111 1111 1111 1111\"}",
                "{\"text\":\"Hi\\nann.lee@example.org\\nbye\"}",
                "{\"a\":[\"ann.lee@example.org\",\"\\u0041nn@example.org\"]}",
                "{\"a\":\"x\\\\ann.lee@example.org\"}",
                "{\"mail\":\"\\tann@example.org\\\"\"}",
            })
    void leavesJsonJson(String text) throws Exception {
        String out = redacted(RULES, ARGUMENTS, text);
        JsonNode read = Json.read(out.getBytes(StandardCharsets.UTF_8));
        assertThat(read.isObject()).as(out).isTrue();
        assertThat(out).isNotEqualTo(text).doesNotContain("ann.lee@").doesNotContain("4111");
        sameHoweverCut(RULES, ARGUMENTS, text);
    }

    @Test
    void aKeyInJsonIsReplacedAsAWhole() throws Exception {
        String text = Json.object().put("key", PEM).put("n", 1).toString();
        JsonNode read = Json.read(redacted(RULES, ARGUMENTS, text).getBytes(StandardCharsets.UTF_8));
        assertThat(read.path("key").asText()).doesNotContain("MIIE").contains("\n");
        assertThat(read.path("n").asInt()).isEqualTo(1);
        assertThat(redacted(RULES, ARGUMENTS, text.split(""))).isEqualTo(redacted(RULES, ARGUMENTS, text));
    }

    @Test
    void letsPlainWordsGoAtOnce() {
        TextFilter filter = filter(RULES, TEXT);
        assertThat(filter.push("The quick bro")).isEqualTo("The quick ");
        assertThat(filter.push("wn fox ")).isEqualTo("brown fox ");
        assertThat(filter.push("has 4111 ")).isEqualTo("has ");
        assertThat(filter.push("legs")).isEmpty();
        assertThat(filter.push(" and")).isEqualTo("4111 legs ");
        assertThat(filter.end()).isEqualTo("and");
    }

    @Test
    void neverHoldsMoreThanItsBounds() {
        List<String> endless = List.of("1", "12 ", "a", "A ", "@", "-", "-----BEGIN ", "x1 ", "4111 1111 ");
        for (String bit : endless) {
            TextFilter filter = filter(RULES, TEXT);
            int in = 0;
            int out = 0;
            int most = 0;
            for (int i = 0; i < 20_000 / bit.length(); i++) {
                in += bit.length();
                out += filter.push(bit).length();
                most = Math.max(most, in - out);
            }
            assertThat(most).as(bit).isLessThanOrEqualTo(AnswerRedactor.MOST_OF_BLOCK);
        }
    }

    @Test
    void takesAllOfAWordThatIsLongerThanWhatIsHeld() {
        String token = "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0".repeat(300)
                + ".abcdefghijklmnopqrstuvwxyz012345";
        String out = redacted(RULES, TEXT, "The token " + token + " is theirs");
        assertThat(out).endsWith(" is theirs").doesNotContain("eyJzdWIi").doesNotContain("wxyz");
        assertThat(redacted(RULES, TEXT, ("The token " + token + " is theirs").split("")))
                .isEqualTo(out);
    }

    @Test
    void findsNamesOfListsAcrossWords() {
        List<String> names = List.of("John Smith", "Anna Maria de la Cruz", "张伟", "Bo");
        PrivacyRules rules = new PrivacyRules(
                Detectors.of(new DetectorSettings(
                        Set.of(),
                        Map.of(),
                        List.of("US"),
                        List.of(),
                        List.of(new WordList("PERSON", names, true, true)))),
                Map.of(),
                RULES.others(),
                false,
                true,
                0,
                new Hold(false, true, Hold.beginnings(names)));
        for (String text : List.of(
                "I saw John Smith and Bo there",
                "John went with ANNA maria De La Cruz, John",
                "我叫张伟吗",
                "Anna Maria de la Vega, John\nSmith")) {
            sameHoweverCut(rules, TEXT, text);
        }
        assertThat(redacted(rules, TEXT, "I saw John Smith and Bo there")).isEqualTo("I saw **** ***** and ** there");
        assertThat(redacted(rules, TEXT, "John went with ANNA maria De La Cruz, John"))
                .isEqualTo("John went with **** ***** ** ** ****, John");
        assertThat(redacted(rules, TEXT, "我叫张伟吗")).isEqualTo("我叫**吗");
    }

    @Test
    void wholeLinesAreLookedAtWhereThatIsAskedFor() {
        PrivacyRules rules = new PrivacyRules(
                RULES.detectors(), Map.of(), RULES.others(), false, true, 4, new Hold(true, true, Set.of()));
        TextFilter filter = filter(rules, TEXT);
        assertThat(filter.push("plain words, ann@example.org, ")).isEmpty();
        assertThat(filter.push("more\nnext")).isEqualTo("plain words, ***@******e.org, more\n");
        sameHoweverCut(rules, TEXT, "one ann@example.org\ntwo bob@example.org");
    }

    /** Random texts of all that matters to where a text is parted: the same out of any cut, and nothing lost. */
    @Test
    void isTheSameHoweverRandomTextsAreCut() {
        List<String> bits = List.of(
                " ",
                " ",
                "\n",
                "\n\n",
                "the",
                "word",
                "ann@example.org",
                "4111",
                "1111",
                "4111111111111111",
                "+49 30 901820",
                "-----BEGIN RSA PRIVATE KEY-----",
                "-----END RSA PRIVATE KEY-----",
                "\"",
                "\\",
                "{",
                "}",
                ":",
                ",",
                "电",
                "话",
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
                "SSN",
                "536-90-4399",
                "March",
                "12",
                "1980",
                "born",
                "USA",
                "x".repeat(40),
                "1 2 3 4 5 6 7 8 9 0 ".repeat(20));
        Random random = new Random(11);
        for (int round = 0; round < 250; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(25); i >= 0; i--) {
                text.append(bits.get(random.nextInt(bits.size())));
            }
            String said = text.toString();
            AnswerPlace place = random.nextBoolean() ? TEXT : ARGUMENTS;
            String whole = redacted(RULES, place, said);
            assertThat(redacted(RULES, place, said.split(""))).as(said).isEqualTo(whole);
            int cut = random.nextInt(said.length() + 1);
            assertThat(redacted(RULES, place, said.substring(0, cut), said.substring(cut)))
                    .as(said)
                    .isEqualTo(whole);
        }
    }

    /** With nothing to be done about what is found, what goes in comes out. */
    @Test
    void losesNothing() {
        PrivacyRules report = new PrivacyRules(
                RULES.detectors(),
                Map.of(),
                new TypeRule(Action.ALLOW, Action.REPORT, Classification.PUBLIC),
                false,
                true,
                4,
                Hold.WORDS);
        Random random = new Random(5);
        for (int round = 0; round < 60; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(6000); i >= 0; i--) {
                text.append((char)
                        (random.nextInt(10) == 0 ? ' ' : random.nextInt(20) == 0 ? '电' : 33 + random.nextInt(90)));
            }
            assertThat(redacted(report, TEXT, text.toString())).isEqualTo(text.toString());
        }
    }

    /** What is found in texts that come word by word is what is found in them as a whole, but for words behind a value. */
    @Test
    void findsWhatTheDetectorsFind() {
        List<String> texts = List.of(
                "Please contact Ann at ann@example.org or +1 202-555-0143, card 4111 1111 1111 1111.",
                "My SSN: 536-90-4399. Born on March 12, 1980. NINO: AB 12 34 56 C.",
                "Aadhaar 2345 6789 0124; PAN ABCPE1234F; host 10.1.2.3, 00:1B:44:11:3A:B7",
                "postgres://admin:hunter2@db.example.org:5432/x and AKIAIOSFODNN7EXAMPLE");
        for (String text : texts) {
            List<String> values = new ArrayList<>();
            for (Finding finding : RULES.detectors().find(text)) {
                values.add(text.substring(finding.start(), finding.end()));
            }
            assertThat(values).isNotEmpty();
            String out = redacted(RULES, TEXT, text);
            assertThat(values).allSatisfy(value -> assertThat(out).doesNotContain(value));
        }
    }
}
