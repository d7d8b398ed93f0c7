package io.github.camelllm.ingress;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.nio.charset.StandardCharsets;

/**
 * Chunks of a chat completion as the events of a message: blocks that are opened, filled and closed one after the other.
 * The input tokens at the start are an estimate, those at the end are what the provider reports.
 */
final class AnthropicEvents implements ClientDialect.Events {

    private static final int NO_TOOL = -1;

    private final Call call;
    private final EventWriter client;
    private boolean begun;
    private int block = -1;
    private String open = "";
    private int tool = NO_TOOL;
    private int lastTool = NO_TOOL;
    private boolean signed;
    private final StringBuilder thought = new StringBuilder();
    private JsonNode finished = MissingNode.getInstance();
    private JsonNode usage = MissingNode.getInstance();

    AnthropicEvents(Call call, EventWriter client) {
        this.call = call;
        this.client = client;
    }

    @Override
    public void event(StreamEvent event) {
        JsonNode chunk = event.json();
        start(chunk);
        if (chunk.path("usage").isObject()) {
            usage = chunk.path("usage");
        }
        for (JsonNode choice : chunk.path("choices")) {
            if (choice.path("index").asInt(0) == 0) {
                delta(choice.path("delta"));
                if (choice.path("finish_reason").isTextual()) {
                    finished = choice;
                }
            }
        }
    }

    private void start(JsonNode chunk) {
        if (begun) {
            return;
        }
        begun = true;
        ObjectNode start = Json.object().put("type", "message_start");
        String id = chunk.path("id").asText("");
        ObjectNode message = AnthropicAnswer.head(id.isEmpty() ? call.getId() : id, chunk.path("model"));
        message.putArray("content");
        message.putNull("stop_reason").putNull("stop_sequence");
        message.set("usage", AnthropicAnswer.usage(usage, Usage.estimate(call.inputEstimate(), 0)));
        start.set("message", message);
        send(start);
    }

    private void delta(JsonNode delta) {
        JsonNode thoughts = delta.path("thinking_blocks");
        if (thoughts.isArray() && !thoughts.isEmpty()) {
            thoughts.forEach(this::thought);
        } else {
            think(AnthropicAnswer.reasoning(delta));
        }
        cite(delta.path("citations"));
        say(delta.path("content").asText(""));
        say(delta.path("refusal").asText(""));
        delta.path("tool_calls").forEach(this::toolCall);
    }

    private void thought(JsonNode piece) {
        if (!piece.path("type").asText("").equals("thinking")) {
            open("redacted", (ObjectNode) piece.deepCopy());
            closeBlock();
            return;
        }
        String thinking = piece.path("thinking").asText("");
        if (!thinking.contentEquals(thought)) { // else it is the whole block, at its end
            think(thinking);
        }
        String signature = piece.path("signature").asText("");
        if (!signature.isEmpty()) {
            openThinking();
            fill("signature_delta", "signature", signature);
            signed = true;
        }
    }

    private void think(String text) {
        if (text.isEmpty()) {
            return;
        }
        if (signed) {
            closeBlock();
        }
        openThinking();
        thought.append(text);
        fill("thinking_delta", "thinking", text);
    }

    private void openThinking() {
        if (!open.equals("thinking")) {
            open(
                    "thinking",
                    Json.object().put("type", "thinking").put("thinking", "").put("signature", ""));
        }
    }

    /** Of the text that is open; without any of them a text begins that is to have some. */
    private void cite(JsonNode citations) {
        if (citations.isArray() && citations.isEmpty()) {
            ObjectNode text = Json.object().put("type", "text").put("text", "");
            text.putArray("citations");
            open("text", text);
        }
        for (JsonNode citation : citations) {
            openText();
            ObjectNode event = Json.object().put("type", "content_block_delta").put("index", block);
            event.putObject("delta").put("type", "citations_delta").set("citation", citation);
            send(event);
        }
    }

    private void openText() {
        if (!open.equals("text")) {
            open("text", Json.object().put("type", "text").put("text", ""));
        }
    }

    private void say(String text) {
        if (text.isEmpty()) {
            return;
        }
        openText();
        fill("text_delta", "text", text);
    }

    /** A block that was closed cannot be filled: OpenAI's dialect would let pieces of several calls take turns. */
    private void toolCall(JsonNode piece) {
        int index = piece.path("index").asInt(Math.max(0, lastTool));
        JsonNode function = piece.path("function");
        String arguments = function.path("arguments").asText("");
        if (index > lastTool) {
            String id = piece.path("id").asText("");
            ObjectNode use = AnthropicAnswer.toolUse(
                    Json.object(), id.isEmpty() ? "toolu_" + call.getId() + "_" + index : id, function.path("name"));
            use.putObject("input");
            open("tool_use", use);
            tool = index;
            lastTool = index;
        }
        if (arguments.isEmpty()) {
            return;
        }
        if (index != tool) {
            throw Problem.of(
                            ErrorCode.UPSTREAM_ERROR,
                            "The model's tool calls came interleaved, which no message can tell.")
                    .withDetail("a piece of tool call " + index + " after its block was closed");
        }
        fill("input_json_delta", "partial_json", arguments);
    }

    private void open(String kind, ObjectNode content) {
        closeBlock();
        block++;
        open = kind;
        send(Json.object()
                .put("type", "content_block_start")
                .put("index", block)
                .<ObjectNode>set("content_block", content));
    }

    private void fill(String type, String field, String text) {
        ObjectNode event = Json.object().put("type", "content_block_delta").put("index", block);
        event.putObject("delta").put("type", type).put(field, text);
        send(event);
    }

    private void closeBlock() {
        if (!open.isEmpty()) {
            send(Json.object().put("type", "content_block_stop").put("index", block));
            open = "";
            tool = NO_TOOL;
            signed = false;
            thought.setLength(0);
        }
    }

    @Override
    public void whole() {
        start(MissingNode.getInstance());
        closeBlock();
        ObjectNode event = Json.object().put("type", "message_delta");
        AnthropicAnswer.stop(event.putObject("delta"), finished, lastTool == NO_TOOL);
        event.set("usage", AnthropicAnswer.usage(usage, call.getUsage()));
        send(event);
        send(Json.object().put("type", "message_stop"));
    }

    @Override
    public void broken(Problem problem, String requestId) {
        send(AnthropicErrors.tree(problem, requestId));
    }

    private void send(ObjectNode event) {
        String prefix = "event: " + event.path("type").textValue() + "\ndata: ";
        client.event(prefix.getBytes(StandardCharsets.US_ASCII), Json.write(event));
    }
}
