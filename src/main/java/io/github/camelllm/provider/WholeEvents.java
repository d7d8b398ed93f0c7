package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The events of a stream that came as one JSON array, as Gemini sends them where {@code alt=sse} gets lost on the way. */
final class WholeEvents {

    private static final byte[] FIELD = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);

    private WholeEvents() {}

    /** The array's elements as server-sent events; null when the body is no array of objects. */
    static InputStream of(byte[] body) {
        JsonNode array = read(body);
        if (array == null || array.isEmpty()) {
            return null;
        }
        ByteArrayOutputStream events = new ByteArrayOutputStream(body.length + array.size() * 8);
        for (JsonNode event : array) {
            if (!event.isObject()) {
                return null;
            }
            events.writeBytes(FIELD);
            events.writeBytes(Json.write(event));
            events.writeBytes(END);
        }
        return new ByteArrayInputStream(events.toByteArray());
    }

    private static JsonNode read(byte[] body) {
        if (body.length == 0 || body[0] != '[') {
            return null;
        }
        try {
            JsonNode json = Json.read(body);
            return json.isArray() ? json : null;
        } catch (IOException e) {
            return null;
        }
    }
}
