package io.github.camelllm.cache;

/**
 * What a request asks, as the cache names it. Names are SHA-256 in hexadecimal, and hold all that shapes an answer: who may
 * share it, the model, every field of the request.
 *
 * @param id of the whole: two requests with the same id are the same question
 * @param partition of all but the text of the last message, if that is the user's; what is found by that text alone must
 *     be in the same partition
 * @param text that text as it was sent; null when the last message is not the user's or holds other than text, or when the
 *     rules allow no answer but to the very same question
 */
public record Question(String id, String partition, String text) {

    /** Never the text: it is a prompt. */
    @Override
    public String toString() {
        return "Question[" + id + "]";
    }
}
