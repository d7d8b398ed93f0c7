package io.github.camelllm.ingress;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.AnthropicWords;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.NativeFields;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.ToolCallIndexes;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Chunks of a chat completion as the events of a message: blocks that are opened, filled and closed one after the other
 * ({@link AnthropicBlockQueue}), in whatever order their pieces come.
 * The input tokens at the start are an estimate, those at the end are what the provider reports.
 */
final class AnthropicEvents implements ClientDialect.Events {

    private final Call call;
    private final EventWriter client;
    private final ToolCallIndexes indexes = new ToolCallIndexes();
    private final AnthropicBlockQueue blocks = new AnthropicBlockQueue(this::send);
    private final Map<Integer, AnthropicBlockQueue.ToolUse> toolUses = new HashMap<>();
    private boolean begun;
    private boolean signed;
    private final StringBuilder thought = new StringBuilder();
    private final ObjectNode end = Json.object();
    private JsonNode finished = MissingNode.getInstance();
    private JsonNode usage = MissingNode.getInstance();

    AnthropicEvents(Call call, EventWriter client) {
        this.call = call;
        this.client = client;
    }

    @Override
    public void event(StreamEvent event) {
        JsonNode chunk = indexes.number(event).json();
        start(chunk);
        if (chunk.path("usage").isObject()) {
            usage = chunk.path("usage");
        }
        for (JsonNode choice : chunk.path("choices")) {
            if (choice.path("index").asInt(0) == 0) {
                nativeEvent(choice.path(AnthropicWords.NATIVE_EVENT));
                NativeFields.putBack(choice.path(AnthropicWords.NATIVE_END), end);
                delta(choice.path("delta"));
                if (choice.path("finish_reason").isTextual()) {
                    finished = choice;
                }
            }
        }
    }

    /** Of what kind it is, nobody here knows; so it comes between the others, in its turn. */
    private void nativeEvent(JsonNode event) {
        if (event instanceof ObjectNode object) {
            send(object);
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
        AnthropicAnswer.addOthers(chunk.path("choices").path(0).path(AnthropicWords.NATIVE_START), message);
        start.set("message", message);
        send(start);
    }

    private void delta(JsonNode delta) {
        begin(delta.path(AnthropicWords.NATIVE_BLOCK));
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
        AnthropicBlockQueue.Block last = blocks.last();
        if (last != null && delta.path(AnthropicWords.NATIVE_DELTA) instanceof ObjectNode piece) {
            blocks.fill(last, piece);
        }
    }

    /** A block of text or thinking that its client is to see begin. */
    private void begin(JsonNode given) {
        String type = given.path("type").asText("");
        if (type.isEmpty()) {
            return;
        }
        ObjectNode block = Json.object().put("type", type).put(type, "");
        if (type.equals("thinking")) {
            block.put("signature", "");
            signed = false;
            thought.setLength(0);
        }
        NativeFields.putBack(given, block);
        blocks.begin(new AnthropicBlockQueue.Plain(type, block));
    }

    private void thought(JsonNode piece) {
        if (!piece.path("type").asText("").equals("thinking")) {
            blocks.begin(new AnthropicBlockQueue.Plain("whole", piece.deepCopy()));
            return;
        }
        String thinking = piece.path("thinking").asText("");
        if (!thinking.contentEquals(thought)) { // else it is the whole block, at its end
            think(thinking);
        }
        String signature = piece.path("signature").asText("");
        if (!signature.isEmpty()) {
            fill(openThinking(), "signature_delta", "signature", signature);
            signed = true;
        }
    }

    private void think(String text) {
        if (!text.isEmpty()) {
            AnthropicBlockQueue.Block block = openThinking();
            thought.append(text);
            fill(block, "thinking_delta", "thinking", text);
        }
    }

    private AnthropicBlockQueue.Block openThinking() {
        AnthropicBlockQueue.Block last = signed ? null : blocks.last("thinking");
        if (last != null) {
            return last;
        }
        signed = false;
        thought.setLength(0);
        return blocks.begin(new AnthropicBlockQueue.Plain(
                "thinking",
                Json.object().put("type", "thinking").put("thinking", "").put("signature", "")));
    }

    /** Of the text that is open; without any of them a text begins that is to have some. */
    private void cite(JsonNode citations) {
        if (citations.isArray() && citations.isEmpty()) {
            ObjectNode text = Json.object().put("type", "text").put("text", "");
            text.putArray("citations");
            blocks.begin(new AnthropicBlockQueue.Plain("text", text));
        }
        for (JsonNode citation : citations) {
            blocks.fill(openText(), Json.object().put("type", "citations_delta").set("citation", citation));
        }
    }

    private AnthropicBlockQueue.Block openText() {
        AnthropicBlockQueue.Block last = blocks.last("text");
        return last != null
                ? last
                : blocks.begin(new AnthropicBlockQueue.Plain(
                        "text", Json.object().put("type", "text").put("text", "")));
    }

    private void say(String text) {
        if (!text.isEmpty()) {
            fill(openText(), "text_delta", "text", text);
        }
    }

    private void toolCall(JsonNode piece) {
        int index = piece.path("index").asInt(0);
        AnthropicBlockQueue.ToolUse use = toolUses.get(index);
        if (use == null) {
            use = new AnthropicBlockQueue.ToolUse();
            toolUses.put(index, use);
            blocks.begin(use);
        }
        JsonNode function = piece.path("function");
        use.tell(
                piece.path("id").asText(""),
                function.path("name").asText(""),
                piece.path(AnthropicWords.NATIVE_FIELDS));
        String arguments = function.path("arguments").asText("");
        use.add(arguments);
        if (arguments.isEmpty()) {
            blocks.advance();
        } else if (!fill(use, "input_json_delta", "partial_json", arguments) && !arguments.isBlank()) {
            call.warn("what came of a tool call behind its end was left out for an Anthropic client");
        }
    }

    private boolean fill(AnthropicBlockQueue.Block block, String type, String field, String text) {
        return blocks.fill(block, Json.object().put("type", type).put(field, text));
    }

    @Override
    public void whole() {
        start(MissingNode.getInstance());
        endBlocks();
        ObjectNode event = Json.object().put("type", "message_delta");
        AnthropicAnswer.stop(
                event.putObject("delta"),
                finished,
                toolUses.values().stream().allMatch(AnthropicBlockQueue.ToolUse::isNothing));
        event.set("usage", AnthropicAnswer.usage(usage, call.getUsage()));
        AnthropicAnswer.addOthers(end, event);
        send(event);
        send(Json.object().put("type", "message_stop"));
    }

    private void endBlocks() {
        toolUses.forEach((index, use) -> use.orId("toolu_" + call.getId() + "_" + index));
        blocks.end();
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
