package io.github.camelllm.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An answer of {@code generateContent} as Gemini words it, whole ({@link #json}) or as the events of a stream ({@link #sse}):
 * one event a piece and candidate, and a last one a candidate that brings its finish reason.
 */
public final class GeminiScript {

    private final List<String> pieces;
    private String model = "fake";
    private String finishReason = "STOP";
    private String toolName;
    private JsonNode toolArguments;
    private int candidates = 1;
    private int promptTokens = 9;
    private boolean usage = true;

    private GeminiScript(List<String> pieces) {
        this.pieces = pieces;
    }

    /** An answer whose text comes in these pieces. */
    public static GeminiScript of(String... pieces) {
        return of(Arrays.asList(pieces));
    }

    /** An answer whose text comes in these pieces. */
    public static GeminiScript of(List<String> pieces) {
        return new GeminiScript(List.copyOf(pieces));
    }

    /** A call of a function. */
    public static GeminiScript toolCall(String name, JsonNode arguments) {
        GeminiScript script = of("");
        script.toolName = name;
        script.toolArguments = arguments;
        return script;
    }

    /** The model that the answer names. */
    public GeminiScript model(String newModel) {
        this.model = newModel;
        return this;
    }

    /** The same answer that many times over ({@code candidateCount}). */
    public GeminiScript candidates(int newCandidates) {
        this.candidates = newCandidates;
        return this;
    }

    /** Why the model stopped; null leaves it unsaid. */
    public GeminiScript finish(String newFinishReason) {
        this.finishReason = newFinishReason;
        return this;
    }

    /** The tokens that the prompt is said to have; the answer has one a piece and candidate, and one of thought. */
    public GeminiScript promptTokens(int newPromptTokens) {
        this.promptTokens = newPromptTokens;
        return this;
    }

    /** Says nothing of usage. */
    public GeminiScript withoutUsage() {
        this.usage = false;
        return this;
    }

    /** The whole answer. */
    public String json() {
        ObjectNode json = Json.object();
        for (int i = 0; i < candidates; i++) {
            candidate(json, i, String.join("", pieces), finishReason);
        }
        return tail(json).toString();
    }

    /** The answer as a stream. */
    public Sse sse() {
        List<String> events = new ArrayList<>();
        for (String piece : pieces) {
            for (int i = 0; i < candidates; i++) {
                ObjectNode json = Json.object();
                candidate(json, i, piece, null);
                events.add(tail(json).toString());
            }
        }
        for (int i = 0; i < candidates && finishReason != null; i++) {
            ObjectNode json = Json.object();
            ObjectNode candidate = json.putArray("candidates").addObject();
            candidate
                    .putObject("content")
                    .put("role", "model")
                    .putArray("parts")
                    .addObject()
                    .put("text", "");
            candidate.put("finishReason", finishReason).put("index", i);
            events.add(tail(json).toString());
        }
        return Sse.of(events);
    }

    private void candidate(ObjectNode json, int index, String text, String reason) {
        ObjectNode candidate = json.withArrayProperty("candidates").addObject();
        ObjectNode content = candidate.putObject("content").put("role", "model");
        ObjectNode part = content.putArray("parts").addObject();
        if (toolName == null) {
            part.put("text", text);
        } else {
            part.putObject("functionCall")
                    .put("name", toolName)
                    .put("id", "fake_" + index)
                    .set("args", toolArguments);
            part.put("thoughtSignature", "ZmFrZQ==");
        }
        if (reason != null) {
            candidate.put("finishReason", reason);
        }
        candidate.put("index", index);
    }

    private ObjectNode tail(ObjectNode json) {
        if (usage) {
            int spoken = pieces.size() * candidates;
            json.putObject("usageMetadata")
                    .put("promptTokenCount", promptTokens)
                    .put("candidatesTokenCount", spoken)
                    .put("totalTokenCount", promptTokens + spoken + 1)
                    .put("cachedContentTokenCount", 2)
                    .put("thoughtsTokenCount", 1);
        }
        return json.put("modelVersion", model).put("responseId", "fake");
    }
}
