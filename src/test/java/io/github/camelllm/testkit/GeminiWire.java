package io.github.camelllm.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the Gemini API would answer, as far as a gateway can tell: {@code generateContent} whole and streamed, with tools,
 * structured output and candidates; errors. The model in the path orders faults by the names of {@link NamedReplies}.
 */
final class GeminiWire {

    private static final Pattern PATH =
            Pattern.compile("/v1beta/models/([^/:]+):(generateContent|streamGenerateContent)");
    private static final int MAX_STOPS = 5;

    private final JsonNode request;
    private final String model;
    private final boolean stream;

    private GeminiWire(JsonNode request, String model, boolean stream) {
        this.request = request;
        this.model = model;
        this.stream = stream;
    }

    /** Whether a request is one to the Gemini API. */
    static boolean understands(Received request) {
        return request.path().startsWith("/v1beta/");
    }

    /** The answer that the model's name orders, else the well-behaved one. */
    static Reply answer(Received request) {
        Matcher path = PATH.matcher(request.path());
        if (!request.method().equals("POST") || !path.matches()) {
            return error(404, "Not found: " + request.method() + " " + request.path());
        }
        boolean stream = path.group(2).startsWith("stream");
        JsonNode body;
        try {
            body = Json.read(request.body());
        } catch (IOException e) {
            return error(400, "Invalid JSON payload received.");
        }
        if (stream && !"alt=sse".equals(request.query())) {
            return error(400, "this fake streams events alone: alt=sse");
        }
        String model = URLDecoder.decode(path.group(1), StandardCharsets.UTF_8);
        return new GeminiWire(body, model, stream).answer();
    }

    /** An error as Google words it, of the status name that belongs to the code. */
    static Reply error(int status, String message) {
        return Reply.json(status, errorBody(status, message));
    }

    static String errorBody(int status, String message) {
        String name =
                switch (status) {
                    case 400 -> "INVALID_ARGUMENT";
                    case 401 -> "UNAUTHENTICATED";
                    case 403 -> "PERMISSION_DENIED";
                    case 404 -> "NOT_FOUND";
                    case 409 -> "ABORTED";
                    case 429 -> "RESOURCE_EXHAUSTED";
                    case 503 -> "UNAVAILABLE";
                    case 504 -> "DEADLINE_EXCEEDED";
                    default -> status < 500 ? "INVALID_ARGUMENT" : "INTERNAL";
                };
        ObjectNode json = Json.object();
        json.putObject("error").put("code", status).put("message", message).put("status", name);
        return json.toString();
    }

    private Reply answer() {
        Matcher ordered = NamedReplies.NAME.matcher(model);
        if (ordered.matches()) {
            int n = ordered.group(2) == null ? 0 : Integer.parseInt(ordered.group(2));
            return ordered(ordered.group(1), n);
        }
        if (!request.path("contents").isArray() || request.path("contents").isEmpty()) {
            return error(400, "* GenerateContentRequest.contents: contents is not specified");
        }
        if (request.path("generationConfig").path("stopSequences").size() > MAX_STOPS) {
            return error(400, "stop_sequences must have at most 5 elements");
        }
        return whole(script());
    }

    private Reply ordered(String order, int n) {
        Reply broken = order.equals("status") ? error(n, "upstream says " + n) : NamedReplies.broken(order, n);
        if (broken != null) {
            return broken;
        }
        GeminiScript script = script();
        Sse sse = script.sse();
        return switch (order) {
            case "wait" -> whole(script).headersAfter(Duration.ofMillis(n));
            case "words" -> whole(words(n));
            case "pace" -> Reply.sse(sse.every(Duration.ofMillis(n)));
            case "cut" -> Reply.sse(sse.cutAfter(n, Cut.FIN));
            case "rst" -> Reply.sse(sse.cutAfter(n, Cut.RST));
            case "stall" -> Reply.sse(sse.stallAfter(n));
            case "garbage" -> Reply.sse(sse.insert(n, "}{ not JSON"));
            case "error" ->
                Reply.sse(
                        sse.insert(n, errorBody(500, "The server had an error")).endAfter(n + 1));
            case "no-done" -> whole(script); // as ever
            case "no-usage" -> whole(script.withoutUsage());
            case "no-finish" -> whole(script.finish(null));
            default -> throw new IllegalArgumentException("no reply goes by the name of fake-" + order);
        };
    }

    private Reply whole(GeminiScript script) {
        return stream ? Reply.sse(script.sse()) : Reply.json(200, script.json());
    }

    private GeminiScript words(int n) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            words.add("word" + i + " ");
        }
        return GeminiScript.of(words).model(model);
    }

    private GeminiScript script() {
        JsonNode config = request.path("generationConfig");
        return content(config)
                .model(model)
                .candidates(config.path("candidateCount").asInt(1))
                .promptTokens(words(request.path("contents")));
    }

    private GeminiScript content(JsonNode config) {
        JsonNode contents = request.path("contents");
        JsonNode parts = contents.path(contents.size() - 1).path("parts");
        JsonNode tool =
                request.path("tools").path(0).path("functionDeclarations").path(0);
        String mode = request.at("/toolConfig/functionCallingConfig/mode").asText("AUTO");
        boolean answered = parts.path(0).has("functionResponse");
        if (tool.has("name") && !mode.equals("NONE") && !answered) {
            return GeminiScript.toolCall(
                    tool.path("name").asText(), SchemaSample.of(tool.path("parametersJsonSchema")));
        }
        JsonNode schema = config.path("responseJsonSchema");
        if (schema.isObject()) {
            return GeminiScript.of(SchemaSample.of(schema).toString());
        }
        return GeminiScript.of(Arrays.asList(("echo: " + text(parts)).split("(?<= )")));
    }

    /** The text of the parts; what is no text is named by its kind. */
    private static String text(JsonNode parts) {
        List<String> texts = new ArrayList<>();
        for (JsonNode part : parts) {
            texts.add(
                    part.has("text")
                            ? part.path("text").asText()
                            : "[" + part.fieldNames().next() + "]");
        }
        return String.join(" ", texts);
    }

    private static int words(JsonNode node) {
        if (node.isTextual()) {
            return node.textValue().strip().split("\\s+").length;
        }
        int sum = 0;
        for (JsonNode child : node) {
            sum += words(child);
        }
        return sum;
    }
}
