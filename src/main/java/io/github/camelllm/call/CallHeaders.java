package io.github.camelllm.call;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The few request headers that mean something to the gateway. Everything else a client sends stays outside: nothing
 * that is not in this list can steer a route or reach a provider.
 */
public final class CallHeaders {

    /** The names, in lower case. {@code authorization} and {@code x-api-key} are not here: see {@link Call#credential}. */
    public static final Set<String> KNOWN = Set.of(
            "x-request-id",
            "traceparent",
            "x-llm-user",
            "x-llm-team",
            "x-llm-task",
            "x-llm-quality",
            "x-llm-cache",
            "x-llm-template",
            "x-llm-tags",
            "x-llm-callback",
            "prefer",
            "idempotency-key",
            "anthropic-beta",
            "anthropic-version");

    private final Map<String, String> values = new HashMap<>();

    /** Takes a header if it is known; a blank value counts as none. Names are compared without case. */
    public CallHeaders put(String name, String value) {
        String key = name.toLowerCase(Locale.ROOT);
        if (KNOWN.contains(key) && value != null && !value.isBlank()) {
            values.put(key, value.strip());
        }
        return this;
    }

    /** The same values, to be changed apart from these. */
    public CallHeaders copy() {
        CallHeaders copy = new CallHeaders();
        copy.values.putAll(values);
        return copy;
    }

    /** The value, or null. */
    public String get(String lowerCaseName) {
        return values.get(lowerCaseName);
    }
}
