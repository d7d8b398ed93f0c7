package io.github.camelllm.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.config.ConfigProblem;
import io.github.camelllm.config.WatchedFile;
import io.github.camelllm.privacy.detect.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrivacyFileTest {

    @TempDir
    Path directory;

    private WatchedFile.Read<PrivacyRules> read(String yaml) throws Exception {
        return PrivacyFile.read(Files.writeString(directory.resolve("privacy.yaml"), yaml), false);
    }

    @Test
    void theShippedFileSaysWhatHoldsWithoutIt() {
        WatchedFile.Read<PrivacyRules> shipped = PrivacyFile.read(Path.of("config/privacy.yaml"), false);
        PrivacyRules without =
                PrivacyFile.read(directory.resolve("none.yaml"), false).value();
        assertThat(shipped.problems()).isEmpty();
        assertThat(shipped.value().types()).isEqualTo(without.types());
        assertThat(shipped.value().others()).isEqualTo(without.others());
        assertThat(shipped.value().hold()).isEqualTo(without.hold());
        assertThat(shipped.value().maskKeep()).isEqualTo(without.maskKeep());
        assertThat(shipped.value().note()).isEqualTo(without.note()).isTrue();
        assertThat(shipped.value().keyed()).isEqualTo(without.keyed()).isFalse();
        assertThat(shipped.value().detectors().types())
                .isEqualTo(without.detectors().types());
    }

    @Test
    void readsOwnPatternsAndWords() throws Exception {
        Files.writeString(directory.resolve("names.txt"), "# people\nJohn Smith\n\nZoë Müller\n");
        PrivacyRules rules =
                read("""
                        patterns:
                          - { type: STAFF_NUMBER, regex: 'EMP-\\d{6}', score: 0.9 }
                        words:
                          - { type: PERSON, file: names.txt }
                        types:
                          STAFF_NUMBER: { request: mask }
                          NICKNAME: { external: true }
                        """)
                        .value();
        String text = "zoe muller is EMP-123456";
        assertThat(rules.detectors().find(text)).extracting(Finding::type).containsExactly("PERSON", "STAFF_NUMBER");
        assertThat(rules.of("STAFF_NUMBER").request()).isEqualTo(Action.MASK);
        assertThat(rules.hold().beginnings()).containsExactlyInAnyOrder("john", "zoe");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pseudonyms: many | 1 | pseudonyms is 'many'; expected numbered or keyed",
                "pseudonyms: keyed | 1 | hash and keyed pseudonyms need a key; set llm.privacy.key, best as LLM_PRIVACY_KEY",
                "mask-keep: all | 1 | mask-keep is 'all'; expected a whole number from 0 to 19",
                "hold: page | 1 | hold is 'page'; expected word or line",
                "default: mask | 1 | default is a single value; expected a mapping with request, answer and class",
                "default: { answer: pseudonym } | 1 | default: answer is 'pseudonym'; expected one of mask, remove, hash, block, report, allow",
                "types: { EMAIL_ADRESS: { } } | 1 | there is no type 'EMAIL_ADRESS'; did you mean EMAIL_ADDRESS?",
                "types: { EMAIL_ADDRESS: { class: secret } } | 1 | type 'EMAIL_ADDRESS': class is 'secret'; expected one of public, internal, confidential, restricted",
                "types: { EMAIL_ADDRESS: { threshold: 2 } } | 1 | type 'EMAIL_ADDRESS': threshold is '2'; expected a number from 0 to 1",
                "types: { EMAIL_ADDRESS: mask } | 1 | type 'EMAIL_ADDRESS' is a single value; expected a mapping such as { request: mask }",
                "phone-regions: [XX] | 1 | phone-regions has 'XX'; expected regions as two capitals, such as US",
                "patterns: [ { type: A, regex: '(' } ] | 1 | patterns: regex is not valid (missing closing )); it has RE2's syntax, which knows no look-around and no back references",
                "patterns: [ { type: A, regex: '((a{1000}){1000}){100}' } ] | 1 | patterns: regex has counts that make it longer than 10000; make them smaller",
                "patterns: [ { type: A, regex: '(a+)+\\1' } ] | 1 | patterns: regex is not valid (invalid escape sequence); it has RE2's syntax, which knows no look-around and no back references",
                "patterns: [ { type: A, regex: 'x*' } ] | 1 | patterns: regex matches an empty text, and so everywhere; make it match something",
                "patterns: [ { type: a b, regex: 'x' } ] | 1 | patterns: type is 'a b'; expected capitals, digits and single _",
                "words: [ { type: A, file: none.txt } ] | 1 | words: file 'none.txt' cannot be read; expected a file beside this one, with a word a line",
                "words: [ { type: A } ] | 1 | words: neither words nor file; list words, or name a file with one a line",
                "actions: 1 | 1 | unknown field 'actions'; known are pseudonyms, note, mask-keep, hold, default, types, phone-regions, patterns, words",
            })
    void tellsWhatIsWrong(String yaml, int line, String message) throws Exception {
        assertThat(read(yaml).problems())
                .extracting(ConfigProblem::line, ConfigProblem::message)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(line, message));
    }
}
