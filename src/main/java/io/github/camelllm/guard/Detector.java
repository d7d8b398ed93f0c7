package io.github.camelllm.guard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.step.Enquiry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;

/**
 * Asks a model behind a Camel endpoint how much texts look like attacks: {@code {"texts": ["...", "..."]}} as JSON bytes, which are answered
 * {@code {"scores": [0.02, 0.97]}}, a number from 0 to 1 for each text.
 */
final class Detector {

    private final Enquiry endpoint;
    private final Duration timeout;

    /** What keeps it from giving scores; the message is for operators. */
    static final class DetectorException extends Exception {
        private static final long serialVersionUID = 1;

        DetectorException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    Detector(CamelContext context, String uri, Duration timeout) {
        this.endpoint = new Enquiry(context, uri, "llm-guard-detector");
        this.timeout = timeout;
    }

    /**
     * The scores of texts, in their order.
     *
     * @throws DetectorException when they do not come in time, or are none
     */
    double[] scores(List<String> texts) throws DetectorException {
        ObjectNode question = Json.object();
        ArrayNode list = question.putArray("texts");
        texts.forEach(list::add);
        try {
            return read(endpoint.ask(Json.write(question), Map.of(), timeout), texts.size());
        } catch (Enquiry.NoAnswerException e) {
            throw new DetectorException(e.getMessage(), e.getCause());
        }
    }

    /** Lets go of its threads. */
    void close() {
        endpoint.close();
    }

    private static double[] read(byte[] body, int count) throws DetectorException {
        JsonNode scores;
        try {
            scores = Json.read(body).path("scores");
        } catch (IOException e) {
            throw new DetectorException("its answer is no JSON", null); // the parser may quote it
        }
        if (!scores.isArray() || scores.size() != count) {
            throw new DetectorException("its answer has no list 'scores' with a number for each text", null);
        }
        double[] found = new double[count];
        for (int i = 0; i < count; i++) {
            found[i] = scores.get(i).asDouble(-1);
            if (!scores.get(i).isNumber() || !(found[i] >= 0 && found[i] <= 1)) {
                throw new DetectorException("a score of its answer is no number from 0 to 1", null);
            }
        }
        return found;
    }
}
