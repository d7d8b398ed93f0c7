package io.github.camelllm.ingress;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.step.Calls;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** The shipped trigger routes around a stub in the place of the chain. */
final class Triggers {

    private Triggers() {}

    /** A context with the route files loaded, yet to be started. */
    static DefaultCamelContext context(Map<String, ?> settings, Processor chain, String... files) throws Exception {
        DefaultCamelContext context = new DefaultCamelContext();
        context.getShutdownStrategy().setTimeout(5);
        Properties properties = new Properties();
        properties.setProperty("llm.shutdown.timeout", "2s"); // for what is under way and never ends
        settings.forEach((name, value) -> properties.setProperty(name, value.toString()));
        context.getPropertiesComponent().setInitialProperties(properties);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:llm-chat").errorHandler(noErrorHandler()).process(chain);
            }
        });
        for (String file : files) {
            PluginHelper.getRoutesLoader(context)
                    .loadRoutes(ResourceHelper.resolveMandatoryResource(context, "file:routes/" + file));
        }
        return context;
    }

    /** Whether a stop has begun: what is under way may still end. */
    static boolean takesNoMore(CamelContext context) {
        AtomicBoolean draining = context.getRegistry().lookupByNameAndType("draining", AtomicBoolean.class);
        return draining != null && draining.get();
    }

    /** What a model would say: the last message, repeated. */
    static Answer echo(Exchange exchange) {
        Call call = Calls.of(exchange);
        var messages = call.getRequest().tree().withArray("messages");
        String text = messages.path(messages.size() - 1).path("content").asText();
        var tree = Json.object();
        tree.put("object", "chat.completion");
        tree.putArray("choices")
                .addObject()
                .putObject("message")
                .put("role", "assistant")
                .put("content", "echo: " + text);
        return new Answer(null, tree);
    }

    static String request(String text) {
        var tree = Json.object();
        tree.put("model", "simulator");
        tree.putArray("messages").addObject().put("role", "user").put("content", text);
        return tree.toString();
    }
}
