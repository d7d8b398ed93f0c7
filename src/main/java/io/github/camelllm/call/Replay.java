package io.github.camelllm.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Tells a whole chat completion as the stream that it could have been. */
public final class Replay {

    private static final List<String> NOT_IN_CHUNKS = List.of("choices", "usage", "object");

    private Replay() {}

    /**
     * The stream of an answer: each choice's role, then its message in one piece, then its finish reason.
     *
     * @param completion a chat completion in OpenAI's words
     * @param usage whether the stream ends with the usage, as {@code stream_options.include_usage} asks
     */
    public static TokenStream of(ObjectNode completion, boolean usage) {
        List<StreamEvent> events = new ArrayList<>();
        for (JsonNode choice : completion.path("choices")) {
            int index = choice.path("index").asInt(0);
            events.add(Completion.chunk(
                    envelope(completion),
                    index,
                    Json.object().put("role", "assistant").put("content", ""),
                    null));
            events.add(Completion.chunk(envelope(completion), index, delta(choice.path("message")), null));
            events.add(Completion.chunk(
                    envelope(completion),
                    index,
                    Json.object(),
                    choice.path("finish_reason").asText("stop")));
        }
        if (usage && completion.path("usage") instanceof ObjectNode counts) {
            events.add(Completion.usageChunk(envelope(completion), counts));
        }
        return TokenStream.of(events);
    }

    private static ObjectNode delta(JsonNode message) {
        ObjectNode delta = Json.object();
        message.fields().forEachRemaining(field -> {
            if (!field.getKey().equals("role") && !field.getValue().isNull()) {
                delta.set(field.getKey(), field.getValue().deepCopy());
            }
        });
        int index = 0;
        for (JsonNode call : delta.path("tool_calls")) {
            ((ObjectNode) call).put("index", index++);
        }
        return delta;
    }

    private static ObjectNode envelope(ObjectNode completion) {
        ObjectNode json = Json.object();
        json.put("object", "chat.completion.chunk");
        completion.fields().forEachRemaining(field -> {
            if (!NOT_IN_CHUNKS.contains(field.getKey())) {
                json.set(field.getKey(), field.getValue());
            }
        });
        return json;
    }
}
