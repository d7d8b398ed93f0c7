package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.AnthropicWords;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** A chat completion request in the words of {@code generateContent}. */
final class GeminiRequest {

    /** Fields that other classes or methods here translate. */
    private static final Set<String> TRANSLATED = Set.of(
            "messages",
            "tools",
            "tool_choice",
            "reasoning_effort",
            "thinking",
            "response_format",
            "stop",
            "n",
            "seed",
            "max_tokens",
            "max_completion_tokens",
            "logprobs",
            "top_logprobs",
            "modalities");

    /** What says nothing about the answer itself: who asks, how it is billed, kept or delivered. */
    private static final Set<String> OF_NO_CONCERN = Set.of(
            "model",
            "stream",
            "stream_options",
            "store",
            "metadata",
            "service_tier",
            "user",
            "safety_identifier",
            "prompt_cache_key",
            "prompt_cache_retention");

    private static final Map<String, String> SAMPLING = Map.of(
            "temperature", "temperature",
            "top_p", "topP",
            "top_k", "topK",
            "presence_penalty", "presencePenalty",
            "frequency_penalty", "frequencyPenalty");

    private static final Set<String> SCHEMA_FIELDS = Set.of("name", "description", "schema", "strict");

    private static final Map<String, String> MODALITIES = Map.of("text", "TEXT", "image", "IMAGE");

    private final Call call;
    private final ObjectNode request;
    private final Consumer<String> unsupported;
    private final GeminiThinking thinking;
    private final boolean goesOn;
    private final ObjectNode config = Json.object();

    /**
     * @param call the call
     * @param asked what is asked, in OpenAI's words; only read
     * @param unsupported told each field that has no counterpart; returns when it is to be left out
     * @param thinking how the model is told how much to think
     * @param goesOn whether the request may end with a turn of the model, to go on with
     */
    GeminiRequest(Call call, ObjectNode asked, Consumer<String> unsupported, GeminiThinking thinking, boolean goesOn) {
        this.call = call;
        this.request = Json.object().setAll(asked);
        this.unsupported = unsupported;
        this.thinking = thinking;
        this.goesOn = goesOn;
    }

    /** The request as Gemini reads it. */
    ObjectNode translate() {
        AnthropicWords.drop(request, call.getRequest().translated(), false, this::leftOut);
        GeminiContents.warn(call, request, "cache_control");
        request.remove("cache_control");
        ObjectNode wire = Json.object();
        new GeminiContents(call, unsupported, thinking.wantsSignatures()).write(request.path("messages"), wire);
        lastTurn((ArrayNode) wire.path("contents"));
        new GeminiTools(call, unsupported).write(request, wire);
        request.properties().forEach(field -> scalar(field.getKey(), field.getValue()));
        lengths();
        stops();
        responseFormat();
        logprobs();
        modalities();
        ObjectNode thinkingConfig = thinking.config(call, request, unsupported);
        if (thinkingConfig != null) {
            config.set("thinkingConfig", thinkingConfig);
        }
        if (!config.isEmpty()) {
            wire.set("generationConfig", config);
        }
        return wire;
    }

    private void leftOut(String field) {
        if (AnthropicWords.isDemand(field)) {
            unsupported.accept(field);
        } else {
            call.warn(field + " left out for " + call.getModel());
        }
    }

    private void lastTurn(ArrayNode contents) {
        int last = contents.size() - 1;
        if (!goesOn && contents.path(last).path("role").asText("").equals("model")) {
            unsupported.accept("messages[" + (request.path("messages").size() - 1) + "].role");
            contents.remove(last);
        }
    }

    private void scalar(String name, JsonNode value) {
        if (value.isNull() || TRANSLATED.contains(name) || OF_NO_CONCERN.contains(name)) {
            return;
        }
        String same = SAMPLING.get(name);
        if (same != null) {
            config.set(same, value);
        } else if (name.equals("parallel_tool_calls") && value.asBoolean(true)) {
            return; // as it is with Gemini anyway
        } else if (!value.isContainerNode() || !value.isEmpty()) {
            unsupported.accept(name);
        }
    }

    private void lengths() {
        JsonNode most = request.path("max_completion_tokens");
        if (!most.isNumber()) {
            most = request.path("max_tokens");
        }
        if (most.isNumber()) {
            config.set("maxOutputTokens", most);
        }
        if (request.path("n").asInt(1) != 1) {
            config.set("candidateCount", request.path("n"));
        }
        JsonNode seed = request.path("seed");
        if (seed.canConvertToInt() && seed.isIntegralNumber()) {
            config.set("seed", seed);
        } else if (seed.isNumber()) { // 32 bits are all that Gemini takes
            unsupported.accept("seed");
        }
    }

    private void stops() {
        JsonNode stop = request.path("stop");
        if (stop.isTextual()) {
            config.putArray("stopSequences").add(stop.textValue());
        } else if (stop.isArray() && !stop.isEmpty()) {
            config.set("stopSequences", stop);
        }
    }

    private void responseFormat() {
        JsonNode format = request.path("response_format");
        switch (format.path("type").asText("text")) {
            case "text" -> {
                // the default
            }
            case "json_object" -> config.put("responseMimeType", "application/json");
            case "json_schema" -> {
                config.put("responseMimeType", "application/json");
                schema(format.path("json_schema"));
            }
            default -> unsupported.accept("response_format");
        }
    }

    /** Gemini keeps to a schema whether it is said to be strict or not, but not to every word of it. */
    private void schema(JsonNode given) {
        if (given.path("schema") instanceof ObjectNode schema) {
            ObjectNode said = Json.object().setAll(schema);
            SchemaLabels.onto(call, given, said);
            config.set("responseJsonSchema", said);
        }
        if (given.path("strict").isBoolean()) {
            call.warn("response_format.json_schema.strict left out for " + call.getModel());
        }
        GeminiContents.refuseOthers("response_format.json_schema", given, SCHEMA_FIELDS, unsupported);
    }

    private void logprobs() {
        if (request.path("logprobs").asBoolean()) {
            config.put("responseLogprobs", true);
            if (request.path("top_logprobs").isNumber()) {
                config.set("logprobs", request.path("top_logprobs"));
            }
        }
    }

    private void modalities() {
        ArrayNode said = Json.MAPPER.createArrayNode();
        boolean more = false;
        for (JsonNode modality : request.path("modalities")) {
            String name = MODALITIES.get(modality.asText());
            if (name == null) {
                unsupported.accept("modalities");
            } else {
                said.add(name);
                more |= !name.equals("TEXT");
            }
        }
        if (more) {
            config.set("responseModalities", said);
        }
    }
}
