package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.UUID;

/** What one candidate of an answer has said so far, and how that is said in a message or a delta. */
final class GeminiCandidate {

    private final Call call;
    private int calls;
    private boolean spoke;
    private boolean begun;

    GeminiCandidate(Call call) {
        this.call = call;
    }

    /**
     * Adds a candidate's parts to a message or delta: {@code content}, {@code reasoning_content}, {@code tool_calls} and
     * {@code images}, each only where there is some.
     *
     * @param delta whether tool calls must say their index
     */
    void say(JsonNode candidate, ObjectNode message, boolean delta) {
        StringBuilder text = new StringBuilder();
        StringBuilder thought = new StringBuilder();
        for (JsonNode part : candidate.path("content").path("parts")) {
            spoke = true;
            if (part.path("text").isTextual()) {
                boolean isThought = part.path("thought").asBoolean();
                (isThought ? thought : text).append(part.path("text").textValue());
                if (!isThought) {
                    sign(part, message);
                }
            } else if (part.path("functionCall").isObject()) {
                toolCall(part, message.withArrayProperty("tool_calls").addObject(), delta);
            } else if (part.path("inlineData").isObject()
                    && !part.path("thought").asBoolean()) {
                image(part.path("inlineData"), message.withArrayProperty("images"));
            }
        }
        if (text.length() > 0) {
            message.put("content", text.toString());
        }
        if (thought.length() > 0) {
            message.put("reasoning_content", thought.toString());
        }
    }

    private void toolCall(JsonNode part, ObjectNode toolCall, boolean delta) {
        JsonNode function = part.path("functionCall");
        String id = function.path("id").asText("");
        if (delta) {
            toolCall.put("index", calls);
        }
        calls++;
        toolCall.put("id", id.isEmpty() ? "call_" + UUID.randomUUID().toString().replace("-", "") : id)
                .put("type", "function");
        JsonNode args = arguments(function.path("args"));
        toolCall.putObject("function")
                .put("name", function.path("name").asText(""))
                .put("arguments", new String(Json.write(args), StandardCharsets.UTF_8));
        sign(part, toolCall);
    }

    /** An object, or the text of one. */
    private static JsonNode arguments(JsonNode args) {
        if (args.isTextual()) {
            try {
                JsonNode read = Json.read(args.textValue().getBytes(StandardCharsets.UTF_8));
                return read.isObject() ? read : Json.object();
            } catch (IOException e) {
                return Json.object();
            }
        }
        return args.isObject() ? args : Json.object();
    }

    /** Where Google's own OpenAI-compatible endpoint has the signature of a thought: beside what the thought led to. */
    private void sign(JsonNode part, ObjectNode said) {
        if (part.path("thoughtSignature").isTextual()) {
            if (call.getRequest().translated()) {
                call.warn(
                        "thought signatures of " + call.getModel() + " left out: an Anthropic client cannot keep them");
            }
            said.putObject("extra_content").putObject("google").set("thought_signature", part.path("thoughtSignature"));
        }
    }

    private static void image(JsonNode data, ArrayNode images) {
        ObjectNode image = images.addObject().put("type", "image_url");
        image.putObject("image_url")
                .put(
                        "url",
                        "data:" + data.path("mimeType").asText("image/png") + ";base64,"
                                + data.path("data").asText(""));
    }

    /** Whether this is asked for the first time: the first delta says the role. */
    boolean isFirst() {
        boolean first = !begun;
        begun = true;
        return first;
    }

    /** The finish reason of a candidate or a piece of one; empty when it gives none. */
    static String reason(JsonNode candidate) {
        String reason = candidate.path("finishReason").asText("").strip().toUpperCase(Locale.ROOT);
        return reason.equals("FINISH_REASON_UNSPECIFIED") ? "" : reason;
    }

    /**
     * Why the candidate ended, in OpenAI's words.
     *
     * @throws Problem when it did not end with an answer
     */
    String finish(String reason) {
        return switch (reason) {
            case "STOP" -> {
                if (!spoke) {
                    throw Refusals.badAnswer(call.getModel(), "a candidate without content");
                }
                yield calls > 0 ? "tool_calls" : "stop";
            }
            case "MAX_TOKENS" -> "length";
            case "SAFETY",
                    "RECITATION",
                    "BLOCKLIST",
                    "PROHIBITED_CONTENT",
                    "SPII",
                    "MODEL_ARMOR",
                    "IMAGE_SAFETY",
                    "IMAGE_PROHIBITED_CONTENT",
                    "IMAGE_RECITATION" -> "content_filter";
            default -> throw Refusals.badAnswer(call.getModel(), "finish reason " + ErrorAnswers.word(reason));
        };
    }
}
