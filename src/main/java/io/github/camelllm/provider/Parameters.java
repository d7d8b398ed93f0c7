package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What becomes of the parameters of a request that a model has no such thing for: left out with a warning if they only tune the
 * answer and the settings allow that, refused otherwise. Set once, before the first call.
 */
final class Parameters {

    /** Without these the answer is another one, of another shape, or longer than was wanted: the client must be told. */
    private static final Set<String> DEMANDS = Set.of(
            "tools",
            "tool_choice",
            "parallel_tool_calls",
            "functions",
            "function_call",
            "response_format",
            "output_format",
            "n",
            "logprobs",
            "top_logprobs",
            "modalities",
            "audio",
            "web_search_options",
            "stop",
            "dimensions",
            "encoding_format",
            "container",
            "mcp_servers",
            "inference_geo");

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,63}");

    /** The name of who speaks colours an answer; all else inside messages, tools and formats is what it is about. */
    private static final Pattern SPEAKER = Pattern.compile("messages\\[\\d+]\\.name");

    private boolean refuse;
    private Set<String> refusedByModel = Set.of();

    /** Sets whether nothing is to be left out: {@code drop} or {@code refuse}. */
    void unsupported(String unsupported) {
        switch (unsupported) {
            case "refuse" -> refuse = true;
            case "drop" -> refuse = false;
            default ->
                throw new IllegalArgumentException("unsupported is '" + unsupported + "'; drop and refuse are allowed");
        }
    }

    /** Sets the parameters that the model refuses though its dialect has words for them, separated by commas. */
    void refusedByModel(String names) {
        refusedByModel = names(names);
    }

    /**
     * The request without the parameters that the model refuses.
     *
     * @param more such parameters than the settings name
     * @return the request itself, or a copy of its top level
     * @throws Problem when one of them says something and must not be left out
     */
    ObjectNode request(Call call, Set<String> more) {
        ObjectNode request = call.getRequest().tree();
        if (refusedByModel.isEmpty() && more.isEmpty()) {
            return request;
        }
        ObjectNode left = JsonNodeFactory.instance.objectNode();
        request.properties().forEach(field -> {
            String name = field.getKey();
            if (!refusedByModel.contains(name) && !more.contains(name)) {
                left.set(name, field.getValue());
            } else if (!saysNothing(name, field.getValue())) {
                leaveOut(call, name);
            }
        });
        return left;
    }

    /**
     * To be called for each part of a request that there is no word for: returns when the part is to be left out, of which the
     * caller has been warned.
     *
     * @param param the field, as a client would write it ({@code logit_bias})
     * @throws Problem when the part must not be left out
     */
    void leaveOut(Call call, String param) {
        if (refuse || !mayBeLeftOut(param)) {
            throw refusal(call, param);
        }
        call.tell(param + " left out for " + call.getModel());
    }

    /**
     * The same for a part that there is no word for, but that can be asked for in the prompt.
     *
     * @throws Problem when that is not to be done
     */
    void inWords(Call call, String param) {
        if (refuse) {
            throw refusal(call, param);
        }
        call.tell(param + " asked for in the prompt of " + call.getModel());
    }

    /** The refusal of a part that must not be left out, which lets another model answer. */
    static Problem refusal(Call call, String param) {
        return Problem.invalid(param, param + " has no counterpart at the provider of '" + call.getModel() + "'.")
                .withUpstream(UpstreamFailure.CANNOT);
    }

    /**
     * Whether a request may be sent without a parameter that the model has no such thing for: one that tunes the answer.
     *
     * @param param the field, as a client would write it: {@code seed}, {@code messages[2].name}
     */
    static boolean mayBeLeftOut(String param) {
        boolean within = param.indexOf('[') >= 0 || param.indexOf('.') >= 0;
        return within ? SPEAKER.matcher(param).matches() : !DEMANDS.contains(param);
    }

    /** Whether a value is what a model does anyway. */
    static boolean saysNothing(String param, JsonNode value) {
        return switch (param) {
            case "temperature", "top_p", "n", "repetition_penalty" -> value.isNull() || value.asDouble(0) == 1;
            case "presence_penalty", "frequency_penalty", "top_logprobs", "min_p" ->
                value.isNull() || value.isNumber() && value.asDouble() == 0;
            case "parallel_tool_calls" -> value.asBoolean(true);
            default ->
                value.isNull()
                        || value.isContainerNode() && value.isEmpty()
                        || value.isBoolean() && !value.booleanValue();
        };
    }

    /**
     * Reads names separated by commas.
     *
     * @throws IllegalArgumentException naming the one that could be no parameter
     */
    static Set<String> names(String commaSeparated) {
        Set<String> names = new LinkedHashSet<>();
        for (String name : commaSeparated.split(",")) {
            if (!name.isBlank() && !NAME.matcher(name.strip()).matches()) {
                throw new IllegalArgumentException("unsupportedParameters has '" + name.strip()
                        + "'; names of top-level fields of a request are allowed, such as temperature,seed");
            }
            if (!name.isBlank()) {
                names.add(name.strip());
            }
        }
        return names;
    }
}
