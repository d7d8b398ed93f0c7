package io.github.camelllm.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Models;
import io.github.camelllm.call.Operation;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.OwnCall;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.apache.camel.Message;

/**
 * What one message is asked with: its headers, else the endpoint's parameters, else what the body says, else the component's
 * parameters.
 */
final class Asking {

    private static final String DEFAULT_MODEL = "auto";

    private final Message message;
    private final LlmConfiguration own;
    private final LlmConfiguration defaults;
    private final Operation operation;
    private final LlmEndpoint endpoint;

    Asking(Message message, LlmEndpoint endpoint) {
        this.message = message;
        this.endpoint = endpoint;
        this.own = endpoint.getConfiguration();
        this.defaults = endpoint.defaults();
        this.operation = endpoint.operation();
    }

    /**
     * The call to make.
     *
     * @param system the system text; null for none
     * @param systemOfBody whether the body's own system text, if there is one, is enough
     * @throws Problem {@code invalid_request} when a header is not as it should be, naming it
     */
    OwnCall call(String system, boolean systemOfBody) {
        Map<String, String> headers = new HashMap<>();
        headers.put("x-llm-task", either(LlmConstants.TASK, LlmConfiguration::getTask));
        headers.put("x-llm-quality", either(LlmConstants.QUALITY, LlmConfiguration::getQuality));
        headers.put("x-llm-template", either(LlmConstants.TEMPLATE, LlmConfiguration::getTemplate));
        headers.put("x-llm-tags", either(LlmConstants.TAGS, LlmConfiguration::getTags));
        headers.put("x-llm-cache", word(LlmConstants.CACHE_CONTROL, Choice.CACHE, LlmConfiguration::getCache));
        headers.put("x-llm-user", either(LlmConstants.USER, LlmConfiguration::getUser));
        headers.put("x-llm-team", either(LlmConstants.TEAM, LlmConfiguration::getTeam));
        String result = result();
        String model = own(LlmConstants.REQUEST_MODEL, LlmConfiguration::getModel);
        if (model != null && !Models.NAME.matcher(model).matches()) {
            throw wrong(LlmConstants.REQUEST_MODEL, model, "the name of a model, or an alias such as auto");
        }
        boolean ownKey = own.getKeyId() != null || own.getApiKey() != null;
        return new OwnCall(
                operation,
                model != null ? model : defaults.getModel() != null ? defaults.getModel() : DEFAULT_MODEL,
                headers,
                endpoint.keyId(),
                ownKey ? own.getApiKey() : defaults.getApiKey(),
                timeout(),
                result == null ? null : OwnCall.Form.valueOf(result.toUpperCase(Locale.ROOT)),
                request -> edit(request, model, system, systemOfBody));
    }

    /** What the answer becomes; of embeddings only what is said for them: a component's result is meant for chat. */
    private String result() {
        if (operation == Operation.CHAT) {
            return word(LlmConstants.RESULT, Choice.RESULT, LlmConfiguration::getResult);
        }
        String result = own(LlmConstants.RESULT, LlmConfiguration::getResult);
        if (result != null && !result.equals("json")) {
            throw wrong(LlmConstants.RESULT, result, "json: llm:embeddings answers with nothing else");
        }
        return result;
    }

    private void edit(ObjectNode request, String model, String system, boolean systemOfBody) {
        if (model != null) {
            request.put("model", model);
        }
        if (operation == Operation.EMBEDDINGS) {
            return;
        }
        if (system != null) {
            addSystem(request, system, systemOfBody);
        }
        Double temperature = number(LlmConstants.TEMPERATURE, Double.class, "a number from 0 to 2");
        if (temperature != null && !(temperature >= 0 && temperature <= 2)) {
            throw wrong(LlmConstants.TEMPERATURE, temperature, "a number from 0 to 2");
        }
        set(request, "temperature", temperature, own.getTemperature(), defaults.getTemperature());
        Integer maxTokens = number(LlmConstants.MAX_TOKENS, Integer.class, "a whole number of 1 or more");
        if (maxTokens != null && maxTokens < 1) {
            throw wrong(LlmConstants.MAX_TOKENS, maxTokens, "a whole number of 1 or more");
        }
        if (maxTokens != null || own.getMaxTokens() != null) {
            request.remove("max_completion_tokens");
        }
        if (!request.has("max_completion_tokens")) {
            set(request, "max_tokens", maxTokens, own.getMaxTokens(), defaults.getMaxTokens());
        }
    }

    /** The system text comes before all messages; a body whose messages are no list is refused further down. */
    private static void addSystem(ObjectNode request, String system, boolean systemOfBody) {
        JsonNode messages = request.path("messages");
        if (!(messages instanceof ArrayNode list)) {
            return;
        }
        for (JsonNode entry : list) {
            String role = entry.path("role").asText();
            if (systemOfBody && (role.equals("system") || role.equals("developer"))) {
                return;
            }
        }
        list.insert(0, Json.object().put("role", "system").put("content", system));
    }

    private static void set(ObjectNode request, String field, Number header, Number ownValue, Number defaultValue) {
        Number value = header != null ? header : ownValue;
        if (value == null && !request.has(field)) {
            value = defaultValue;
        }
        if (value != null) {
            request.set(field, Json.MAPPER.valueToTree(value));
        }
    }

    private Duration timeout() {
        Long header = number(LlmConstants.TIMEOUT, Long.class, "milliseconds, 1 or more");
        if (header != null && header < 1) {
            throw wrong(LlmConstants.TIMEOUT, header, "milliseconds, 1 or more");
        }
        long millis = header != null ? header : own.getTimeout() > 0 ? own.getTimeout() : defaults.getTimeout();
        return millis > 0 ? Duration.ofMillis(millis) : null;
    }

    private <T> T number(String header, Class<T> type, String allowed) {
        Object value = message.getHeader(header);
        if (value == null) {
            return null;
        }
        T number = message.getExchange().getContext().getTypeConverter().tryConvertTo(type, value);
        if (number == null) {
            throw wrong(header, value, allowed);
        }
        return number;
    }

    private String word(String header, Choice choice, Function<LlmConfiguration, String> parameter) {
        String value = either(header, parameter);
        try {
            choice.check(header, value);
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(header, e.getMessage() + ".").withCause(e);
        }
        return value;
    }

    private String own(String header, Function<LlmConfiguration, String> parameter) {
        String said = message.getHeader(header, String.class);
        return said == null || said.isBlank() ? parameter.apply(own) : said.strip();
    }

    private String either(String header, Function<LlmConfiguration, String> parameter) {
        String said = own(header, parameter);
        return said == null ? parameter.apply(defaults) : said;
    }

    private static Problem wrong(String header, Object value, String allowed) {
        return Problem.invalid(header, header + " is '" + value + "'; expected " + allowed + ".");
    }
}
