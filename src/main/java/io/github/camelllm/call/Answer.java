package io.github.camelllm.call;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A whole answer, as a JSON tree in OpenAI's words.
 *
 * <p>As long as no step asks for the tree to change it, the provider's own bytes are what the client gets.
 */
public final class Answer {

    private byte[] received;
    private final ObjectNode tree;

    /**
     * @param received the answer as the provider wrote it; null when the tree was made here
     * @param tree the same, parsed
     */
    public Answer(byte[] received, ObjectNode tree) {
        this.received = received;
        this.tree = tree;
    }

    /** The tree, to read. */
    public ObjectNode tree() {
        return tree;
    }

    /** The tree, to change: from now on the answer is written anew. */
    public ObjectNode edit() {
        received = null;
        return tree;
    }

    /** The answer as UTF-8 JSON. */
    public byte[] bytes() {
        return received != null ? received : Json.write(tree);
    }

    /** Never the completion: answers end up in logs by accident. */
    @Override
    public String toString() {
        return "Answer[" + (received == null ? "made here" : received.length + " bytes") + "]";
    }
}
