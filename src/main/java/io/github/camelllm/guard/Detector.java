package io.github.camelllm.guard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.DefaultExchange;

/**
 * Asks a model behind a Camel endpoint how much texts look like attacks: {@code {"texts": ["...", "..."]}} as JSON bytes, which are answered
 * {@code {"scores": [0.02, 0.97]}}, a number from 0 to 1 for each text.
 */
final class Detector {

    private final CamelContext context;
    private final ProducerTemplate template;
    private final String uri;
    private final Duration timeout;

    /** What keeps it from giving scores; the message is for operators. */
    static final class DetectorException extends Exception {
        private static final long serialVersionUID = 1;

        DetectorException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    Detector(CamelContext context, String uri, Duration timeout) {
        this.context = context;
        this.template = context.createProducerTemplate();
        this.uri = uri;
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
        Exchange exchange = new DefaultExchange(context);
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
        exchange.getMessage().setHeader(Exchange.HTTP_METHOD, "POST");
        exchange.getMessage().setBody(Json.write(question));
        Exchange done = send(exchange);
        if (done.getException() != null) {
            throw new DetectorException("it fails", done.getException());
        }
        return read(done, texts.size());
    }

    private Exchange send(Exchange exchange) throws DetectorException {
        Future<Exchange> answer = template.asyncSend(uri, exchange);
        try {
            return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new DetectorException("it does not answer within " + timeout.toMillis() + " ms", null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer.cancel(true);
            throw new DetectorException("the wait for it was interrupted", e);
        } catch (ExecutionException e) {
            throw new DetectorException("it fails", e.getCause());
        }
    }

    private static double[] read(Exchange done, int count) throws DetectorException {
        JsonNode scores;
        try {
            byte[] body = done.getMessage().getBody(byte[].class);
            scores = body == null ? null : Json.read(body).path("scores");
        } catch (java.io.IOException | RuntimeException e) {
            throw new DetectorException("its answer is no JSON", e);
        }
        if (scores == null || !scores.isArray() || scores.size() != count) {
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
