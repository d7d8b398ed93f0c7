package io.github.camelllm.access;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.AnthropicWords;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a chat request must be, apart from its messages and tools. Names, types and ranges are those of OpenAI's API
 * reference ("Create chat completion"); a field that is not named here passes as it is.
 */
final class ChatRules {

    private static final int MAX_STOPS = 4;
    private static final List<String> FORMATS = List.of("text", "json_object", "json_schema");
    private static final List<String> FLAGS = List.of("logprobs", "stream", "store", "parallel_tool_calls");
    private static final List<String> SCHEMAS = List.of("tools", "functions", "response_format", "prediction");

    private final ValidateSettings settings;
    private final MessageRules messages;
    private final MessageRules translatedMessages;

    ChatRules(ValidateSettings settings) {
        this.settings = settings;
        this.messages = new MessageRules(settings.contentTypes());
        Set<String> translated = new LinkedHashSet<>(settings.contentTypes());
        if (translated.contains("file")) {
            translated.add(AnthropicWords.BLOCK); // it shows what a file would
        }
        this.translatedMessages = new MessageRules(translated);
    }

    /**
     * Checks everything but the model, and cleans the texts; throws at the first field that is wrong.
     *
     * @param openAi whether an OpenAI client wrote the request: another API's own limits are for its models to judge
     */
    void check(Fields request, boolean openAi) {
        (openAi ? messages : translatedMessages).check(request);
        sampling(request);
        for (String flag : FLAGS) {
            request.bool(flag);
        }
        stop(request, openAi);
        streamOptions(request);
        responseFormat(request);
        ToolRules.check(request);
        logitBias(request);
        request.optionalString("user");
        request.optionalObject("metadata", "an object");
        texts(request);
    }

    private void sampling(Fields request) {
        request.number("temperature", 0, 2);
        request.number("top_p", 0, 1);
        request.integer("n", 1, settings.maxChoices());
        request.integer("max_tokens", 1, settings.maxOutputTokens());
        request.integer("max_completion_tokens", 1, settings.maxOutputTokens());
        request.number("presence_penalty", -2, 2);
        request.number("frequency_penalty", -2, 2);
        request.integer("top_logprobs", 0, 20);
        request.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE);
    }

    private static void stop(Fields request, boolean openAi) {
        String expected = "a string or an array of " + (openAi ? "up to " + MAX_STOPS + " strings" : "strings");
        JsonNode stop = request.get("stop");
        if (stop == null || stop.isTextual()) {
            return;
        }
        if (!stop.isArray()) {
            throw request.at("stop").refuse(stop, expected);
        }
        if (openAi && stop.size() > MAX_STOPS) {
            throw request.at("stop").refuse("an array of " + stop.size(), expected);
        }
        for (int i = 0; i < stop.size(); i++) {
            if (!stop.get(i).isTextual()) {
                throw request.at("stop").item(i).refuse(stop.get(i), "a string");
            }
        }
    }

    private static void streamOptions(Fields request) {
        Fields options = request.optionalObject("stream_options", "an object");
        if (options == null) {
            return;
        }
        if (!request.raw("stream").booleanValue()) {
            throw request.at("stream_options").refuse("set without stream", "stream to be true, or no stream_options");
        }
        options.bool("include_usage");
    }

    private static void responseFormat(Fields request) {
        Fields format = request.optionalObject("response_format", "an object with a type");
        if (format == null || !format.oneOf("type", FORMATS).equals("json_schema")) {
            return;
        }
        Fields schema = format.object("json_schema", "an object with name and schema");
        schema.matching("name", ToolRules.NAME, ToolRules.NAME_RULE);
        schema.optionalString("description");
        schema.optionalObject("schema", "a JSON schema, as an object");
        schema.bool("strict");
    }

    private static void logitBias(Fields request) {
        Fields bias = request.optionalObject("logit_bias", "an object of token ids and numbers");
        if (bias == null) {
            return;
        }
        for (Map.Entry<String, JsonNode> entry : bias.object().properties()) {
            Numbers.checkNumber(entry.getValue(), bias.at(entry.getKey()), -100, 100);
        }
    }

    private void texts(Fields request) {
        JsonNode messages = request.object().path("messages");
        Texts texts = new Texts();
        texts.cleanMessages(messages, request.at("messages"));
        if (!MessageRules.sayAnything(messages)) {
            throw request.at("messages").refuse("without any text", "at least 1 character, or an image, audio or file");
        }
        for (String field : SCHEMAS) {
            texts.cleanSchema(request.object().path(field), request.at(field));
        }
        texts.checkAtMost(settings.maxCharacters(), request.at("messages"));
    }
}
