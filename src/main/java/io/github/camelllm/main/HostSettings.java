package io.github.camelllm.main;

import io.github.camelllm.ingress.HttpLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;

/**
 * The {@code llm.*} properties of a Camel context, whatever they come from there, checked like those of {@code bin/gateway}.
 *
 * @param values by name; those that are not set have their defaults
 */
record HostSettings(Map<String, String> values) {

    /**
     * Reads them.
     *
     * @throws IllegalArgumentException with a line for each that cannot be
     */
    static HostSettings of(CamelContext context) {
        Map<String, String> values = new HashMap<>();
        List<String> problems = new ArrayList<>();
        for (Setting setting : SettingsTable.ALL) {
            String value = context.resolvePropertyPlaceholders(
                            "{{" + setting.name() + ":" + setting.defaultValue() + "}}")
                    .strip();
            if (!setting.kind().check().allows(value)) {
                problems.add(setting.name()
                        + (setting.kind().secret() ? " is not allowed as it is" : "=" + value + " is not allowed")
                        + "; it must be " + setting.kind().allowed());
            }
            values.put(setting.name(), value);
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", problems));
        }
        return new HostSettings(Map.copyOf(values));
    }

    HttpLimits http() {
        return SettingsReader.http(values);
    }

    /** How many calls there are threads for where those are not virtual. */
    int workers() {
        return Integer.parseInt(values.get(SettingsTable.WORKERS));
    }

    boolean open() {
        return Boolean.parseBoolean(values.get(SettingsTable.OPEN));
    }

    Duration shutdownTimeout() {
        return Kind.parseDuration(values.get(SettingsTable.SHUTDOWN_TIMEOUT));
    }

    /** Leaves out the values: there are credentials among them. */
    @Override
    public String toString() {
        return "HostSettings";
    }
}
