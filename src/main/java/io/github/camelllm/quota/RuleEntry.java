package io.github.camelllm.quota;

import io.github.camelllm.config.Nearest;
import io.github.camelllm.config.Shown;
import io.github.camelllm.config.YamlMap;
import io.github.camelllm.config.YamlReport;
import io.github.camelllm.store.Limit;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.nodes.MappingNode;

/** One entry of {@code config/limits.yaml}: {@code {scope: user, requests: 20, tokens: 20000, per: minute}}. */
final class RuleEntry {

    private static final String REQUEST = "request";
    private static final List<String> SCOPES = Stream.concat(
                    Arrays.stream(Scope.values()).map(Scope::label), Stream.of(REQUEST))
            .toList();
    private static final List<String> FIELDS =
            List.of("scope", "of", "requests", "tokens", "dollars", "per", "burst", "wait");
    private static final Map<String, String> HINTS = Map.of(
            "usd", "expected dollars",
            "period", "expected per",
            "tier", "the limits of a tier stand under 'tiers:', below its name");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,16}|\\d{1,3}(_\\d{3}){1,5}");
    private static final Pattern DOLLARS = Pattern.compile("\\d{1,7}(\\.\\d{1,9})?");
    private static final Pattern TIME = Pattern.compile("(\\d{1,5})(ms|s|m)");
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private final YamlMap map;
    private final String tier;
    private final List<Rule> rules = new ArrayList<>();
    private final List<Cap> caps = new ArrayList<>();

    RuleEntry(MappingNode node, YamlReport report, String tier, ZoneId zone, List<Integer> alerts) {
        this.map = new YamlMap(node, report, "limit", FIELDS, HINTS);
        this.tier = tier;
        int before = report.size();
        String scope = scope();
        if (REQUEST.equals(scope)) {
            ofOneRequest();
        } else {
            overTime(scope, zone, alerts, report, before);
        }
        if (report.size() > before) { // half a limit could allow what the whole one forbids
            rules.clear();
            caps.clear();
        }
    }

    List<Rule> rules() {
        return rules;
    }

    List<Cap> caps() {
        return caps;
    }

    private String scope() {
        String text = map.text("scope");
        if (map.node("scope") == null) {
            map.problem("scope", "scope is missing; say whose it is: " + String.join(", ", SCOPES));
        } else if (text != null && !SCOPES.contains(text)) {
            map.problem(
                    "scope",
                    "scope is " + Shown.text(text) + "; "
                            + Nearest.to(text, SCOPES)
                                    .map(near -> "did you mean '" + near + "'?")
                                    .orElse("known are " + String.join(", ", SCOPES)));
            return null;
        }
        return text;
    }

    private void ofOneRequest() {
        for (String field : List.of("of", "requests", "per", "burst", "wait")) {
            if (map.node(field) != null) {
                map.problem(field, field + " has no meaning for a single request; tokens and dollars are allowed");
            }
        }
        for (Measure measure : List.of(Measure.TOKENS, Measure.DOLLARS)) {
            max(measure).ifPresent(max -> caps.add(new Cap(tier, measure, max)));
        }
        if (map.node("tokens") == null && map.node("dollars") == null) {
            map.problem("scope", "nothing is limited; expected tokens or dollars");
        }
    }

    private void overTime(String scopeName, ZoneId zone, List<Integer> alerts, YamlReport report, int before) {
        Optional<Period> period = period();
        Duration waiting = waiting();
        String of = map.text("of");
        if ("global".equals(scopeName) && of != null) {
            map.problem("of", "of has no meaning for all callers together; take it out");
        }
        if (map.node("requests") == null && map.node("tokens") == null && map.node("dollars") == null) {
            map.problem("scope", "nothing is limited; expected requests, tokens or dollars");
        }
        for (Measure measure : Measure.values()) {
            OptionalLong max = max(measure);
            long burst = max.isPresent() && period.isPresent() ? burst(period.get()) : 0;
            if (max.isPresent() && scopeName != null && period.isPresent() && report.size() == before) {
                Scope scope = Scope.values()[SCOPES.indexOf(scopeName)];
                rules.add(new Rule(
                        scope,
                        of,
                        tier,
                        measure,
                        max.getAsLong(),
                        period.get(),
                        period.get().window(zone, burst),
                        waiting,
                        alerts));
            }
        }
    }

    private Optional<Period> period() {
        String text = map.text("per");
        Optional<Period> period = text == null ? Optional.empty() : Period.of(text);
        if (map.node("per") == null) {
            map.problem("per", "per is missing; expected " + String.join(", ", Period.labels()));
        } else if (text != null && period.isEmpty()) {
            map.problem("per", "per is " + Shown.text(text) + "; expected " + String.join(", ", Period.labels()));
        }
        return period;
    }

    private OptionalLong max(Measure measure) {
        if (measure != Measure.DOLLARS) {
            return number(map, measure.label(), 0, Limit.MOST);
        }
        String text = map.text("dollars");
        if (text == null) {
            return OptionalLong.empty();
        }
        long nanos = DOLLARS.matcher(text).matches() ? Measure.nanos(new BigDecimal(text)) : Long.MAX_VALUE;
        if (nanos > Limit.MOST) {
            map.problem(
                    "dollars",
                    "dollars is " + Shown.text(text)
                            + "; expected an amount such as 12.50, up to 9007199, with 9 decimals at" + " most");
            return OptionalLong.empty();
        }
        return OptionalLong.of(nanos);
    }

    private long burst(Period period) {
        OptionalLong burst = number(map, "burst", 1, Limit.MOST);
        if (burst.isPresent() && !period.isRolling()) {
            map.problem(
                    "burst", "burst has no meaning per " + period.label() + "; it goes with per: second and minute");
        }
        if (burst.isPresent() && (map.node("requests") == null) == (map.node("tokens") == null)) {
            map.problem("burst", "burst goes with either requests or tokens; give each amount a limit of its own");
        }
        return burst.orElse(0);
    }

    private Duration waiting() {
        String text = map.text("wait");
        if (text == null) {
            return Duration.ZERO;
        }
        Matcher time = TIME.matcher(text);
        Duration wait = !time.matches()
                ? LONGEST_WAIT.plusNanos(1)
                : switch (time.group(2)) {
                    case "ms" -> Duration.ofMillis(Long.parseLong(time.group(1)));
                    case "s" -> Duration.ofSeconds(Long.parseLong(time.group(1)));
                    default -> Duration.ofMinutes(Long.parseLong(time.group(1)));
                };
        if (wait.compareTo(LONGEST_WAIT) > 0) {
            map.problem("wait", "wait is " + Shown.text(text) + "; expected a time up to 5m such as 500ms, 2s or 1m");
        }
        return wait;
    }

    /** The field's whole number; empty when it is absent, or reported. Thousands may be set apart: {@code 20_000}. */
    static OptionalLong number(YamlMap map, String field, long least, long most) {
        String text = map.text(field);
        if (text == null) {
            return OptionalLong.empty();
        }
        long number = NUMBER.matcher(text).matches() ? Long.parseLong(text.replace("_", "")) : -1;
        if (number < least || number > most) {
            map.problem(
                    field,
                    field + " is " + Shown.text(text) + "; expected a whole number from " + least + " to " + most);
            return OptionalLong.empty();
        }
        return OptionalLong.of(number);
    }
}
