package io.github.camelllm.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * How OpenAI itself would answer, as far as a gateway can tell: chat completions whole and streamed, with tools, structured
 * output and {@code n}; embeddings as floats and base64; errors.
 */
final class OpenAiWire {

    private static final int DIMENSIONS = 8;

    private OpenAiWire() {}

    /** The answer that a request's model orders by name, else the well-behaved one. */
    static Reply answer(Received request) {
        JsonNode body = request.method().equals("POST") ? parse(request) : MissingNode.getInstance();
        if (body == null) {
            return error(400, "We could not parse the JSON body of your request.");
        }
        boolean anthropic = request.path().endsWith(AnthropicWire.PATH);
        Reply ordered = anthropic ? AnthropicWire.ordered(body) : NamedReplies.find(body);
        if (ordered != null) {
            return ordered;
        }
        return switch (request.method() + " " + request.path()) {
            case "POST /v1/messages" -> AnthropicWire.answer(request, body);
            case "POST /v1/chat/completions" -> chat(body);
            case "POST /v1/embeddings" -> Reply.json(200, embeddings(body));
            default -> error(404, "Unknown request URL: " + request.method() + " " + request.path());
        };
    }

    private static JsonNode parse(Received request) {
        try {
            return Json.read(request.body());
        } catch (IOException e) {
            return null;
        }
    }

    private static Reply error(int status, String message) {
        return Reply.json(status, errorBody(status, message));
    }

    /** OpenAI's error object, of the type and code that go with the status. */
    static String errorBody(int status, String message) {
        String type =
                switch (status) {
                    case 401 -> "invalid_request_error";
                    case 429 -> "requests";
                    default -> status < 500 ? "invalid_request_error" : "server_error";
                };
        String code =
                switch (status) {
                    case 401 -> "invalid_api_key";
                    case 429 -> "rate_limit_exceeded";
                    default -> null;
                };
        ObjectNode json = Json.object();
        ObjectNode error = json.putObject("error").put("message", message).put("type", type);
        error.putNull("param").put("code", code);
        return json.toString();
    }

    /** The script of the answer to a chat request, before it is made whole or a stream. */
    static ChatScript script(JsonNode request) {
        ChatScript script = content(request).model(request.path("model").asText("fake"));
        return script.choices(request.path("n").asInt(1))
                .promptTokens(words(request.path("messages")))
                .streamUsage(request.at("/stream_options/include_usage").asBoolean());
    }

    private static Reply chat(JsonNode request) {
        ChatScript script = script(request);
        return request.path("stream").asBoolean() ? Reply.sse(script.sse()) : Reply.json(200, script.json());
    }

    private static ChatScript content(JsonNode request) {
        JsonNode messages = request.path("messages");
        JsonNode last = messages.path(messages.size() - 1);
        JsonNode tool = request.path("tools").path(0).path("function");
        boolean toolsAllowed = !request.path("tool_choice").asText().equals("none");
        if (tool.has("name") && toolsAllowed && !last.path("role").asText().equals("tool")) {
            String arguments = SchemaSample.of(tool.path("parameters")).toString();
            return ChatScript.toolCall(tool.path("name").asText(), inPieces(arguments, 5));
        }
        JsonNode format = request.path("response_format");
        if (format.path("type").asText().equals("json_schema")) {
            JsonNode schema = format.path("json_schema").path("schema");
            return ChatScript.of(inPieces(SchemaSample.of(schema).toString(), 5));
        }
        return ChatScript.of(Arrays.asList(("echo: " + text(last.path("content"))).split("(?<= )")));
    }

    /** The text of a message's content; parts that are no text are named by their type. */
    static String text(JsonNode content) {
        if (!content.isArray()) {
            return content.asText();
        }
        List<String> parts = new ArrayList<>();
        for (JsonNode part : content) {
            parts.add(
                    part.has("text")
                            ? part.path("text").asText()
                            : "[" + part.path("type").asText() + "]");
        }
        return String.join(" ", parts);
    }

    static List<String> inPieces(String text, int size) {
        List<String> pieces = new ArrayList<>();
        for (int from = 0; from < text.length(); from += size) {
            pieces.add(text.substring(from, Math.min(text.length(), from + size)));
        }
        return pieces;
    }

    static int words(JsonNode node) {
        if (node.isTextual()) {
            return node.textValue().strip().split("\\s+").length;
        }
        int sum = 0;
        for (JsonNode child : node) {
            sum += words(child);
        }
        return sum;
    }

    private static String embeddings(JsonNode request) {
        List<JsonNode> inputs = new ArrayList<>();
        JsonNode input = request.path("input");
        if (input.isArray() && !input.path(0).isNumber()) {
            input.forEach(inputs::add);
        } else {
            inputs.add(input);
        }
        int dimensions = request.path("dimensions").asInt(DIMENSIONS);
        boolean base64 = request.path("encoding_format").asText().equals("base64");
        ObjectNode json = Json.object().put("object", "list");
        ArrayNode data = json.putArray("data");
        for (int i = 0; i < inputs.size(); i++) {
            ObjectNode item = data.addObject().put("object", "embedding").put("index", i);
            float[] vector = vector(inputs.get(i), dimensions);
            if (base64) {
                item.put("embedding", base64(vector));
            } else {
                ArrayNode numbers = item.putArray("embedding");
                for (float value : vector) {
                    numbers.add(value);
                }
            }
        }
        json.put("model", request.path("model").asText());
        int tokens = words(input);
        json.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
        return json.toString();
    }

    /** A vector that depends on the input alone; its values are exact in binary, so both encodings carry the same. */
    private static float[] vector(JsonNode input, int dimensions) {
        float[] vector = new float[dimensions];
        int hash = input.toString().hashCode();
        for (int i = 0; i < dimensions; i++) {
            hash = hash * 31 + i;
            vector[i] = (hash & 0xff) / 256f;
        }
        return vector;
    }

    private static String base64(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * vector.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : vector) {
            bytes.putFloat(value);
        }
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
