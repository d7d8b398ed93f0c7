package io.github.camelllm.component;

import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.testkit.FakeUpstream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.direct.DirectEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** An application whose routes, in YAML, call the shipped chain by {@code llm:}; its models are at a fake provider. */
final class LlmContext implements AutoCloseable {

    private static final String COLLECT =
            "- route:\n    from:\n      uri: direct:llm-completed\n      steps:\n        - process: { ref: collect }\n";

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final BlockingQueue<FinishedCall> finished = new LinkedBlockingQueue<>();

    /** Loads the chain and a file of routes; to be started. */
    LlmContext(FakeUpstream upstream, Map<String, String> settings, String yaml) throws Exception {
        this(upstream, settings, yaml, "routes/gateway.camel.yaml", "routes/models.camel.yaml");
    }

    LlmContext(FakeUpstream upstream, Map<String, String> settings, String yaml, String... shipped) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("llm.access.keys-file", "target/no-keys.yaml");
        if (upstream != null) {
            properties.setProperty("llm.openai.base-url", upstream.baseUrl().toString());
            properties.setProperty("llm.openai.key", "sk-upstream");
        }
        settings.forEach(properties::setProperty);
        context.getPropertiesComponent().setInitialProperties(properties);
        context.getShutdownStrategy().setTimeout(5);
        context.getRegistry().bind("collect", (Processor)
                exchange -> finished.add(exchange.getMessage().getBody(FinishedCall.class)));
        for (String file : shipped) {
            PluginHelper.getRoutesLoader(context)
                    .loadRoutes(ResourceHelper.resolveMandatoryResource(context, "file:" + Path.of(file)));
        }
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(ResourceHelper.fromString("application.camel.yaml", yaml + COLLECT));
    }

    static LlmContext started(FakeUpstream upstream, Map<String, String> settings, String yaml) throws Exception {
        LlmContext started = new LlmContext(upstream, settings, yaml);
        try {
            started.context.start();
        } catch (Exception e) {
            started.close();
            throw e;
        }
        return started;
    }

    /** A route in YAML. */
    static String route(String from, String lines) {
        return "- route:\n    from:\n      uri: \"" + from + "\"\n      steps:\n" + lines.indent(8);
    }

    CamelContext context() {
        return context;
    }

    /** Sends a body and headers to {@code direct:<name>}. */
    Exchange send(String name, Object body, Map<String, Object> headers) {
        return context.createProducerTemplate()
                .send(context.getEndpoint("direct:" + name, DirectEndpoint.class), exchange -> {
                    exchange.getMessage().setBody(body);
                    exchange.getMessage().getHeaders().putAll(headers);
                });
    }

    Exchange send(String name, Object body) {
        return send(name, body, Map.of());
    }

    /** The record of the next call that is over. */
    FinishedCall awaitFinished() throws InterruptedException {
        FinishedCall next = finished.poll(15, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no call was accounted for");
        }
        return next;
    }

    List<FinishedCall> finished() {
        return List.copyOf(finished);
    }

    @Override
    public void close() {
        context.stop();
    }
}
