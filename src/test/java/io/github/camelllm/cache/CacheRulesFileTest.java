package io.github.camelllm.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.config.ConfigProblem;
import io.github.camelllm.config.WatchedFile;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CacheRulesFileTest {

    @TempDir
    Path directory;

    private WatchedFile.Read<CacheRules> read(String yaml) throws Exception {
        Path file = directory.resolve("cache.yaml");
        Files.writeString(file, yaml);
        return CacheRulesFile.read(file);
    }

    @Test
    void theShippedFileSaysWhatHoldsWithoutIt() {
        WatchedFile.Read<CacheRules> shipped = CacheRulesFile.read(Path.of("config/cache.yaml"));

        assertThat(shipped.problems()).isEmpty();
        assertThat(shipped.value()).isEqualTo(DefaultRules.RULES);
        assertThat(CacheRulesFile.read(directory.resolve("none.yaml")).value()).isEqualTo(DefaultRules.RULES);
    }

    @Test
    void readsEveryField() throws Exception {
        WatchedFile.Read<CacheRules> read = read(
                """
                version: v7
                scope: user
                temperature: 0.25
                unset-temperature: never
                ttl: 1h30m
                tasks: { Poetry: never, sums: 90s, Terms: { ttl: 2h, revalidate: 40m } }
                revalidate: 10m
                redacted: never
                embeddings: never
                time-words: { ttl: 10s, words: { en: [Soon, this decade] } }
                stale: 0s
                fallback-ttl: 90s
                wait: 5s
                max-request: 1 KB
                max-answer: 2 MB
                reading-tools: [look_up]
                ignored-fields: [stream, user]
                fillers: { en: [Well] }
                """);

        assertThat(read.problems()).isEmpty();
        assertThat(read.value())
                .isEqualTo(new CacheRules(
                        "v7",
                        CacheRules.Scope.USER,
                        new BigDecimal("0.25"),
                        CacheRules.Unset.NEVER,
                        Duration.ofMinutes(90),
                        Map.of("poetry", Duration.ZERO, "sums", Duration.ofSeconds(90), "terms", Duration.ofHours(2)),
                        Duration.ofMinutes(10),
                        Map.of("terms", Duration.ofMinutes(40)),
                        CacheRules.Redacted.NEVER,
                        Duration.ZERO,
                        Duration.ofSeconds(10),
                        List.of("soon", "this decade"),
                        Duration.ZERO,
                        Duration.ofSeconds(90),
                        Duration.ofSeconds(5),
                        1024,
                        2 << 20,
                        java.util.Set.of("look_up"),
                        java.util.Set.of("stream", "user"),
                        List.of("well")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "scope: team | scope is 'team'; expected one of tenant, user, global",
                "temperature: -1 | temperature is '-1'; expected a number from 0 to 2",
                "temperature: 2.1 | temperature is '2.1'; expected a number from 0 to 2",
                "unset-temperature: always | unset-temperature is 'always'; expected one of with-seed, keep, never",
                "ttl: 5 | ttl is '5'; expected a time such as 30s, 5m or 48h, up to 8784h, or never",
                "ttl: 9000h | ttl is '9000h'; expected a time such as 30s, 5m or 48h, up to 8784h, or never",
                "tasks: [code] | tasks is a list; expected tasks, each with how long its answers are kept",
                "tasks: { code: soon } | tasks: code is 'soon'; expected a time such as 30s, 5m or 48h, up to 8784h, or never",
                "tasks: { code: { revalidate: 1h } } | tasks.code: ttl is missing; expected a time such as 48h, or never",
                "tasks: { code: { tll: 1h, ttl: 1h } } | tasks.code: unknown field 'tll'; did you mean 'ttl'?",
                "revalidate: x | revalidate is 'x'; expected a time such as 30s, 5m or 48h, up to 8784h, or never",
                "redacted: tenant | redacted is 'tenant'; expected one of user, never",
                "time-words: [now] | time-words is a list; expected a mapping with ttl and words",
                "time-words: { words: [now] } | time-words: words is a list; expected languages, each with a list of words",
                "fillers: { en: please } | fillers has something else than a list of words; expected such as [one, another]",
                "max-answer: 5 | max-answer is '5'; expected a size such as 500 KB or 2 MB",
                "reading-tools: look_up | reading-tools has something else than a list of words; expected such as [one, another]",
                "task: x | unknown field 'task'; expected 'tasks:' with tasks under it",
                "tll: 5m | unknown field 'tll'; did you mean 'ttl'?",
                "- a | is a list; expected fields such as ttl and tasks; remove the file to keep to the defaults"
            })
    void saysWhatIsWrong(String yaml, String message) throws Exception {
        assertThat(read(yaml + "\n").problems())
                .extracting(ConfigProblem::message)
                .containsExactly(message);
    }
}
