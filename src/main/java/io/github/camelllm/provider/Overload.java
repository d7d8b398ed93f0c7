package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Tells by an error object that came with a success status whether the provider has too much to do, or the gateway's key too many calls. */
final class Overload {

    private static final Set<String> LIMITED = Set.of(
            "429",
            "rate_limit_exceeded",
            "rate_limit_error",
            "rate_limited",
            "too_many_requests",
            "resource_exhausted",
            "insufficient_quota",
            "ratelimitreached",
            "throttlingexception");
    private static final Set<String> UNAVAILABLE =
            Set.of("503", "unavailable", "service_unavailable", "service_unavailable_error", "serviceunavailable");
    private static final Set<String> OVERLOADED = Set.of(
            "529", "overloaded_error", "overloaded", "engine_overloaded", "server_overloaded", "model_overloaded");
    private static final Pattern IN_WORDS =
            Pattern.compile("(?i)\\boverloaded\\b|\\bat (?:full )?capacity\\b|\\bserver is (?:too )?busy\\b");

    private Overload() {}

    /** The status that the error would have come with: 429, 503 or 529; 0 where it speaks of something else. */
    static int statusOf(JsonNode error) {
        for (String field : new String[] {"code", "status", "type"}) {
            String name = error.path(field).asText("").toLowerCase(Locale.ROOT);
            if (LIMITED.contains(name)) {
                return 429;
            }
            if (OVERLOADED.contains(name)) {
                return 529;
            }
            if (UNAVAILABLE.contains(name)) {
                return 503;
            }
        }
        return IN_WORDS.matcher(error.path("message").asText("")).find() ? 503 : 0;
    }
}
