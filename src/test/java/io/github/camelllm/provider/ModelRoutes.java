package io.github.camelllm.provider;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.Models;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.step.Calls;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/**
 * The shipped {@code routes/models.camel.yaml} with one more model, {@code m}, whose upstream and settings a test chooses.
 */
final class ModelRoutes implements AutoCloseable {

    /** What is done with the body, a stream perhaps, before the exchange ends. */
    interface Reader {
        void read(Object body) throws Exception;
    }

    private static final String READER = "test.reader";

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final Models models = new Models();

    private ModelRoutes(String more, String openAiKey) throws Exception {
        Properties properties = new Properties();
        properties.put("llm.openai.base-url", "http://127.0.0.1:1/v1");
        properties.put("llm.openai.key", openAiKey);
        properties.put("llm.anthropic.base-url", "http://127.0.0.1:1");
        properties.put("llm.anthropic.key", "");
        properties.put("llm.gemini.base-url", "http://127.0.0.1:1");
        properties.put("llm.gemini.key", "");
        properties.put("llm.simulator.first-token-delay", "0s");
        properties.put("llm.simulator.event-delay", "0s");
        context.getPropertiesComponent().setOverrideProperties(properties);
        context.setStreamCaching(false);
        context.getRegistry().bind("models", models);
        context.getRegistry().bind("reader", (Processor) exchange -> {
            Reader reader = exchange.getProperty(READER, Reader.class);
            reader.read(exchange.getMessage().getBody());
        });
        String yaml = more
                + "- route:\n    errorHandler: { noErrorHandler: {} }\n    from:\n      uri: direct:ask\n"
                + "      steps:\n        - toD: { uri: \"direct:llm-model-${header.model}\" }\n"
                + "        - process: { ref: reader }\n";
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(
                        ResourceHelper.resolveResource(
                                context,
                                Path.of("routes/models.camel.yaml").toUri().toString()),
                        ResourceHelper.fromString("more.camel.yaml", yaml));
        context.start();
    }

    /** With these parameters of the template {@code openai}. */
    static ModelRoutes start(Map<String, String> parameters) throws Exception {
        return start("openai", parameters);
    }

    /** With these parameters of that template. */
    static ModelRoutes start(String template, Map<String, String> parameters) throws Exception {
        StringBuilder yaml = new StringBuilder("- templatedRoute:\n    routeTemplateRef: " + template
                + "\n    routeId: llm-model-m\n    parameters:\n      - { name: model, value: m }\n");
        parameters.forEach((name, value) -> yaml.append("      - { name: ")
                .append(name)
                .append(", value: \"")
                .append(value)
                .append("\" }\n"));
        return new ModelRoutes(yaml.toString(), "");
    }

    /** With three models, {@code openai}, {@code anthropic} and {@code gemini}, of the template of that name. */
    static ModelRoutes ofAllDialects(int port, Map<String, String> parameters) throws Exception {
        StringBuilder yaml = new StringBuilder();
        for (String name : new String[] {"openai", "anthropic", "gemini"}) {
            yaml.append("- templatedRoute:\n    routeTemplateRef: %1$s\n    routeId: llm-model-%1$s\n    parameters:\n"
                    .formatted(name));
            Map<String, String> all = new HashMap<>(parameters);
            all.put("model", name);
            all.put("slidingWindowSize", "100000");
            all.put("minimumNumberOfCalls", "100000");
            all.put("baseUrl", "http://127.0.0.1:" + port);
            all.put("key", "sk-upstream");
            all.forEach((parameter, value) ->
                    yaml.append("      - { name: %s, value: \"%s\" }\n".formatted(parameter, value)));
        }
        return new ModelRoutes(yaml.toString(), "");
    }

    /** With more models, written as in the shipped file, and that key of OpenAI. */
    static ModelRoutes startWith(String models, String openAiKey) throws Exception {
        return new ModelRoutes(models, openAiKey);
    }

    CamelContext context() {
        return context;
    }

    Models models() {
        return models;
    }

    /** Asks the model {@code m}, and has the answer read before the exchange ends. */
    Exchange ask(Call call, Reader reader) {
        return ask("m", call, reader, Map.of());
    }

    /** The same with a model and headers that the exchange brings along. */
    Exchange ask(String model, Call call, Reader reader, Map<String, Object> headers) {
        return context.createProducerTemplate().request("direct:ask", exchange -> {
            Calls.attach(exchange, call);
            exchange.getMessage().setHeaders(new HashMap<>(headers));
            exchange.getMessage().setHeader("model", model);
            exchange.setProperty(READER, reader);
        });
    }

    /** Asks {@code m} and reads a stream to its end. */
    Exchange ask(Call call) {
        return ask(call, body -> {
            if (body instanceof TokenStream stream) {
                try (stream) {
                    Tries.drain(stream);
                }
            }
        });
    }

    @Override
    public void close() {
        context.stop();
    }
}
