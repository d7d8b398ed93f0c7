package io.github.camelllm.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A response as it came over the wire.
 *
 * @param status the status code
 * @param headers all header lines in order
 * @param body the body, free of transfer coding; empty while only the head has been read
 */
public record RawResponse(int status, List<Header> headers, byte[] body) {

    /** The value of a header, compared without case; several lines are joined by a comma. Null when it is absent. */
    public String header(String name) {
        List<String> values = headers.stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(Header::value)
                .toList();
        return values.isEmpty() ? null : String.join(",", values);
    }

    /** The body as UTF-8. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /**
     * The body as JSON.
     *
     * @throws AssertionError when it is none
     */
    public JsonNode json() {
        try {
            return Json.read(body);
        } catch (IOException e) {
            throw new AssertionError("no JSON in " + this, e);
        }
    }

    /** Status, headers and body as text: everything in which something could have leaked. */
    @Override
    public String toString() {
        return status + "\n"
                + headers.stream().map(h -> h.name() + ": " + h.value()).collect(Collectors.joining("\n")) + "\n\n"
                + text();
    }
}
