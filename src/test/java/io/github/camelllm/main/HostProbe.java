package io.github.camelllm.main;

import io.github.camelllm.observe.MetricsEndpoint;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/**
 * A host of the gateway's routes, to be run with a class path of its own: it answers with what it printed, what a call of each
 * chain was answered, and why it did not start.
 */
public final class HostProbe {

    private static final String MINIMAL =
            """
            - beans:
                - { name: models, type: io.github.camelllm.call.Models }
                - { name: redact, type: io.github.camelllm.privacy.Redact }
                - { name: choose, type: io.github.camelllm.routing.ChooseModel }
                - { name: failover, type: io.github.camelllm.failover.Failover }
            - route:
                errorHandler: { noErrorHandler: {} }
                from:
                  uri: direct:minimal
                  steps:
                    - policy: { ref: redact }
                    - setProperty: { name: llm.chain, constant: simulator }
                    - policy: { ref: choose }
                    - policy: { ref: failover }
                    - to: direct:llm-model-simulator
            """;

    private HostProbe() {}

    /**
     * Starts a context with routes of the jar and asks it.
     *
     * @param minimal whether the chain is one of four lines, with the models of {@code files}; else the one that is shipped
     * @param files names of shipped route files
     * @param settings {@code llm.*} properties
     * @return all that was said, by the host and to its caller
     */
    public static String run(boolean minimal, List<String> files, Map<String, String> settings) {
        PrintStream out = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream heard = new PrintStream(said, true, StandardCharsets.UTF_8);
        System.setOut(heard);
        try (DefaultCamelContext context = new DefaultCamelContext(false)) {
            context.setApplicationContextClassLoader(HostProbe.class.getClassLoader());
            context.build();
            Properties properties = new Properties();
            properties.putAll(settings);
            context.getPropertiesComponent().setOverrideProperties(properties);
            for (String file : files) {
                PluginHelper.getRoutesLoader(context)
                        .loadRoutes(ResourceHelper.resolveResource(
                                context, "file:" + Path.of("routes", file).toAbsolutePath()));
            }
            if (minimal) {
                PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("minimal.yaml", MINIMAL));
            }
            context.start();
            heard.println("ANSWER "
                    + context.createProducerTemplate()
                            .requestBody(minimal ? "direct:minimal" : "direct:llm-chat", "Is it you?", String.class));
            Exchange metrics = new DefaultExchange(context);
            new MetricsEndpoint().process(metrics);
            heard.println("METRICS " + metrics.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE) + " "
                    + metrics.getMessage().getBody(String.class));
        } catch (Throwable e) { // what is thrown where a class is missing is what this is about
            for (Throwable reason = e; reason != null; reason = reason.getCause()) {
                heard.println("FAILED " + reason);
            }
        } finally {
            System.setOut(out);
        }
        return said.toString(StandardCharsets.UTF_8);
    }
}
