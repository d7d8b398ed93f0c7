package io.github.camelllm.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;

/**
 * One event of a token stream: a chunk of an answer, in OpenAI's words.
 *
 * <p>Immutable. Keeps the provider's own bytes, which the client gets unless a step replaces the event by another.
 */
public final class StreamEvent {

    private final byte[] data;
    private JsonNode json;

    /** An event of the provider's bytes, parsed when asked. */
    public StreamEvent(byte[] data) {
        this.data = data;
    }

    /** An event made here. */
    public StreamEvent(JsonNode json) {
        this.data = Json.write(json);
        this.json = json;
    }

    /** The event's data: UTF-8 without line breaks. Not to be changed. */
    public byte[] data() {
        return data;
    }

    /** The data as a tree that is only to be read; a missing node when it is no JSON. */
    public JsonNode json() {
        if (json == null) {
            try {
                json = Json.read(data);
            } catch (IOException e) {
                json = MissingNode.getInstance();
            }
        }
        return json;
    }

    /** Whether it brings something of the answer itself: text, reasoning, a refusal or a piece of a tool call. */
    public boolean hasContent() {
        for (JsonNode choice : json().path("choices")) {
            for (JsonNode part : choice.path("delta")) {
                if (part.isContainerNode() ? !part.isEmpty() : isContent(choice.path("delta"), part)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isContent(JsonNode delta, JsonNode part) {
        return part != delta.path("role")
                && part.isTextual()
                && !part.textValue().isEmpty();
    }
}
