package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import java.math.BigDecimal;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A chat request in the words of Anthropic's Messages API. Fields that only Anthropic knows ({@code thinking}, {@code
 * top_k}, {@code output_config}, {@code cache_control}, {@code thinking_blocks}) pass as they are.
 */
final class AnthropicRequest {

    private static final long LEAST_BUDGET = 1024;
    private static final String JSON_ONLY = "Answer with one JSON object and nothing else.";

    private final Call call;
    private final ObjectNode request;
    private final Model model;
    private final Consumer<String> unsupported;
    private final Consumer<String> inWords;
    private final ObjectNode wire = Json.object();
    private boolean jsonWanted;

    /**
     * What is known of the model.
     *
     * @param name what the provider calls it
     * @param maxTokens the bound of its answers where the client set none
     * @param sampling whether it takes {@code temperature}, {@code top_p} and {@code top_k}
     * @param forcedTools whether it can be made to call a tool
     * @param reasoning how it is told the effort of its reasoning: no, budget or effort
     * @param systemTurns whether it takes instructions between the turns of a conversation
     */
    record Model(
            String name,
            long maxTokens,
            boolean sampling,
            boolean forcedTools,
            String reasoning,
            boolean systemTurns) {}

    /**
     * @param request what is to be said of the call's request; only read
     * @param unsupported told of each field that has no counterpart; returns when it is to be left out
     * @param inWords told of each that is asked for in the prompt instead; returns when that is to be done
     */
    AnthropicRequest(
            Call call, ObjectNode request, Model model, Consumer<String> unsupported, Consumer<String> inWords) {
        this.call = call;
        this.request = request;
        this.model = model;
        this.unsupported = unsupported;
        this.inWords = inWords;
    }

    /** The request in Anthropic's words. */
    ObjectNode tree() {
        wire.put("model", model.name());
        for (String field : new String[] {"max_tokens", "max_completion_tokens"}) {
            if (given(field)) {
                wire.set("max_tokens", request.get(field));
            }
        }
        if (!wire.has("max_tokens")) {
            wire.put("max_tokens", model.maxTokens());
        }
        for (Map.Entry<String, JsonNode> field : request.properties()) {
            if (!field.getValue().isNull()) {
                field(field.getKey(), field.getValue());
            }
        }
        sampling();
        AnthropicMessages messages = new AnthropicMessages(model.systemTurns(), unsupported);
        messages.addAll(request.path("messages"));
        if (!request.path("messages").findValues("extra_content").isEmpty()) {
            call.warn("extra_content left out for " + call.getModel()); // Gemini's signatures
        }
        if (jsonWanted) {
            messages.instruct(JSON_ONLY);
        }
        messages.writeTo(wire);
        AnthropicTools.write(request, wire, model.forcedTools() && !thinks(), unsupported);
        return wire;
    }

    private void field(String name, JsonNode value) {
        switch (name) {
            case "model", "messages", "max_tokens", "max_completion_tokens" -> {} // tree()
            case "tools", "tool_choice", "parallel_tool_calls" -> {} // AnthropicTools
            case "temperature", "top_p", "top_k" -> {} // sampling()
            case "stream_options", "store", "prompt_cache_key", "prompt_cache_retention" -> {} // hints
            case "service_tier" -> {
                if (call.getRequest().translated()) { // else it is one of OpenAI's
                    wire.set(name, value);
                }
            }
            case "stream" -> {
                if (value.booleanValue()) {
                    wire.put("stream", true);
                }
            }
            case "stop" -> stop(value);
            case "user", "safety_identifier" -> userId(value);
            case "metadata" -> userId(value.path("user_id"));
            case "output_format" -> wire.set(name, value);
            case "thinking" -> thinking(value);
            case "reasoning_effort" -> effort(value.asText());
            case "output_config" -> outputConfig().setAll((ObjectNode) objectOr(value));
            case "cache_control" -> wire.set(name, value);
            case "response_format" -> format(value);
            case "n" -> unless(value.asInt(0) == 1, name);
            case "logprobs" -> unless(!value.asBoolean(), name);
            case "top_logprobs", "presence_penalty", "frequency_penalty" -> unless(value.asDouble() == 0, name);
            case "logit_bias", "functions" -> unless(value.isEmpty(), name);
            case "modalities" ->
                unless(value.size() == 1 && value.path(0).asText().equals("text"), name);
            default -> {
                if (call.getRequest().translated()) {
                    wire.set(name, value); // Anthropic's, and for it to judge
                } else {
                    unsupported.accept(name);
                }
            }
        }
    }

    private boolean given(String field) {
        return !request.path(field).isMissingNode() && !request.path(field).isNull();
    }

    private void unless(boolean saysNothing, String field) {
        if (!saysNothing) {
            unsupported.accept(field);
        }
    }

    private ObjectNode outputConfig() {
        return wire.path("output_config") instanceof ObjectNode there ? there : wire.putObject("output_config");
    }

    private static JsonNode objectOr(JsonNode value) {
        return value.isObject() ? value : Json.object();
    }

    /** Anthropic refuses to stop at white space alone. */
    private void stop(JsonNode value) {
        ArrayNode sequences = Json.MAPPER.createArrayNode();
        for (JsonNode sequence :
                value.isArray() ? value : Json.MAPPER.createArrayNode().add(value)) {
            if (sequence.asText().isBlank()) {
                unsupported.accept("stop");
            } else {
                sequences.add(sequence);
            }
        }
        if (!sequences.isEmpty()) {
            wire.set("stop_sequences", sequences);
        }
    }

    /** The only thing that Anthropic takes from {@code metadata}; the rest is for the caller's own records. */
    private void userId(JsonNode id) {
        if (id.isTextual() && !wire.has("metadata")) {
            wire.putObject("metadata").set("user_id", id);
        }
    }

    private void thinking(JsonNode value) {
        if (call.isContinuing() && !value.path("type").asText().equals("disabled")) {
            call.warn("thinking left out to continue an answer");
        } else if (value.path("type").asText().equals("enabled") && goesOnUnsigned()) {
            call.warn("thinking left out: tools were called without signed thinking");
        } else {
            wire.set("thinking", value);
        }
    }

    /** Whether the tools at work were called by a model whose thinking Anthropic has not signed. */
    private boolean goesOnUnsigned() {
        JsonNode last = MissingNode.getInstance();
        for (JsonNode message : request.path("messages")) {
            last = message.path("role").asText("").equals("assistant") ? message : last;
        }
        return !last.path("tool_calls").isEmpty()
                && !last.path("thinking_blocks").isEmpty()
                && AnthropicMessages.signed(last.path("thinking_blocks")).isEmpty();
    }

    private void effort(String effort) {
        if (request.path("thinking").isObject()) {
            return; // says the same, more exactly
        }
        switch (model.reasoning()) {
            case "effort" -> {
                if (effort.equals("none")) {
                    unsupported.accept("reasoning_effort");
                } else {
                    outputConfig().put("effort", effort.equals("minimal") ? "low" : effort);
                }
            }
            case "budget" -> budget(effort);
            default -> unless(effort.equals("none"), "reasoning_effort");
        }
    }

    private void budget(String effort) {
        long wanted =
                switch (effort) {
                    case "low" -> 2048;
                    case "medium" -> 8192;
                    case "high", "xhigh", "max" -> 24576;
                    default -> 0; // none, minimal
                };
        if (wanted == 0) {
            return;
        }
        if (call.isContinuing() || lacksThinking()) {
            call.warn("reasoning_effort left out: "
                    + (call.isContinuing() ? "an answer is continued" : "tools were called without thinking"));
            return;
        }
        long most = wire.path("max_tokens").asLong();
        if (!given("max_tokens") && !given("max_completion_tokens")) {
            wire.put("max_tokens", most + wanted);
        } else if (most < 2 * LEAST_BUDGET) {
            unsupported.accept("reasoning_effort");
            return;
        } else {
            wanted = Math.min(wanted, most / 2);
        }
        wire.putObject("thinking").put("type", "enabled").put("budget_tokens", wanted);
    }

    /** A model that thinks wants to see the thinking that led to its tool calls. */
    private boolean lacksThinking() {
        for (JsonNode message : request.path("messages")) {
            if (!message.path("tool_calls").isEmpty()
                    && message.path("thinking_blocks").isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private void format(JsonNode format) {
        switch (format.path("type").asText()) {
            case "text" -> {}
            case "json_schema" -> {
                if (call.isContinuing()) {
                    unsupported.accept("response_format"); // it does not go with a beginning of the answer
                    return;
                }
                if (request.path("output_format").isObject()
                        || request.path("output_config").path("format").isObject()) {
                    return; // said in Anthropic's own words
                }
                JsonNode schema = format.path("json_schema").path("schema");
                ObjectNode target = outputConfig().putObject("format").put("type", "json_schema");
                ObjectNode labelled = schema instanceof ObjectNode given ? given.deepCopy() : openObject();
                SchemaLabels.onto(call, format.path("json_schema"), labelled);
                target.set("schema", AnthropicTools.closed(labelled));
            }
            case "json_object" -> {
                inWords.accept("response_format");
                jsonWanted = true;
            }
            default -> unsupported.accept("response_format");
        }
    }

    private static ObjectNode openObject() {
        return Json.object().put("type", "object");
    }

    /** 1 is the default of both, and current models take no more than one of them. */
    private void sampling() {
        boolean thinks = thinks();
        boolean warm = says("temperature");
        if (warm) {
            boolean hot = request.get("temperature").decimalValue().compareTo(BigDecimal.ONE) > 0;
            set("temperature", model.sampling() && !thinks && !hot);
        }
        if (says("top_p")) {
            set("top_p", model.sampling() && !warm);
        }
        if (given("top_k")) {
            set("top_k", model.sampling() && !thinks);
        }
    }

    /** Who thinks on a budget takes no sampling and cannot be made to call a tool. */
    private boolean thinks() {
        return wire.path("thinking").path("type").asText().equals("enabled");
    }

    private boolean says(String field) {
        return request.path(field).isNumber()
                && request.get(field).decimalValue().compareTo(BigDecimal.ONE) != 0;
    }

    private void set(String field, boolean can) {
        if (can) {
            wire.set(field, request.get(field));
        } else {
            unsupported.accept(field);
        }
    }
}
