package io.github.camelllm.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.config.WatchedFile;
import io.github.camelllm.store.Window;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitsFileTest {

    @TempDir
    Path directory;

    private WatchedFile.Read<Rules> read(String yaml) throws Exception {
        Path file = directory.resolve("limits.yaml");
        Files.writeString(file, yaml);
        return LimitsFile.read(file);
    }

    private Rules good(String yaml) throws Exception {
        WatchedFile.Read<Rules> read = read(yaml);
        assertThat(read.problems()).isEmpty();
        return read.value();
    }

    @Test
    void noFileHoldsNoLimits() {
        WatchedFile.Read<Rules> read = LimitsFile.read(directory.resolve("none.yaml"));

        assertThat(read.problems()).isEmpty();
        assertThat(read.value()).isEqualTo(Rules.NONE);
    }

    @Test
    void readsALimitOfEachMeasureOfAnEntry() throws Exception {
        Rules rules =
                good("limits:\n  - { scope: user, requests: 20, tokens: 20_000, dollars: 0.000000001, per: day }\n");

        assertThat(rules.rules())
                .extracting(Rule::scope, Rule::measure, Rule::max, Rule::period)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(Scope.USER, Measure.REQUESTS, 20L, Period.DAY),
                        org.assertj.core.groups.Tuple.tuple(Scope.USER, Measure.TOKENS, 20_000L, Period.DAY),
                        org.assertj.core.groups.Tuple.tuple(Scope.USER, Measure.DOLLARS, 1L, Period.DAY));
    }

    @Test
    void readsTheRestOfTheFile() throws Exception {
        Rules rules = good(
                """
                time-zone: Europe/Berlin
                output-tokens: 100
                unpriced: refuse
                given-up: estimate
                alerts: [10, 100]
                limits:
                  - { scope: user, of: acme/ann, requests: 5, per: minute, burst: 9, wait: 1500ms }
                  - { scope: team, dollars: 12.5, per: month }
                tiers:
                  free:
                    - { scope: request, tokens: 10 }
                """);

        assertThat(rules.zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
        assertThat(rules.outputTokens()).isEqualTo(100);
        assertThat(rules.allowUnpriced()).isFalse();
        assertThat(rules.chargeGivenUp()).isFalse();
        assertThat(rules.caps()).containsExactly(new Cap("free", Measure.TOKENS, 10));
        assertThat(rules.rules())
                .containsExactly(
                        new Rule(
                                Scope.USER,
                                "acme/ann",
                                null,
                                Measure.REQUESTS,
                                5,
                                Period.MINUTE,
                                new Window.Bucket(Duration.ofMinutes(1), 9),
                                Duration.ofMillis(1500),
                                List.of(10, 100)),
                        new Rule(
                                Scope.TEAM,
                                null,
                                null,
                                Measure.DOLLARS,
                                12_500_000_000L,
                                Period.MONTH,
                                new Window.Calendar(Window.Unit.MONTH, ZoneId.of("Europe/Berlin")),
                                Duration.ZERO,
                                List.of(10, 100)));
    }

    @Test
    void theShippedExampleIsGood() {
        WatchedFile.Read<Rules> read = LimitsFile.read(Path.of("config/limits.example.yaml"));

        assertThat(read.problems()).isEmpty();
        assertThat(read.value().rules()).hasSizeGreaterThan(10);
        assertThat(read.value().zone()).isEqualTo(ZoneId.of("UTC"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limits: 5 | 1 | limits is a single value; expected a list of limits",
                "limits: [x] | 1 | a limit is a single value; expected a mapping with a scope",
                "limit: [] | 1 | unknown field 'limit'; did you mean 'limits'?",
                "rules: [] | 1 | unknown field 'rules'; expected 'limits:' with a list under it",
                "time-zone: Mars | 1 | time-zone is 'Mars'; expected a name such as UTC or Europe/Berlin",
                "output-tokens: 0 | 1 | output-tokens is '0'; expected a whole number from 1 to 10000000",
                "unpriced: maybe | 1 | unpriced is 'maybe'; expected allow or refuse",
                "given-up: never | 1 | given-up is 'never'; expected reserved or estimate",
                "alerts: [80, 50] | 1 | alerts is no list of percentages; expected 1 to 100, ascending, such as [50, 80, 100]",
                "alerts: 50 | 1 | alerts is no list of percentages; expected 1 to 100, ascending, such as [50, 80, 100]",
                "tiers: [] | 1 | tiers is a list; expected the tiers' names, each with a list of limits under it",
                "tiers: { free: 5 } | 1 | tier 'free' is a single value; expected a list of limits",
                "'limits: [{ requests: 1, per: day }]' | 1 | limit: scope is missing; say whose it is: global, provider, model,"
                        + " tenant, team, user, key, request",
                "'limits: [{ scope: usr, requests: 1, per: day }]' | 1 | limit: scope is 'usr'; did you mean 'user'?",
                "'limits: [{ scope: user, requests: 1 }]' | 1 | limit: per is missing; expected second, minute, hour, day,"
                        + " week, month",
                "'limits: [{ scope: user, requests: 1, per: year }]' | 1 | limit: per is 'year'; expected second, minute, hour,"
                        + " day, week, month",
                "'limits: [{ scope: user, per: day }]' | 1 | limit: nothing is limited; expected requests, tokens or dollars",
                "'limits: [{ scope: user, requests: -1, per: day }]' | 1 | limit: requests is '-1'; expected a whole number from"
                        + " 0 to 9007199254740992",
                "'limits: [{ scope: user, tokens: 1.5, per: day }]' | 1 | limit: tokens is '1.5'; expected a whole number from 0"
                        + " to 9007199254740992",
                "'limits: [{ scope: user, dollars: 1e3, per: day }]' | 1 | limit: dollars is '1e3'; expected an amount such as"
                        + " 12.50, up to 9007199, with 9 decimals at most",
                "'limits: [{ scope: user, dollars: 9999999, per: day }]' | 1 | limit: dollars is '9999999'; expected an amount"
                        + " such as 12.50, up to 9007199, with 9 decimals at most",
                "'limits: [{ scope: user, requests: 1, per: day, burst: 5 }]' | 1 | limit: burst has no meaning per day; it goes"
                        + " with per: second and minute",
                "'limits: [{ scope: user, requests: 1, tokens: 5, per: minute, burst: 5 }]' | 1 | limit: burst goes with either"
                        + " requests or tokens; give each amount a limit of its own",
                "'limits: [{ scope: user, requests: 1, per: minute, wait: 6m }]' | 1 | limit: wait is '6m'; expected a time up to"
                        + " 5m such as 500ms, 2s or 1m",
                "'limits: [{ scope: user, requests: 1, per: minute, wait: soon }]' | 1 | limit: wait is 'soon'; expected a time"
                        + " up to 5m such as 500ms, 2s or 1m",
                "'limits: [{ scope: global, of: x, requests: 1, per: minute }]' | 1 | limit: of has no meaning for all callers"
                        + " together; take it out",
                "'limits: [{ scope: request, requests: 1 }]' | 1 | limit: requests has no meaning for a single request; tokens"
                        + " and dollars are allowed",
                "'limits: [{ scope: request, tokens: 1, per: day }]' | 1 | limit: per has no meaning for a single request;"
                        + " tokens and dollars are allowed",
                "'limits: [{ scope: user, usd: 1, per: day }]' | 1 | limit: unknown field 'usd'; expected dollars",
            })
    void tellsWhatIsWrong(String yaml, int line, String message) throws Exception {
        WatchedFile.Read<Rules> read = read(yaml);

        assertThat(read.problems()).anySatisfy(problem -> {
            assertThat(problem.message()).isEqualTo(message);
            assertThat(problem.line()).isEqualTo(line);
        });
        assertThat(read.value().rules()).isEmpty();
        assertThat(read.value().caps()).isEmpty();
    }

    @Test
    void refusesTheSameLimitTwice() throws Exception {
        WatchedFile.Read<Rules> read = read(
                """
                limits:
                  - { scope: user, requests: 1, per: day }
                  - { scope: user, of: ann, requests: 1, per: day }
                  - { scope: user, requests: 2, per: day }
                """);

        assertThat(read.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.line()).isEqualTo(4);
            assertThat(problem.message()).isEqualTo("the same limit stands in line 2 already; keep one of the two");
        });
    }
}
