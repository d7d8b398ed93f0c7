package io.github.camelllm.failover;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The parts of an answer that have gone to the client: text, refusal, and of each tool call its name and arguments. Takes
 * out of another answer what repeats them. Belongs to one stream.
 *
 * <p>Reasoning is no part of the answer: it is not compared, and that of another answer is left out.
 */
final class Delivered {

    private static final String CONTENT = "content";
    private static final String NAME = "name";
    private static final String ARGUMENTS = "arguments";

    private final Map<String, StringBuilder> parts = new LinkedHashMap<>();
    private final Map<String, Integer> repeated = new HashMap<>();
    private boolean restarted;
    private boolean manyChoices;

    /** Notes what an event brings to the client. */
    void note(JsonNode chunk) {
        for (JsonNode choice : chunk.path("choices")) {
            manyChoices |= choice.path("index").asInt(0) != 0;
            JsonNode delta = choice.path("delta");
            for (String field : texts(delta)) {
                if (!isReasoning(field)) {
                    add(field, delta.path(field).textValue());
                }
            }
            for (JsonNode call : delta.path("tool_calls")) {
                String prefix = prefix(call);
                add(prefix + NAME, call.path("function").path(NAME).asText(""));
                add(prefix + ARGUMENTS, call.path("function").path(ARGUMENTS).asText(""));
            }
        }
    }

    private void add(String part, String text) {
        if (!text.isEmpty()) {
            StringBuilder all = parts.computeIfAbsent(part, name -> new StringBuilder());
            all.append(text);
            if (restarted) {
                repeated.put(part, all.length());
            }
        }
    }

    /** Whether another answer could take the place of this one at all: there is one choice. */
    boolean isSingle() {
        return !manyChoices;
    }

    /** Whether text has come and no tool call, so that a model can be asked to go on with it. */
    boolean isText() {
        return isSingle() && parts.size() == 1 && !text().isBlank();
    }

    /** The text so far. */
    String text() {
        StringBuilder text = parts.get(CONTENT);
        return text == null ? "" : text.toString();
    }

    /** What comes from now on is another answer: from its beginning, to be compared with this one, or from where this ends. */
    void restart(boolean fromBeginning) {
        restarted = fromBeginning;
        repeated.clear();
    }

    /**
     * Takes out of a chunk of the other answer what the client has already.
     *
     * @param chunk is changed
     * @return false when the chunk says something else than what the client has
     */
    boolean withhold(ObjectNode chunk) {
        for (JsonNode choice : chunk.path("choices")) {
            boolean same = choice.path("index").asInt(0) == 0
                    && (!(choice.path("delta") instanceof ObjectNode delta) || withholdDelta(delta));
            if (!same || choice.path("finish_reason").isTextual() && !isRepeated()) {
                return false;
            }
        }
        return true;
    }

    private boolean withholdDelta(ObjectNode delta) {
        for (String field : texts(delta)) {
            if (!isReasoning(field) && !withhold(delta, field, field)) {
                return false;
            }
        }
        for (JsonNode call : delta.path("tool_calls")) {
            String prefix = prefix(call);
            boolean begun = parts.containsKey(prefix + NAME);
            if (call.path("function") instanceof ObjectNode function
                    && !(withhold(function, NAME, prefix + NAME)
                            && withhold(function, ARGUMENTS, prefix + ARGUMENTS))) {
                return false;
            }
            if (begun) { // under the id that the client knows
                ((ObjectNode) call).remove(List.of("id", "type"));
            }
        }
        return true;
    }

    private boolean withhold(ObjectNode object, String field, String part) {
        if (!object.path(field).isTextual()) {
            return true;
        }
        String text = object.path(field).textValue();
        StringBuilder had = parts.get(part);
        int at = repeated.getOrDefault(part, 0);
        int known = had == null ? 0 : Math.min(text.length(), had.length() - at);
        if (known <= 0) {
            return true;
        }
        if (!had.substring(at, at + known).equals(text.substring(0, known))) {
            return false;
        }
        repeated.put(part, at + known);
        if (known == text.length()) {
            object.remove(field);
        } else {
            object.put(field, text.substring(known));
        }
        return true;
    }

    /** Whether all that the client has has come again: an answer that ends before says something else. */
    boolean isRepeated() {
        return parts.entrySet().stream()
                .allMatch(part -> repeated.getOrDefault(part.getKey(), 0)
                        >= part.getValue().length());
    }

    private static String prefix(JsonNode toolCall) {
        return "tool " + toolCall.path("index").asInt(0) + " ";
    }

    static boolean isReasoning(String field) {
        return field.startsWith("reasoning");
    }

    private static List<String> texts(JsonNode delta) {
        List<String> names = new ArrayList<>();
        delta.fields().forEachRemaining(field -> {
            if (field.getValue().isTextual() && !field.getKey().equals("role")) {
                names.add(field.getKey());
            }
        });
        return names;
    }
}
