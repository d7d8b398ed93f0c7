package io.github.camelllm.inspect;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** What the choices of an answer say, read whole or event by event. */
final class Said {

    /** More characters of a text are not kept. */
    private static final int MOST_TEXT = 3 << 20;

    /** One choice. */
    static final class Choice {
        private final StringBuilder text = new StringBuilder();
        private boolean words;
        private boolean other;
        private boolean thoughts;
        private String finish = "";

        /** Its text, if that is kept. */
        String text() {
            return text.toString();
        }

        /** Whether it has neither text nor anything else that could serve as an answer. */
        boolean isEmpty() {
            return !words && !other;
        }

        /** Whether it is plain text which the model has ended itself. */
        boolean isWhole() {
            return words && !other && !finish.equals("length") && !finish.equals("content_filter");
        }

        /** Whether a limit has cut it. */
        boolean isCut() {
            return finish.equals("length");
        }

        /** Whether the provider has withheld it. */
        boolean isFiltered() {
            return finish.equals("content_filter");
        }
    }

    private final Map<Integer, Choice> choices = new TreeMap<>();
    private final boolean keep;

    /** @param keep whether texts are kept */
    Said(boolean keep) {
        this.keep = keep;
    }

    /** The choices, in order. */
    Collection<Choice> choices() {
        return choices.values();
    }

    /** Whether anything of an answer has come, thoughts included. */
    boolean hasBegun() {
        return choices.values().stream().anyMatch(choice -> !choice.isEmpty() || choice.thoughts);
    }

    /** The texts of all choices. */
    String text() {
        StringBuilder all = new StringBuilder();
        for (Choice choice : choices.values()) {
            all.append(all.isEmpty() ? "" : "\n\n").append(choice.text);
        }
        return all.toString();
    }

    /** Reads a whole answer, or an event of a stream. */
    Said read(JsonNode answer) {
        int position = 0;
        for (JsonNode json : answer.path("choices")) {
            Choice choice = choices.computeIfAbsent(json.path("index").asInt(position), unused -> new Choice());
            position++;
            JsonNode message = json.has("message") ? json.path("message") : json.path("delta");
            String content = message.path("content").asText("");
            choice.words |= !content.isBlank();
            if (keep && choice.text.length() < MOST_TEXT) {
                choice.text.append(content);
            }
            choice.other |= isText(message.path("refusal"))
                    || !message.path("tool_calls").isEmpty()
                    || message.path("function_call").isObject()
                    || message.path("audio").isObject()
                    || !message.path("images").isEmpty();
            choice.thoughts |= isText(message.path("reasoning_content")) || isText(message.path("reasoning"));
            choice.finish = json.path("finish_reason").asText(choice.finish);
        }
        return this;
    }

    private static boolean isText(JsonNode node) {
        return !node.asText("").isBlank();
    }
}
