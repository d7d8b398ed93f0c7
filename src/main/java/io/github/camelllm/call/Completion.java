package io.github.camelllm.call;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** The pieces of a chat completion in OpenAI's words, for answers that are made here. */
public final class Completion {

    private Completion() {}

    /**
     * What completions and chunks begin with.
     *
     * @param object {@code chat.completion} or {@code chat.completion.chunk}
     * @param model what the answer says that it is from
     */
    public static ObjectNode head(Call call, String object, String model) {
        return Json.object()
                .put("id", "chatcmpl-" + call.getId())
                .put("object", object)
                .put("created", call.getReceivedAt().getEpochSecond())
                .put("model", model);
    }

    /** A whole answer of one choice. */
    public static ObjectNode whole(Call call, String model, ObjectNode message, String finishReason, Usage usage) {
        ObjectNode completion = head(call, "chat.completion", model);
        ObjectNode choice = completion.putArray("choices").addObject().put("index", 0);
        choice.set("message", message);
        choice.putNull("logprobs");
        choice.put("finish_reason", finishReason);
        completion.set("usage", usage(usage));
        return completion;
    }

    /**
     * An event of a stream.
     *
     * @param head what the chunk begins with; becomes the chunk
     * @param finishReason null where the choice goes on
     */
    public static StreamEvent chunk(ObjectNode head, int index, ObjectNode delta, String finishReason) {
        ObjectNode choice = head.putArray("choices").addObject().put("index", index);
        choice.set("delta", delta);
        choice.put("finish_reason", finishReason);
        return new StreamEvent(head);
    }

    /** The event that tells the usage of a stream. */
    public static StreamEvent usageChunk(ObjectNode head, ObjectNode usage) {
        head.putArray("choices");
        head.set("usage", usage);
        return new StreamEvent(head);
    }

    /** The counts of tokens. */
    public static ObjectNode usage(Usage usage) {
        return Json.object()
                .put("prompt_tokens", usage.inputTokens())
                .put("completion_tokens", usage.outputTokens())
                .put("total_tokens", usage.totalTokens());
    }
}
