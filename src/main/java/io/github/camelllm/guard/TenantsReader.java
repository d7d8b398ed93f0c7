package io.github.camelllm.guard;

import io.github.camelllm.config.Shown;
import io.github.camelllm.config.YamlMap;
import io.github.camelllm.config.YamlReport;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads the list {@code tenants} of {@code config/guard.yaml}: the actions that hold for single tenants. */
final class TenantsReader {

    static final String EXPECTED = "expected a list with a mapping for each tenant";

    private static final String THRESHOLD = "-from";

    private static final Map<String, Origin> ORIGINS = Map.of(
            "users", Origin.USER,
            "tools", Origin.TOOL,
            "documents", Origin.DOCUMENT,
            "definitions", Origin.DEFINITION,
            "system", Origin.SYSTEM);

    private static final List<String> FIELDS = fields();

    private final YamlReport report;

    TenantsReader(YamlReport report) {
        this.report = report;
    }

    private static List<String> fields() {
        List<String> fields = new ArrayList<>(List.of("tenant"));
        for (String origin : List.of("users", "tools", "documents", "definitions", "system")) {
            fields.add(origin);
            fields.add(origin + THRESHOLD);
        }
        return List.copyOf(fields);
    }

    /** By tenant and origin what is other than for all. */
    Map<String, Map<Origin, TenantTreatment>> read(List<Node> items) {
        Map<String, Map<Origin, TenantTreatment>> tenants = new HashMap<>();
        for (Node item : items) {
            if (!(item instanceof MappingNode entry)) {
                report.add(YamlReport.line(item), "a tenant is " + YamlMap.kind(item) + "; expected a mapping");
                continue;
            }
            String tenant = YamlMap.peek(entry, "tenant");
            YamlMap map =
                    new YamlMap(entry, report, tenant == null ? "tenant" : "tenant '" + tenant + "'", FIELDS, Map.of());
            Map<Origin, TenantTreatment> own = treatments(map);
            if (tenant == null || tenant.isBlank()) {
                map.problem("tenant", "its name is missing; expected 'tenant:' with the tenant of keys in keys.yaml");
            } else if (tenants.putIfAbsent(tenant, own) != null) {
                map.problem("tenant", "the tenant stands in the list already; put its actions into one entry");
            }
        }
        return Map.copyOf(tenants);
    }

    private static Map<Origin, TenantTreatment> treatments(YamlMap map) {
        Map<Origin, TenantTreatment> own = new EnumMap<>(Origin.class);
        for (Map.Entry<String, Origin> field : ORIGINS.entrySet()) {
            Action action = action(map, field.getKey(), field.getValue());
            Double threshold = threshold(map, field.getKey() + THRESHOLD);
            if (action != null || threshold != null) {
                own.put(field.getValue(), new TenantTreatment(action, threshold));
            }
        }
        return own;
    }

    private static Action action(YamlMap map, String field, Origin origin) {
        String text = map.text(field);
        if (text == null) {
            return null;
        }
        for (Action action : Action.values()) {
            if (action.setting().equals(text) && origin.allows(action)) {
                return action;
            }
        }
        map.problem(
                field,
                field + " is " + Shown.text(text) + "; expected "
                        + (origin.allows(Action.SANITISE) ? "block, sanitise, flag or off" : "block, flag or off"));
        return null;
    }

    private static Double threshold(YamlMap map, String field) {
        String text = map.text(field);
        if (text == null) {
            return null;
        }
        if (text.matches("0?\\.\\d{1,4}|1|1\\.0+") && Double.parseDouble(text) > 0) {
            return Double.valueOf(text);
        }
        map.problem(field, field + " is " + Shown.text(text) + "; expected a number above 0 and up to 1");
        return null;
    }
}
