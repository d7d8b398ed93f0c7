package io.github.camelllm.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How Anthropic itself would answer, as far as a gateway can tell: messages whole and streamed, with tools, structured output
 * and thinking; errors.
 */
final class AnthropicWire {

    /** The path of the API behind its base URL. */
    static final String PATH = "/v1/messages";

    private AnthropicWire() {}

    /** The answer that a request's model orders by name; null when it orders none. */
    static Reply ordered(JsonNode request) {
        return NamedReplies.find(request, status -> error(status, "upstream says " + status), AnthropicWire::faulty);
    }

    /** The well-behaved answer. */
    static Reply answer(Received request, JsonNode body) {
        if (request.header("x-api-key") == null) {
            return error(401, "x-api-key header is required");
        }
        if (request.header("anthropic-version") == null) {
            return error(400, "anthropic-version: header is required");
        }
        String wrong = wrong(body);
        return wrong == null ? whole(body, script(body)) : error(400, wrong);
    }

    /** The same as a whole, whoever asks. */
    static String body(JsonNode request) {
        String wrong = wrong(request);
        return wrong == null ? script(request).json() : errorBody(400, wrong);
    }

    private static String wrong(JsonNode body) {
        if (!body.path("model").isTextual()) {
            return "model: Field required";
        }
        if (!body.path("max_tokens").isIntegralNumber()) {
            return "max_tokens: Field required";
        }
        if (body.path("messages").isEmpty()) {
            return "messages: at least one message is required";
        }
        JsonNode last = body.path("messages").path(body.path("messages").size() - 1);
        JsonNode end = last.path("content").path(last.path("content").size() - 1);
        return last.path("role").asText().equals("assistant")
                        && end.path("text").asText().matches("(?s).*\\s")
                ? "messages: final assistant content cannot end with trailing whitespace"
                : null;
    }

    /** Anthropic's error object, of the type that goes with the status. */
    static String errorBody(int status, String message) {
        String type =
                switch (status) {
                    case 401 -> "authentication_error";
                    case 402 -> "billing_error";
                    case 403 -> "permission_error";
                    case 404 -> "not_found_error";
                    case 413 -> "request_too_large";
                    case 429 -> "rate_limit_error";
                    case 504 -> "timeout_error";
                    case 529 -> "overloaded_error";
                    default -> status < 500 ? "invalid_request_error" : "api_error";
                };
        ObjectNode json = Json.object().put("type", "error");
        json.putObject("error").put("type", type).put("message", message);
        return json.put("request_id", "req_fake").toString();
    }

    static Reply error(int status, String message) {
        return Reply.json(status, errorBody(status, message));
    }

    private static Reply whole(JsonNode request, AnthropicScript script) {
        return request.path("stream").asBoolean() ? Reply.sse(script.sse()) : Reply.json(200, script.json());
    }

    private static Reply faulty(JsonNode request, String order, int n) {
        AnthropicScript script = script(request);
        return switch (order) {
            case "wait" -> whole(request, script).headersAfter(Duration.ofMillis(n));
            case "words" -> whole(request, words(n).model(request.path("model").asText()));
            case "no-done" -> Reply.sse(script.withoutStop().sse());
            case "no-usage" -> whole(request, script.withoutUsage());
            case "no-finish" -> whole(request, script.stopReason(null));
            default -> NamedReplies.streamed(order, n, script.sse(), errorBody(529, "Overloaded"));
        };
    }

    private static AnthropicScript words(int n) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            words.add("word" + i + " ");
        }
        return AnthropicScript.of(words);
    }

    private static AnthropicScript script(JsonNode request) {
        AnthropicScript script = content(request)
                .model(request.path("model").asText("fake"))
                .inputTokens(OpenAiWire.words(request.path("messages")));
        return request.at("/thinking/type").asText().equals("enabled") ? script.thinking("let me see") : script;
    }

    private static AnthropicScript content(JsonNode request) {
        JsonNode messages = request.path("messages");
        JsonNode last = messages.path(messages.size() - 1);
        JsonNode tool = request.path("tools").path(0);
        boolean toolsAllowed = !request.at("/tool_choice/type").asText().equals("none");
        JsonNode result = last.path("content").path(0);
        boolean answered = result.path("type").asText().equals("tool_result");
        if (tool.has("name") && toolsAllowed && !answered) {
            String input = SchemaSample.of(tool.path("input_schema")).toString();
            return AnthropicScript.toolUse(tool.path("name").asText(), OpenAiWire.inPieces(input, 5));
        }
        JsonNode schema = request.at("/output_config/format/schema");
        if (schema.isObject()) {
            return AnthropicScript.of(
                    OpenAiWire.inPieces(SchemaSample.of(schema).toString(), 5));
        }
        String said = OpenAiWire.text(answered ? result.path("content") : last.path("content"));
        return AnthropicScript.of(Arrays.asList(("echo: " + said).split("(?<= )")));
    }
}
