package io.github.camelllm.access;

import io.github.camelllm.call.Identity;
import io.github.camelllm.call.Models;
import io.github.camelllm.config.Shown;
import io.github.camelllm.config.YamlMap;
import io.github.camelllm.config.YamlReport;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** The description of one key in the keys file. */
final class KeyEntry {

    private static final List<String> FIELDS = List.of(
            "id",
            "sha256",
            "tenant",
            "user",
            "team",
            "tier",
            "models",
            "speaks-for-others",
            "admin",
            "expires",
            "enabled");
    private static final Map<String, String> HINTS = new TreeMap<>();
    private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");
    private static final String ALL = "*";
    private static final int DATE_LENGTH = 10;

    static {
        for (String name : List.of("key", "api-key", "api_key", "apikey", "secret", "token", "value", "hash")) {
            HINTS.put(name, "a key stands here as sha256, the hash of it, and never as itself");
        }
    }

    private final YamlMap map;

    private KeyEntry(YamlMap map) {
        this.map = map;
    }

    /**
     * Reads one entry.
     *
     * @param number its place in the list, from 1
     * @return null when anything is wrong with it: half a key could allow what the whole one forbids
     */
    static Key read(MappingNode node, int number, YamlReport report) {
        String id = YamlMap.peek(node, "id");
        String label = Names.problemOfId(id) == null ? "key '" + id + "'" : "key number " + number;
        int problems = report.size();
        Key key = new KeyEntry(new YamlMap(node, report, label, FIELDS, HINTS)).toKey();
        return report.size() == problems ? key : null;
    }

    private Key toKey() {
        String id = checked("id", Names::problemOfId);
        if (id == null && map.node("id") == null) {
            map.problem("id", "id is missing; give the key a name of its own, such as 'ci-bot'");
        }
        byte[] sha256 = sha256();
        String tenant = name("tenant");
        String user = name("user");
        String team = name("team");
        String tier = checked("tier", Names::problemOfTier);
        Set<String> models = models();
        boolean speaksForOthers = map.flag("speaks-for-others", false);
        Instant expires = expires();
        boolean enabled = map.flag("enabled", true);
        if (id == null || sha256 == null) {
            return null;
        }
        Identity byDefault = Identity.ANONYMOUS;
        Identity identity = new Identity(
                id,
                tenant == null ? byDefault.tenant() : tenant,
                user == null ? id : user,
                team == null ? byDefault.team() : team,
                tier == null ? byDefault.tier() : tier,
                models,
                map.flag("admin", false));
        return new Key(sha256, identity, speaksForOthers, expires, enabled);
    }

    private String name(String field) {
        String value = checked(field, Names::problemOfName);
        return value == null ? null : Names.composed(value);
    }

    private String checked(String field, Function<String, String> rule) {
        String value = map.text(field);
        String problem = value == null ? null : rule.apply(value);
        if (problem != null) {
            map.problem(field, field + " " + problem);
            return null;
        }
        return value;
    }

    private byte[] sha256() {
        String value = map.text("sha256");
        if (value == null) {
            if (map.node("sha256") == null) {
                map.problem("sha256", "sha256 is missing; 'bin/gateway key' makes a key and its hash");
            }
            return null;
        }
        if (!SHA256.matcher(value).matches()) {
            // The value is not shown: what stands here instead of a hash is most likely the key.
            map.problem(
                    "sha256",
                    "sha256 has " + value.length() + " characters that are not a hash; expected the key's SHA-256 as 64"
                            + " hexadecimal digits, never the key itself");
            return null;
        }
        return HexFormat.of().parseHex(value);
    }

    private Set<String> models() {
        Node node = map.node("models");
        if (node == null) {
            return Set.of();
        }
        if (!(node instanceof SequenceNode list)) {
            String text = map.text("models");
            if (text != null && !text.equals(ALL)) {
                map.problem("models", "models is " + Shown.text(text) + "; expected a list, [a, b], or \"*\" for all");
            }
            return Set.of();
        }
        Set<String> names = new LinkedHashSet<>();
        for (Node item : list.getValue()) {
            String name = item instanceof ScalarNode scalar ? scalar.getValue() : null;
            if (name == null || !name.equals(ALL) && !Models.NAME.matcher(name).matches()) {
                map.problem(
                        "models",
                        "models has " + (name == null ? YamlMap.kind(item) : Shown.text(name))
                                + " in it; expected names of models or aliases");
            } else {
                names.add(name);
            }
        }
        if (list.getValue().isEmpty()) {
            map.problem("models", "models is an empty list; name the models, or remove the line to allow all");
        }
        if (names.contains(ALL) && names.size() > 1) {
            map.problem("models", "models has \"*\" beside names; keep either the names or \"*\" for all");
        }
        return names.equals(Set.of(ALL)) ? Set.of() : names;
    }

    private Instant expires() {
        String value = map.text("expires");
        if (value == null) {
            return null;
        }
        try {
            return value.length() == DATE_LENGTH
                    ? LocalDate.parse(value)
                            .plusDays(1)
                            .atStartOfDay(ZoneOffset.UTC)
                            .toInstant()
                    : OffsetDateTime.parse(value).toInstant();
        } catch (DateTimeException e) {
            map.problem(
                    "expires",
                    "expires is " + Shown.text(value)
                            + "; expected a date (2027-01-31: valid through that day, UTC) or a moment"
                            + " (2027-01-31T18:00:00Z)");
            return null;
        }
    }
}
