package io.github.camelllm.call.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.call.text.AnswerPlace.Kind;
import java.util.function.Function;

/**
 * Changes the texts of answers, whole or streamed, by {@link TextFilter}s, one for each text. Thoughts that a provider has
 * signed ({@code thinking_blocks}) are left alone. Where a text has changed, its log probabilities are taken out: they spell it.
 */
public final class AnswerTexts {

    private AnswerTexts() {}

    /**
     * Changes a whole answer.
     *
     * @param filters makes the filter of a text; null to leave the text
     * @return whether anything was changed; if not, the provider's own bytes stay
     */
    public static boolean rewrite(Answer answer, Function<AnswerPlace, TextFilter> filters) {
        boolean changed = false;
        int index = 0;
        for (JsonNode choice : answer.tree().path("choices")) {
            int number = choice.path("index").asInt(index++);
            if (choice.path("message") instanceof ObjectNode message) {
                boolean[] other = {false};
                visit(message, number, (place, text) -> {
                    String filtered = filter(filters.apply(place), text);
                    other[0] |= !filtered.equals(text);
                    return filtered;
                });
                if (other[0]) {
                    ((ObjectNode) choice).remove("logprobs");
                    changed = true;
                }
            }
        }
        if (changed) {
            answer.edit();
        }
        return changed;
    }

    private static String filter(TextFilter filter, String text) {
        return filter == null ? text : filter.push(text) + filter.end();
    }

    /**
     * Changes a stream as it is read. Every event stays, in its place, with what the filters let out of its text (perhaps an
     * empty string); what they hold comes in an event of its own before another text of the same choice begins, before the
     * choice's finish reason, and at the end of the stream, even if that end is a failure.
     *
     * @param filters makes the filter of a text, when its first piece comes; null to leave the text
     */
    public static TokenStream rewrite(TokenStream stream, Function<AnswerPlace, TextFilter> filters) {
        return new FilteredStream(stream, filters);
    }

    /** Sees one text, and gives what shall stand in its place. */
    @FunctionalInterface
    interface Editor {
        /** The text that shall stand there; the very same instance to leave it. */
        String edit(AnswerPlace place, String text);
    }

    /** Shows the texts of a message, or of a delta, in the order in which clients are to see them. */
    static void visit(ObjectNode message, int choice, Editor editor) {
        edit(message, "reasoning_content", choice, Kind.REASONING, -1, editor);
        edit(message, "reasoning", choice, Kind.REASONING_TOO, -1, editor);
        edit(message, "content", choice, Kind.CONTENT, -1, editor);
        edit(message, "refusal", choice, Kind.REFUSAL, -1, editor);
        edit(message.path("function_call"), "arguments", choice, Kind.TOOL_ARGUMENTS, 0, editor);
        int position = 0;
        for (JsonNode call : message.path("tool_calls")) {
            int index = call.path("index").asInt(position++);
            edit(call.path("function"), "arguments", choice, Kind.TOOL_ARGUMENTS, index, editor);
            edit(call.path("custom"), "input", choice, Kind.TOOL_INPUT, index, editor);
        }
    }

    private static void edit(JsonNode parent, String field, int choice, Kind kind, int toolCall, Editor editor) {
        JsonNode value = parent.path(field);
        if (value.isTextual()) {
            String text = value.textValue();
            String other = editor.edit(new AnswerPlace(choice, kind, toolCall), text);
            if (other != text) {
                ((ObjectNode) parent).put(field, other);
            }
        }
    }
}
