package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.AnthropicWords;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.TokenEstimate;
import io.github.camelllm.call.ToolNames;
import io.github.camelllm.call.Usage;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.camel.Message;

/**
 * OpenAI's dialect: Chat Completions and Embeddings, as OpenAI, Azure, vLLM, Ollama, OpenRouter and many others speak
 * them.
 *
 * <p>The gateway's own words are OpenAI's, so requests and answers pass as they are but for the model's name and the
 * wish to be told a stream's usage.
 */
public final class OpenAi extends WireStep {

    /** The finish reason with which some routers of models say that theirs has failed. */
    static final String FAILED = "error";

    private static final int MAX_REASON = 64;
    private static final List<String> PREFILLS = List.of("no", "plain", "prefix", "vllm");
    private static final List<String> ANTHROPIC_FIELDS = List.of("drop", "pass");
    private static final List<String> MAX_TOKENS_FIELDS = List.of("max_tokens", "max_completion_tokens");

    private String keyHeader = "Authorization";
    private String keyPrefix = "Bearer ";
    private boolean streamUsage = true;
    private String prefill = "no";
    private boolean dropAnthropicFields = true;
    private String maxTokensField = "";
    private boolean byName = true;

    /** The header that carries the key ({@code api-key} for Azure). */
    public void setKeyHeader(String keyHeader) {
        this.keyHeader = keyHeader;
    }

    /** What stands before the key in its header; empty for Azure. */
    public void setKeyPrefix(String keyPrefix) {
        this.keyPrefix = keyPrefix.isBlank() ? "" : keyPrefix.strip() + " ";
    }

    /** Whether streams are asked to report usage; off for a provider that refuses {@code stream_options}. */
    public void setStreamUsage(boolean streamUsage) {
        this.streamUsage = streamUsage;
    }

    /**
     * How the provider is told to go on with an answer that the request begins: {@code plain} (the last message is the
     * assistant's, no more), {@code prefix} (it says {@code prefix: true}: Mistral, DeepSeek), {@code vllm} (the request
     * says {@code continue_final_message}), or {@code no} where it cannot.
     */
    public void setPrefill(String prefill) {
        if (!PREFILLS.contains(prefill)) {
            throw new IllegalArgumentException("prefill is '" + prefill + "'; " + PREFILLS + " are allowed");
        }
        this.prefill = prefill;
    }

    /**
     * What becomes of fields that are Anthropic's, or Gemini's, and none of OpenAI's: {@code drop} leaves out {@code
     * cache_control}, {@code thinking}, {@code thinking_blocks} and {@code extra_content} with a warning and takes {@code
     * top_k} for unsupported; {@code pass} sends all of these to a provider that knows them, or ignores them.
     */
    public void setAnthropicFields(String anthropicFields) {
        if (!ANTHROPIC_FIELDS.contains(anthropicFields)) {
            throw new IllegalArgumentException(
                    "anthropicFields is '" + anthropicFields + "'; " + ANTHROPIC_FIELDS + " are allowed");
        }
        this.dropAnthropicFields = anthropicFields.equals("drop");
    }

    /**
     * The name under which the model wants to be told the most tokens of its answer: {@code max_completion_tokens} or, for a
     * server that knows no other, {@code max_tokens}; blank leaves it as the client wrote it, but for OpenAI's models that
     * reason, which are known by their names and want the former.
     */
    public void setMaxTokensField(String maxTokensField) {
        if (!maxTokensField.isBlank() && !MAX_TOKENS_FIELDS.contains(maxTokensField)) {
            throw new IllegalArgumentException(
                    "maxTokensField is '" + maxTokensField + "'; " + MAX_TOKENS_FIELDS + " or nothing is allowed");
        }
        this.maxTokensField = maxTokensField.strip();
    }

    /**
     * The parameters that the model refuses: names separated by commas, or {@code auto} for those that OpenAI's models of the
     * same name refuse (o-series, GPT-5), and none where it is no such name. {@code auto} unless set.
     */
    @Override
    public void setUnsupportedParameters(String unsupportedParameters) {
        byName = unsupportedParameters.strip().equals("auto");
        super.setUnsupportedParameters(byName ? "" : unsupportedParameters);
    }

    @Override
    protected void authorize(Message message) {
        if (!key().isEmpty()) {
            message.setHeader(keyHeader, keyPrefix + key());
        }
    }

    @Override
    protected ToolNames.Rule toolNames() {
        return ToolNames.Rule.OPENAI;
    }

    @Override
    protected byte[] encode(Call call, String model) {
        Request request = call.getRequest();
        ObjectNode wire = JsonNodeFactory.instance.objectNode();
        wire.setAll(requestOf(call, refusedBy(model, request.tree())));
        if (call.getOperation() == Operation.CHAT) {
            AnthropicWords.drop(wire, request.translated(), dropAnthropicFields, field -> leftOut(call, field));
            limitOutput(wire, model);
        }
        wire.put("model", model);
        if (streamUsage && request.stream()) {
            ObjectNode options =
                    wire.path("stream_options") instanceof ObjectNode given ? given.deepCopy() : Json.object();
            wire.set("stream_options", options.put("include_usage", true));
        }
        if (call.isContinuing()) {
            prefill(wire);
        }
        return Json.write(wire);
    }

    /** An OpenAI client's {@code top_k} is meant; Anthropic's clients send theirs to whatever model. */
    private void leftOut(Call call, String field) {
        boolean meant = field.equals("top_k") && !call.getRequest().translated();
        if (meant || AnthropicWords.isDemand(field)) {
            parameters().leaveOut(call, field);
        } else {
            call.tell(field + " left out for " + call.getModel());
        }
    }

    private Set<String> refusedBy(String model, ObjectNode request) {
        return byName ? ReasoningModels.unsupported(model, request.path("reasoning_effort")) : Set.of();
    }

    private void limitOutput(ObjectNode wire, String model) {
        boolean reasons = maxTokensField.isEmpty() && byName && ReasoningModels.wantsCompletionTokens(model);
        String field = reasons ? "max_completion_tokens" : maxTokensField;
        for (String name : field.isEmpty() ? List.<String>of() : MAX_TOKENS_FIELDS) {
            if (!name.equals(field) && wire.has(name)) {
                JsonNode most = wire.remove(name);
                if (wire.path(field).isMissingNode() || wire.path(field).isNull()) {
                    wire.set(field, most);
                }
            }
        }
    }

    private void prefill(ObjectNode wire) {
        switch (prefill) {
            case "prefix" -> {
                ArrayNode messages = wire.path("messages").deepCopy();
                ((ObjectNode) messages.get(messages.size() - 1)).put("prefix", true);
                wire.set("messages", messages);
            }
            case "vllm" -> wire.put("add_generation_prompt", false).put("continue_final_message", true);
            default -> {
                // the last message alone says it
            }
        }
    }

    @Override
    protected Object decode(Call call, byte[] body) {
        ObjectNode tree = treeOf(call, body);
        JsonNode content = tree.path(call.getOperation() == Operation.CHAT ? "choices" : "data");
        if (!content.isArray() || content.isEmpty()) {
            JsonNode error = ErrorObjects.of(tree);
            throw error.isMissingNode()
                    ? Refusals.badAnswer(call.getModel(), "neither choices nor data in it")
                    : ErrorAnswers.inPlace(
                            call.getModel(),
                            "sent something that is no answer",
                            error,
                            "an error object with status 200");
        }
        if (call.getOperation() == Operation.CHAT) {
            return chat(call, body, tree);
        }
        Usage usage = ReportedUsage.ofOpenAi(call, tree.path("usage"), 0);
        boolean changed = ReportedUsage.settle(tree, usage);
        call.used(usage != null ? usage : Usage.estimate(call.promptEstimate(), 0));
        return new Answer(changed ? null : body, tree);
    }

    private static Answer chat(Call call, byte[] body, ObjectNode tree) {
        checkError(call, tree);
        OpenAiAnswer settled = OpenAiAnswer.settled(call, tree);
        checkChoices(call, tree.path("choices"));
        call.finishReason(finishReason(tree.path("choices").path(0)));
        call.used(settled.usage());
        return new Answer(settled.isChanged() ? null : body, tree);
    }

    private static void checkError(Call call, ObjectNode tree) {
        if (tree.path("error").isObject() || tree.path("error").isTextual()) {
            throw ErrorAnswers.inPlace(
                    call.getModel(),
                    "sent something that is no answer",
                    ErrorObjects.of(tree),
                    "an error object beside its choices");
        }
    }

    private static void checkChoices(Call call, JsonNode choices) {
        for (JsonNode choice : choices) {
            String reason = ChoiceParts.reason(choice);
            if (FAILED.equals(reason)) {
                throw Refusals.inBandError(
                        call.getModel(), "sent something that is no answer", "finish_reason is error");
            }
            if (reason == null || !choice.path("message").isObject()) {
                throw Refusals.badAnswer(call.getModel(), "a choice without a message or a finish reason");
            }
        }
    }

    @Override
    protected WireStream decodeStream(Call call, WireSource source, SseReader events) {
        return new OpenAiStream(call, source, events);
    }

    /** Why a choice ended, as records may carry it; null when it does not say. */
    static String finishReason(JsonNode choice) {
        String reason = ChoiceParts.reason(choice);
        return reason == null || reason.length() <= MAX_REASON ? reason : "other";
    }

    /** Tokens of every text in a message or delta but its role. */
    static long textTokens(JsonNode message) {
        long tokens = 0;
        for (String field : Arrays.asList("content", "reasoning_content", "reasoning", "refusal")) {
            JsonNode text = message.path(field);
            if (text.isTextual()) {
                tokens += TokenEstimate.ofText(text.textValue());
            }
        }
        for (JsonNode toolCall : message.path("tool_calls")) {
            tokens +=
                    TokenEstimate.ofText(toolCall.path("function").path("name").asText(""))
                            + TokenEstimate.ofText(
                                    toolCall.path("function").path("arguments").asText(""));
        }
        return tokens;
    }
}
