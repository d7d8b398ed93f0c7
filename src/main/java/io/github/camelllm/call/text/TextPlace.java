package io.github.camelllm.call.text;

/**
 * Where a text stands in a request.
 *
 * @param kind whose text it is
 * @param list the field of the request: {@code messages}, {@code tools}, {@code input}, {@code user}, ...
 * @param item which of the list; -1 when the field is no list
 * @param field the path within the item, such as {@code content[1].text}; empty when the item itself is the text
 * @param label within a text that is JSON: the name of the member that this value stands under, or of the nearest one above;
 *     else null
 */
public record TextPlace(Kind kind, String list, int item, String field, String label) {

    /** Whose a text is, and so how far it can be trusted. */
    public enum Kind {
        /** Instructions of the operator: messages of the roles system and developer. */
        SYSTEM,
        /** What a user says. */
        USER,
        /** What a model has said before, its reasoning and predicted output included. */
        ASSISTANT,
        /** The arguments of a tool call that a model has made. */
        TOOL_ARGUMENTS,
        /** What a tool has given. */
        TOOL_RESULT,
        /** Documents and search results that stand among the messages, with their titles. */
        DOCUMENT,
        /** Descriptions and values in the definitions of tools and of the answer's form. */
        DEFINITION,
        /** Names of users and files that a model reads. */
        NAME,
        /**
         * What only a provider reads, to tell end users and conversations apart: {@code user}, {@code safety_identifier},
         * {@code prompt_cache_key} and the values of {@code metadata}.
         */
        IDENTIFIER,
        /** Texts to embed. */
        INPUT,
        /** Texts in fields that the gateway does not know. */
        OTHER
    }

    TextPlace under(String newLabel) {
        return newLabel == null ? this : new TextPlace(kind, list, item, field, newLabel);
    }

    /** The place as error messages name it: {@code messages[2].content[0].text}. */
    public String path() {
        String head = item < 0 ? list : list + "[" + item + "]";
        return field.isEmpty() || field.startsWith("[") ? head + field : head + "." + field;
    }

    @Override
    public String toString() {
        return path();
    }
}
