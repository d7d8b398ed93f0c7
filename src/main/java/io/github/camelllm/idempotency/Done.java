package io.github.camelllm.idempotency;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The answer to a request with an {@code Idempotency-Key}, as it was given: whole, or as the events of a stream.
 *
 * @param hash of the request's body
 * @param events the data of a stream's events; one whole answer where {@code streamed} is false
 */
record Done(String hash, String model, String provider, String finishReason, boolean streamed, List<byte[]> events) {

    /** About what one takes in memory beside its events. */
    private static final int OVERHEAD = 300;

    static Done whole(String hash, Call call, Answer answer) {
        return new Done(
                hash, call.getModel(), call.getProvider(), call.getFinishReason(), false, List.of(answer.bytes()));
    }

    static Done streamed(String hash, Call call, List<byte[]> events) {
        return new Done(hash, call.getModel(), call.getProvider(), call.getFinishReason(), true, List.copyOf(events));
    }

    /** The answer once more: an {@link Answer} or a {@link TokenStream}. */
    Object body() throws IOException {
        if (!streamed) {
            return new Answer(events.get(0), (ObjectNode) Json.read(events.get(0)));
        }
        List<StreamEvent> again = new ArrayList<>(events.size());
        events.forEach(data -> again.add(new StreamEvent(data)));
        return TokenStream.of(again);
    }

    int weight() {
        int bytes = OVERHEAD;
        for (byte[] event : events) {
            bytes += event.length + 40;
        }
        return bytes;
    }

    byte[] write() {
        ObjectNode json = Json.object()
                .put("hash", hash)
                .put("model", model)
                .put("provider", provider)
                .put("finish", finishReason)
                .put("streamed", streamed);
        ArrayNode all = json.putArray("events");
        events.forEach(event -> all.add(new String(event, StandardCharsets.UTF_8)));
        return Json.write(json);
    }

    /** @throws IOException when the bytes are not what {@link #write} writes */
    static Done read(byte[] bytes) throws IOException {
        JsonNode json = Json.read(bytes);
        List<byte[]> events = new ArrayList<>();
        json.path("events").forEach(event -> events.add(event.asText().getBytes(StandardCharsets.UTF_8)));
        boolean streamed = json.path("streamed").booleanValue();
        if (!json.path("hash").isTextual() || !streamed && events.size() != 1) {
            throw new IOException("no answer under an idempotency key");
        }
        return new Done(
                json.path("hash").asText(),
                json.path("model").textValue(),
                json.path("provider").textValue(),
                json.path("finish").textValue(),
                streamed,
                events);
    }
}
