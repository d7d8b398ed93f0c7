package io.github.camelllm.observe;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.Models;
import io.github.camelllm.call.Operation;
import io.github.camelllm.testkit.ManualTicker;
import io.github.camelllm.testkit.Metrics;
import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** A Camel context with the beans and endpoints of this room, as route files declare them. */
final class Observed implements AutoCloseable {

    private static final String ROUTES =
            """
            - errorHandler: { noErrorHandler: {} }
            - beans:
                - { name: meters, type: io.github.camelllm.observe.Meters, properties: { window: 60s } }
                - { name: metrics, type: io.github.camelllm.observe.MetricsEndpoint }
                - { name: ready, type: io.github.camelllm.observe.ReadyEndpoint }
                - name: health
                  type: io.github.camelllm.observe.HealthEndpoint
                  properties: { degradedP95: 2s, minRequests: 5 }
                - { name: inFlight, type: io.github.camelllm.observe.ActiveRequests }
            - route: { from: { uri: direct:finished, steps: [ { to: { uri: "bean:meters" } } ] } }
            - route: { from: { uri: direct:metrics, steps: [ { process: { ref: metrics } } ] } }
            - route: { from: { uri: direct:health, steps: [ { process: { ref: health } } ] } }
            - route: { from: { uri: direct:ready, steps: [ { process: { ref: ready } } ] } }
            """;

    final ManualTicker ticker = new ManualTicker();
    final Models models = new Models();
    final DefaultCamelContext context = new DefaultCamelContext();
    private final ProducerTemplate template;

    Observed(String... moreYaml) throws Exception {
        context.getRegistry().bind("ticker", ticker);
        context.getRegistry().bind("models", models);
        load(ROUTES);
        for (String yaml : moreYaml) {
            load(yaml);
        }
        template = context.createProducerTemplate();
    }

    Observed start() {
        context.start();
        return this;
    }

    private void load(String yaml) throws Exception {
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("test.camel.yaml", yaml));
    }

    /** Enters a model that can be called. */
    Observed model(String name) {
        models.add(new Model(name, "openai", Operation.CHAT, null, false));
        return this;
    }

    void finished(FinishedCallMaker call) {
        template.sendBody("direct:finished", call.make());
    }

    void finished(FinishedCall call) {
        template.sendBody("direct:finished", call);
    }

    Exchange get(String path, String... headers) {
        return template.request("direct:" + path, exchange -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getMessage().setHeader(headers[i], headers[i + 1]);
            }
        });
    }

    /** What /metrics says now. */
    Metrics scrape() {
        return Metrics.parse(text(get("metrics")));
    }

    /** What /health says now. */
    JsonNode health() throws Exception {
        return Json.read(text(get("health")).getBytes(StandardCharsets.UTF_8));
    }

    static String text(Exchange exchange) {
        return exchange.getMessage().getBody(String.class);
    }

    static int status(Exchange exchange) {
        return exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
    }

    Exchange send(String uri, Object body) {
        return template.send(uri, exchange -> exchange.getMessage().setBody(body));
    }

    @Override
    public void close() {
        context.stop();
    }
}
