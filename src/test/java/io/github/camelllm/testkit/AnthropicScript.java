package io.github.camelllm.testkit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An answer as Anthropic's Messages API words it, whole ({@link #json}) or as the events of a stream ({@link #sse}). Built up
 * by methods that change it and return it. Left alone it is complete: {@code message_start} to {@code message_stop}, with a
 * ping between.
 */
public final class AnthropicScript {

    private final List<String> pieces;
    private String model = "fake";
    private String stopReason = "end_turn";
    private String toolName;
    private String thinking;
    private int inputTokens = 7;
    private boolean usage = true;
    private boolean stop = true;

    private AnthropicScript(List<String> pieces) {
        this.pieces = pieces;
    }

    /** An answer whose text comes in these pieces. */
    public static AnthropicScript of(String... pieces) {
        return of(Arrays.asList(pieces));
    }

    /** An answer whose text comes in these pieces. */
    public static AnthropicScript of(List<String> pieces) {
        return new AnthropicScript(List.copyOf(pieces));
    }

    /** A call of a tool, whose input comes in these pieces of JSON. */
    public static AnthropicScript toolUse(String name, List<String> inputPieces) {
        AnthropicScript script = of(inputPieces);
        script.toolName = name;
        script.stopReason = "tool_use";
        return script;
    }

    /** The model that the answer names. */
    public AnthropicScript model(String newModel) {
        this.model = newModel;
        return this;
    }

    /** What the model thinks before it answers. */
    public AnthropicScript thinking(String newThinking) {
        this.thinking = newThinking;
        return this;
    }

    /** Why the model stopped; null leaves it unsaid. */
    public AnthropicScript stopReason(String newStopReason) {
        this.stopReason = newStopReason;
        return this;
    }

    /** The tokens of the prompt beside the 2 that are read from the cache; the answer has one a piece. */
    public AnthropicScript inputTokens(int newInputTokens) {
        this.inputTokens = newInputTokens;
        return this;
    }

    /** Says nothing of usage, whole or streamed. */
    public AnthropicScript withoutUsage() {
        this.usage = false;
        return this;
    }

    /** Leaves {@code message_stop} out. */
    public AnthropicScript withoutStop() {
        this.stop = false;
        return this;
    }

    /** The whole answer. */
    public String json() {
        ObjectNode json = head();
        ArrayNode content = (ArrayNode) json.get("content");
        if (thinking != null) {
            content.addObject()
                    .put("type", "thinking")
                    .put("thinking", thinking)
                    .put("signature", "c2lnbmF0dXJl");
        }
        String text = String.join("", pieces);
        if (toolName == null) {
            content.addObject().put("type", "text").put("text", text);
        } else {
            content.add(toolUse().set("input", parsed(text)));
        }
        json.put("stop_reason", stopReason).putNull("stop_sequence");
        if (usage) {
            json.set("usage", usageNode(pieces.size()));
        }
        return json.toString();
    }

    /** The answer as a stream. */
    public Sse sse() {
        List<String> events = new ArrayList<>();
        ObjectNode message = head().putNull("stop_reason").putNull("stop_sequence");
        if (usage) {
            message.set("usage", usageNode(1));
        }
        events.add(event("message_start").set("message", message).toString());
        int index = 0;
        if (thinking != null) {
            ObjectNode block =
                    Json.object().put("type", "thinking").put("thinking", "").put("signature", "");
            events.add(start(index, block));
            events.add(delta(index, "thinking_delta", "thinking", thinking));
            events.add(delta(index, "signature_delta", "signature", "c2lnbmF0dXJl"));
            events.add(event("content_block_stop").put("index", index).toString());
            index++;
        }
        ObjectNode block = toolName == null ? Json.object().put("type", "text").put("text", "") : toolUse();
        if (toolName != null) {
            block.putObject("input");
        }
        events.add(start(index, block));
        events.add(event("ping").toString());
        for (String piece : pieces) {
            events.add(
                    toolName == null
                            ? delta(index, "text_delta", "text", piece)
                            : delta(index, "input_json_delta", "partial_json", piece));
        }
        events.add(event("content_block_stop").put("index", index).toString());
        if (stopReason != null) {
            ObjectNode last = event("message_delta");
            last.putObject("delta").put("stop_reason", stopReason).putNull("stop_sequence");
            if (usage) {
                last.putObject("usage").put("output_tokens", pieces.size());
            }
            events.add(last.toString());
        }
        if (stop) {
            events.add(event("message_stop").toString());
        }
        return Sse.of(events);
    }

    private ObjectNode toolUse() {
        return Json.object().put("type", "tool_use").put("id", "toolu_fake").put("name", toolName);
    }

    private ObjectNode head() {
        ObjectNode head = Json.object()
                .put("id", "msg_fake")
                .put("type", "message")
                .put("role", "assistant")
                .put("model", model);
        head.putArray("content");
        return head;
    }

    private ObjectNode usageNode(int outputTokens) {
        return Json.object()
                .put("input_tokens", inputTokens)
                .put("cache_creation_input_tokens", 0)
                .put("cache_read_input_tokens", 2)
                .put("output_tokens", outputTokens)
                .put("service_tier", "standard");
    }

    private static ObjectNode event(String type) {
        return Json.object().put("type", type);
    }

    private static String start(int index, ObjectNode block) {
        return event("content_block_start")
                .put("index", index)
                .set("content_block", block)
                .toString();
    }

    private static String delta(int index, String type, String field, String value) {
        ObjectNode event = event("content_block_delta").put("index", index);
        event.putObject("delta").put("type", type).put(field, value);
        return event.toString();
    }

    private static ObjectNode parsed(String json) {
        try {
            return (ObjectNode) Json.read(json.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
