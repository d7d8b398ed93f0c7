package io.github.camelllm.call.text;

/**
 * Where a text stands in an answer. The texts of a stream's events that stand in the same place are pieces of one text.
 *
 * @param choice which of the choices
 * @param kind what kind of text
 * @param toolCall which of the tool calls; -1 where it is none's
 */
public record AnswerPlace(int choice, Kind kind, int toolCall) {

    /** Whether it is what the model has thought before. */
    public boolean isReasoning() {
        return kind == Kind.REASONING || kind == Kind.REASONING_TOO;
    }

    /** Whether the text belongs to a tool call. */
    public boolean isToolCall() {
        return toolCall >= 0;
    }

    /** What kind of text it is. */
    public enum Kind {
        /** The answer itself. */
        CONTENT,
        /** What the model has thought before ({@code reasoning_content}). */
        REASONING,
        /** The same by its other name ({@code reasoning}); some providers send both. */
        REASONING_TOO,
        /** Why it does not answer. */
        REFUSAL,
        /** The arguments of a call of a tool: JSON, in pieces that are none. */
        TOOL_ARGUMENTS,
        /** The input of a call of a custom tool: free text. */
        TOOL_INPUT
    }
}
