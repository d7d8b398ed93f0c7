package io.github.camelllm.inspect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;

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

    private final ProducerTemplate template;
    private final ExecutorService threads;
    private final String uri;
    private final String key;

    /**
     * @param uri the endpoint
     * @param key sent as {@code Authorization: Bearer}; null for none
     */
    Moderator(CamelContext context, String uri, String key) {
        context.getEndpoint(uri); // a wrong one stops the start
        this.template = context.createProducerTemplate();
        this.threads = context.getExecutorServiceManager().newCachedThreadPool(this, "llm-moderation");
        this.uri = uri;
        this.key = key;
    }

    /**
     * Whether the model flags a text.
     *
     * @throws DownException when it has not said so in time
     */
    boolean flags(String text, InspectRules.Moderation rules) throws DownException {
        Future<byte[]> answer;
        try {
            answer = threads.submit(() -> ask(text, rules.model()));
        } catch (RejectedExecutionException e) {
            throw new DownException("the gateway is stopping", e);
        }
        try {
            JsonNode verdict = Json.read(answer.get(rules.timeout().toMillis(), TimeUnit.MILLISECONDS))
                    .at("/results/0/flagged");
            if (!verdict.isBoolean()) {
                throw new DownException("its answer has no /results/0/flagged", null);
            }
            return verdict.booleanValue();
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new DownException("no answer within " + rules.timeout().toMillis() + " ms", null);
        } catch (ExecutionException e) {
            throw new DownException("the endpoint failed", e.getCause());
        } catch (IOException e) {
            throw new DownException("its answer is no JSON", null); // the parser may quote it
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new DownException("interrupted", e);
        }
    }

    private byte[] ask(String text, String model) {
        ObjectNode request = Json.object().put("input", text);
        if (!model.isEmpty()) {
            request.put("model", model);
        }
        Map<String, Object> headers = new java.util.HashMap<>();
        headers.put(Exchange.HTTP_METHOD, "POST");
        headers.put(Exchange.CONTENT_TYPE, "application/json");
        if (key != null) {
            headers.put("Authorization", "Bearer " + key);
        }
        byte[] answer = template.requestBodyAndHeaders(uri, Json.write(request), headers, byte[].class);
        return answer == null ? new byte[0] : answer;
    }

    /** Lets go of its threads. */
    void close(CamelContext context) {
        context.getExecutorServiceManager().shutdownNow(threads);
        template.stop();
    }
}
