package io.github.camelllm.cache.semantic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.step.Calls;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.DefaultExchange;

/**
 * Any embeddings model behind a Camel endpoint, such as the gateway's own {@code direct:llm-embeddings}: each text is a call
 * like others, which counts, costs and is recorded.
 */
final class EndpointEmbedder implements Embedder {

    private final CamelContext context;
    private final ProducerTemplate template;
    private final String uri;
    private final String model;
    private final String key;

    /**
     * @param uri the endpoint
     * @param model the model or alias that is asked
     * @param key the virtual key that the calls are made with; null for none
     */
    EndpointEmbedder(CamelContext context, String uri, String model, String key) {
        this.context = context;
        this.template = context.createProducerTemplate();
        this.uri = uri;
        this.model = model;
        this.key = key;
    }

    @Override
    public float[] embed(String text) {
        ObjectNode request = Json.object();
        request.put("model", model).put("input", text).put("encoding_format", "float");
        Exchange exchange = new DefaultExchange(context);
        Calls.attach(
                exchange,
                new Call(Calls.ticker(context), Operation.EMBEDDINGS, new CallHeaders(), key, new Request(request)));
        Exchange done = template.send(uri, exchange);
        if (done.getException() != null) {
            throw new EmbeddingException("no vector from " + uri, done.getException());
        }
        Object body = done.getMessage().getBody();
        JsonNode numbers = body instanceof Answer answer ? answer.tree().at("/data/0/embedding") : null;
        if (numbers == null || !numbers.isArray() || numbers.isEmpty()) {
            throw new EmbeddingException(
                    "no vector from " + uri + ": its answer has no /data/0/embedding with numbers", null);
        }
        float[] vector = new float[numbers.size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = numbers.get(i).floatValue();
        }
        return vector;
    }
}
