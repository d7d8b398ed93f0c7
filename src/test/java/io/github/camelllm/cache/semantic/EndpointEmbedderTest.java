package io.github.camelllm.cache.semantic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Operation;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EndpointEmbedderTest {

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final AtomicReference<Call> seen = new AtomicReference<>();
    private volatile Processor model;
    private EndpointEmbedder embedder;

    @BeforeEach
    void start() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:llm-embeddings").errorHandler(noErrorHandler()).process(exchange -> {
                    seen.set(Calls.of(exchange));
                    model.process(exchange);
                });
            }
        });
        context.start();
        embedder = new EndpointEmbedder(context, "direct:llm-embeddings", "text-embedding-3-small", "sk-own");
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void asksTheEndpointAsAClientWould() {
        model = exchange -> {
            ObjectNode tree = Json.object();
            tree.putArray("data").addObject().putArray("embedding").add(0.25).add(-1);
            exchange.getMessage().setBody(new Answer(null, tree));
        };
        assertThat(embedder.embed("some text")).containsExactly(0.25f, -1f);
        Call call = seen.get();
        assertThat(call.getOperation()).isEqualTo(Operation.EMBEDDINGS);
        assertThat(call.credential()).isEqualTo("sk-own");
        assertThat(call.getRequest().tree().toString())
                .isEqualTo(
                        "{\"model\":\"text-embedding-3-small\",\"input\":\"some text\",\"encoding_format\":\"float\"}");
    }

    @Test
    void saysWhyThereIsNoVectorAndNeverTheText() {
        model = exchange -> {
            throw Problem.invalid("model", "there is no such model");
        };
        assertThatThrownBy(() -> embedder.embed("secret"))
                .isInstanceOf(Embedder.EmbeddingException.class)
                .hasMessage("no vector from direct:llm-embeddings")
                .hasRootCauseInstanceOf(Problem.class);
        model = exchange -> exchange.getMessage().setBody(new Answer(null, Json.object()));
        assertThatThrownBy(() -> embedder.embed("secret"))
                .hasMessage("no vector from direct:llm-embeddings: its answer has no /data/0/embedding with numbers");
    }

    @Test
    void anEndpointNeedsAModel() {
        SemanticTier tier = new SemanticTier();
        tier.setEmbedder("direct:llm-embeddings");
        assertThatThrownBy(tier::bytesPerAnswer)
                .hasMessage("semantic.model is missing; the name of an embeddings model is needed where embedder is an"
                        + " endpoint");
        tier.setEmbedder("remote");
        assertThatThrownBy(tier::bytesPerAnswer)
                .hasMessage("semantic.embedder is 'remote'; local, or an endpoint such as direct:llm-embeddings, is"
                        + " allowed");
        tier.setEmbedder("local");
        tier.setMaxCharacters(0);
        assertThatThrownBy(tier::bytesPerAnswer).hasMessage("semantic.maxCharacters is 0; 1 to 2000 is allowed");
        tier.setMaxCharacters(500);
        tier.setMaxInAll(9);
        assertThatThrownBy(tier::bytesPerAnswer)
                .hasMessage("semantic.maxInAll is 9; at least maxInPartition, which is 10000, is allowed");
    }
}
