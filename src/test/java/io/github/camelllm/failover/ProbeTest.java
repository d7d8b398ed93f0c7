package io.github.camelllm.failover;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Abilities;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.ModelHealth;
import io.github.camelllm.call.ModelHealth.Breaker;
import io.github.camelllm.call.Models;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.step.Calls;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Processor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The shipped {@code routes/probe.camel.yaml}: who is asked, and for what. */
class ProbeTest {

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final Models models = new Models();
    private final BlockingQueue<JsonNode> asked = new LinkedBlockingQueue<>();

    @AfterEach
    void stop() {
        context.stop();
    }

    private void model(String name, Operation operation, String missing, Breaker breaker) {
        ModelHealth health = new ModelHealth(
                Ticker.SYSTEM, ModelHealth.Settings.DEFAULT, () -> breaker, (from, to, why) -> { // nobody listens
                });
        models.add(new Model(name, "p", operation, missing, false, Abilities.ALL, health));
    }

    private void start(boolean enabled) throws Exception {
        Properties properties = new Properties();
        properties.put("llm.probe.enabled", Boolean.toString(enabled));
        properties.put("llm.probe.interval", "20ms");
        context.getPropertiesComponent().setOverrideProperties(properties);
        context.getRegistry().bind("models", models);
        context.getRegistry().bind("note", (Processor) exchange -> {
            asked.add(exchange.getProperty(Calls.PROPERTY, Call.class)
                    .getRequest()
                    .tree());
            throw new IllegalStateException("still not well");
        });
        StringBuilder routes = new StringBuilder();
        for (Model model : models.all()) {
            routes.append("- route:\n    errorHandler: { noErrorHandler: {} }\n    from:\n      uri: direct:llm-model-")
                    .append(model.name())
                    .append("\n      steps: [ { process: { ref: note } } ]\n");
        }
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(
                        ResourceHelper.resolveResource(
                                context,
                                Path.of("routes/probe.camel.yaml").toUri().toString()),
                        ResourceHelper.fromString("models.camel.yaml", routes.toString()));
        context.start();
    }

    @Test
    void asksModelsThatAreNotHealthyForOneToken() throws Exception {
        model("well", Operation.CHAT, null, Breaker.CLOSED);
        model("keyless", Operation.CHAT, "KEY", Breaker.OPEN);
        model("coming-back", Operation.CHAT, null, Breaker.HALF_OPEN);
        model("vectors", Operation.EMBEDDINGS, null, Breaker.OPEN);
        start(true);

        // Two rounds: a probe that fails keeps neither the others nor the next round from being asked.
        List<String> names = new ArrayList<>();
        while (Collections.frequency(names, "coming-back") < 2 || Collections.frequency(names, "vectors") < 2) {
            JsonNode request = asked.poll(10, TimeUnit.SECONDS);
            assertThat(request).isNotNull();
            String name = request.path("model").asText();
            names.add(name);
            if (name.equals("vectors")) {
                assertThat(request.path("input").asText()).isEqualTo("ping");
            } else {
                assertThat(request.path("max_tokens").asInt()).isEqualTo(1);
                assertThat(request.at("/messages/0/content").asText()).isEqualTo("ping");
            }
        }
        assertThat(names).containsOnly("coming-back", "vectors");
    }

    @Test
    void asksNobodyUnlessItIsSwitchedOn() throws Exception {
        model("sick", Operation.CHAT, null, Breaker.OPEN);
        start(false);

        assertThat(context.getRoute("llm-probe")).isNull();
    }
}
