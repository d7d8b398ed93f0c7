package io.github.camelllm.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.config.ConfigProblem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InspectFileTest {

    @TempDir
    Path directory;

    private Path file(String yaml) throws Exception {
        Path file = directory.resolve("inspect.yaml");
        Files.writeString(file, yaml.replace('@', '\n'));
        return file;
    }

    @Test
    void theShippedFileSaysWhatHoldsWithoutItButForTheWords() {
        var shipped = InspectFile.read(Path.of("config/inspect.yaml"));
        InspectRules rules = shipped.value();
        InspectRules byDefault = InspectRules.DEFAULT;

        assertThat(shipped.problems()).isEmpty();
        assertThat(rules.leak()).isEqualTo(byDefault.leak());
        assertThat(rules.links()).isEqualTo(byDefault.links());
        assertThat(rules.moderation()).isEqualTo(byDefault.moderation());
        assertThat(rules.empty()).isEqualTo(byDefault.empty());
        assertThat(rules.structured()).isEqualTo(byDefault.structured());
        assertThat(rules.refusals().within()).isEqualTo(byDefault.refusals().within());
        assertThat(rules.refusals().phrases()).hasSizeGreaterThan(40);
        assertThat(rules.categories()).containsOnlyKeys("self-harm", "weapons");
        assertThat(rules.categories().values()).allSatisfy(category -> {
            assertThat(category.action()).isEqualTo(Action.FLAG);
            assertThat(category.phrases()).hasSizeGreaterThan(5);
        });
        assertThat(InspectFile.read(directory.resolve("none.yaml")).value()).isEqualTo(byDefault);
    }

    @Test
    void readsEveryField() throws Exception {
        var read = InspectFile.read(
                file(
                        """
                system-prompt: { action: mask, words: 12, share: 30% }
                links: { images: block, links: neutralise, bare: flag, hosts: [A.example, "*.b\u00fccher.example"], request-hosts: true }
                refusals: { action: leave, within: 7, words: [no way] }
                categories: { x: { action: block, words: { en: [one two], de: [drei] } } }
                moderation: { action: flag, timeout: 500ms, when-down: refuse, streams: end, model: m }
                empty: failover
                structured: { invalid: error, streams: hold, unfence: false, max-schema: 8 KB }
                """));

        assertThat(read.problems()).isEmpty();
        assertThat(read.value())
                .isEqualTo(new InspectRules(
                        new InspectRules.Leak(Action.CHANGE, 12, 30),
                        new InspectRules.Links(
                                Action.BLOCK,
                                Action.CHANGE,
                                Action.FLAG,
                                java.util.List.of("a.example", "*.xn--bcher-kva.example"),
                                true),
                        java.util.Map.of(
                                "x", new InspectRules.Category(Action.BLOCK, java.util.List.of("one two", "drei"))),
                        new InspectRules.Refusals(Action.LEAVE, 7, java.util.List.of("no way")),
                        new InspectRules.Moderation(Action.FLAG, Duration.ofMillis(500), true, false, "m"),
                        InspectRules.Unfit.FAILOVER,
                        new InspectRules.Structured(InspectRules.Unfit.ERROR, true, false, 8 << 10)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[a]|1|is a list; expected fields such as links and categories; remove the file to keep to the defaults",
                "link: {}|1|unknown field 'link'; did you mean 'links'?",
                "links: yes|1|links is a single value; expected fields under it",
                "links:@  images: mask|2|links: images is 'mask'; expected one of block, flag, leave, neutralise",
                "links:@  hosts: [https://a.example]|2|hosts has 'https://a.example'; expected a host such as example.org, or *.example.org for all below it",
                "links:@  hosts: a.example|2|hosts is a single value; expected a list such as [one, another]",
                "system-prompt: { words: 2 }|1|system-prompt: words is '2'; expected a whole number from 4 to 1000",
                "system-prompt: { share: 0.5 }|1|system-prompt: share is '0.5'; expected a share from 1% to 100%",
                "categories: { A: { action: flag } }|1|categories: category 'A' is no name for one; expected up to 32 small letters, digits, - and _, first a letter",
                "categories:@  a:@    action: neutralise|3|a: action is 'neutralise'; expected one of block, flag, leave, mask",
                "categories:@  a:@    words: { en: ['!!'] }|3|words has '!!'; expected 1 to 32 words",
                "categories:@  a:@    words: [[b]]|3|words has a list in it; expected words",
                "refusals: { action: block }|1|refusals: action is 'block'; expected one of flag, leave",
                "moderation: { timeout: 2m }|1|moderation: timeout is '2m'; expected a time such as 500ms or 3s, up to 60s",
                "moderation: { when-down: allow }|1|moderation: when-down is 'allow'; expected one of pass, refuse",
                "empty: retry|1|empty is 'retry'; expected one of error, failover, flag, leave",
                "structured: { streams: no }|1|structured: streams is 'no'; expected one of end, hold",
                "structured: { unfence: 1 }|1|structured: unfence is '1'; expected true or false",
                "structured: { max-schema: 2 MB }|1|structured: max-schema is '2 MB'; expected a size from 1 KB to 1024 KB"
            })
    void namesWhatIsWrong(String yaml, int line, String message) throws Exception {
        Path file = file(yaml);
        assertThat(InspectFile.problemsOf(file)).containsExactly(new ConfigProblem(file, line, message));
    }
}
