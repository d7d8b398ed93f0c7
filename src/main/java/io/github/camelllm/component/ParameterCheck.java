package io.github.camelllm.component;

import io.github.camelllm.call.Models;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.PromptLabels;
import io.github.camelllm.problem.Problem;
import java.util.List;
import java.util.regex.Pattern;

/** Whether the parameters of an endpoint are as they should be. */
final class ParameterCheck {

    private static final Pattern CHAIN = Pattern.compile("(direct:)?[\\w.-]+");

    private ParameterCheck() {}

    /**
     * Looks at all of them.
     *
     * @param operation what the endpoint asks for; null for a component's, which may ask for both
     * @throws IllegalArgumentException naming the first that is wrong, and what is allowed
     */
    static void check(LlmConfiguration configuration, Operation operation) {
        String model = configuration.getModel();
        if (model != null && !Models.NAME.matcher(model).matches()) {
            throw new IllegalArgumentException("model is '" + model
                    + "'; expected the name of a model, or an alias such as auto: letters, digits and . _ : / @ -");
        }
        String chain = configuration.getChain();
        if (chain != null && !CHAIN.matcher(chain).matches()) {
            throw new IllegalArgumentException("chain is '" + chain
                    + "'; expected the name of a direct endpoint, such as llm-chat or direct:llm-chat");
        }
        Choice.RESULT.check("result", configuration.getResult());
        Choice.CACHE.check("cache", configuration.getCache());
        Double temperature = configuration.getTemperature();
        if (temperature != null && !(temperature >= 0 && temperature <= 2)) {
            throw new IllegalArgumentException("temperature is '" + temperature + "'; expected a number from 0 to 2");
        }
        if (configuration.getMaxTokens() != null && configuration.getMaxTokens() < 1) {
            throw new IllegalArgumentException(
                    "maxTokens is '" + configuration.getMaxTokens() + "'; expected a whole number of 1 or more");
        }
        if (configuration.getTimeout() < 0) {
            throw new IllegalArgumentException("timeout is '" + configuration.getTimeout()
                    + "'; expected milliseconds, or a duration such as 30s");
        }
        if (configuration.getKeyId() != null && configuration.getApiKey() != null) {
            throw new IllegalArgumentException("keyId and apiKey are both given; expected one of them");
        }
        labels(configuration);
        if (operation == Operation.EMBEDDINGS) {
            embeddings(configuration);
        }
    }

    private static void labels(LlmConfiguration configuration) {
        try {
            PromptLabels.of(configuration.getTemplate(), null);
        } catch (Problem e) {
            throw new IllegalArgumentException(
                    "template is '" + configuration.getTemplate()
                            + "'; expected classpath: or file: with a path, or a name such as greeting@3: up to 128 letters, digits"
                            + " and _.:/-",
                    e);
        }
        try {
            PromptLabels.of(null, configuration.getTags());
        } catch (Problem e) {
            throw new IllegalArgumentException(
                    "tags is '" + configuration.getTags()
                            + "'; expected up to 10 words separated by commas, each of up to 64 letters, digits and _.:/@-",
                    e);
        }
    }

    /** What a request for embeddings has no place for. */
    private static void embeddings(LlmConfiguration configuration) {
        if (configuration.getResult() != null && !configuration.getResult().equals("json")) {
            throw new IllegalArgumentException(
                    "result is '" + configuration.getResult() + "'; llm:embeddings answers with json alone");
        }
        List<Object> given = new java.util.ArrayList<>();
        given.add(configuration.getSystem() == null ? null : "system");
        given.add(configuration.getTemperature() == null ? null : "temperature");
        given.add(configuration.getMaxTokens() == null ? null : "maxTokens");
        given.removeIf(java.util.Objects::isNull);
        if (!given.isEmpty()) {
            throw new IllegalArgumentException(given.get(0) + " is given; llm:embeddings has no such parameter");
        }
    }
}
