package io.github.camelllm.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the chunks of a streamed answer say together.
 *
 * @param text their contents, joined
 * @param finishReasons each that was given
 * @param ids each id that was named
 * @param roles how often a role was told
 */
record Streamed(String text, List<String> finishReasons, Set<String> ids, int roles) {

    /** Reads the data of events, without {@code [DONE]}. */
    static Streamed of(List<String> data) {
        StringBuilder text = new StringBuilder();
        List<String> finishReasons = new ArrayList<>();
        Set<String> ids = new TreeSet<>();
        int roles = 0;
        for (String event : data) {
            JsonNode chunk = parse(event);
            ids.add(chunk.path("id").asText());
            JsonNode choice = chunk.path("choices").path(0);
            text.append(
                    choice.at("/delta/content").asText("").equals("null")
                            ? ""
                            : choice.at("/delta/content").asText(""));
            roles += choice.at("/delta/role").isTextual() ? 1 : 0;
            if (choice.path("finish_reason").isTextual()) {
                finishReasons.add(choice.path("finish_reason").asText());
            }
        }
        return new Streamed(text.toString(), finishReasons, ids, roles);
    }

    /** The JSON of one event. */
    static JsonNode parse(String event) {
        try {
            return Json.read(event.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AssertionError("an event of no JSON: " + event, e);
        }
    }
}
