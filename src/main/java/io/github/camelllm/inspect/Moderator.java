package io.github.camelllm.inspect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.step.Enquiry;
import java.io.IOException;
import java.util.Map;
import org.apache.camel.CamelContext;

/**
 * A moderation model behind a Camel endpoint, which answers in the words of OpenAI's {@code /v1/moderations}. Whatever it is
 * made of, it is waited for no longer than it may take.
 */
final class Moderator {

    /** The model gave no verdict. */
    static final class DownException extends Exception {
        private static final long serialVersionUID = 1;

        DownException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private final Enquiry endpoint;
    private final Map<String, String> headers;

    /**
     * @param uri the endpoint
     * @param key sent as {@code Authorization: Bearer}; null for none
     */
    Moderator(CamelContext context, String uri, String key) {
        this.endpoint = new Enquiry(context, uri, "llm-moderation");
        this.headers = key == null ? Map.of() : Map.of("Authorization", "Bearer " + key);
    }

    /**
     * Whether the model flags a text.
     *
     * @throws DownException when it has not said so in time
     */
    boolean flags(String text, InspectRules.Moderation rules) throws DownException {
        ObjectNode question = Json.object().put("input", text);
        if (!rules.model().isEmpty()) {
            question.put("model", rules.model());
        }
        JsonNode verdict;
        try {
            verdict = Json.read(endpoint.ask(Json.write(question), headers, rules.timeout()))
                    .at("/results/0/flagged");
        } catch (Enquiry.NoAnswerException e) {
            throw new DownException(e.getMessage(), e.getCause());
        } catch (IOException e) {
            throw new DownException("its answer is no JSON", null); // the parser may quote it
        }
        if (!verdict.isBoolean()) {
            throw new DownException("its answer has no /results/0/flagged", null);
        }
        return verdict.booleanValue();
    }

    /** Lets go of its threads. */
    void close() {
        endpoint.close();
    }
}
