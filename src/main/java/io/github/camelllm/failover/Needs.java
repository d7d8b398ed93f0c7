package io.github.camelllm.failover;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Abilities;
import io.github.camelllm.call.Call;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import java.util.Optional;

/**
 * What a request needs of a model.
 *
 * @param call the call, for the estimate of its prompt
 * @param tools whether it offers tools
 * @param image whether it shows an image
 * @param jsonSchema whether the answer must keep to a JSON schema
 */
record Needs(Call call, boolean tools, boolean image, boolean jsonSchema) {

    static Needs of(Call call) {
        JsonNode request = call.getRequest().tree();
        return new Needs(
                call,
                !request.path("tools").isEmpty(),
                hasImage(request.path("messages")),
                request.path("response_format").path("type").asText("").equals("json_schema"));
    }

    private static boolean hasImage(JsonNode messages) {
        for (JsonNode message : messages) {
            JsonNode content = message.path("content");
            if (content.isArray()) {
                for (JsonNode part : content) {
                    if (part.path("type").asText("").equals("image_url")) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** Why a model cannot do it; empty when it can, for all that is declared. */
    Optional<Problem> unmetBy(String model, Abilities abilities) {
        if (isLongerThan(abilities.contextWindow())) {
            return Optional.of(Problem.of(
                            ErrorCode.CONTEXT_LENGTH_EXCEEDED,
                            "The prompt is about " + call.inputEstimate() + " tokens long; '" + model + "' takes "
                                    + abilities.contextWindow() + ".")
                    .withParam("messages")
                    .withUpstream(UpstreamFailure.CONTEXT_LENGTH));
        }
        if (tools && !abilities.tools()) {
            return Optional.of(cannot("tools", model, "takes no tools"));
        }
        if (image && !abilities.vision()) {
            return Optional.of(cannot("messages", model, "takes no images"));
        }
        return jsonSchema && !abilities.jsonSchema()
                ? Optional.of(cannot("response_format", model, "keeps to no JSON schema"))
                : Optional.empty();
    }

    /**
     * Clearly longer: an estimate may be a fifth too high, and the provider knows better. It is made only where the request
     * could be too long at all, since no token is shorter than a byte.
     */
    private boolean isLongerThan(long window) {
        int bytes = call.getRequest().receivedBytes();
        return window > 0 && (bytes == 0 || bytes > window) && call.inputEstimate() * 4 / 5 > window;
    }

    private static Problem cannot(String param, String model, String why) {
        return Problem.invalid(param, "The model '" + model + "' " + why + ".").withUpstream(UpstreamFailure.CANNOT);
    }
}
