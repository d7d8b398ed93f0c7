package io.github.camelllm.bench;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Identity;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.call.Usage;
import io.github.camelllm.cost.Prices;
import io.github.camelllm.quota.Budget;
import io.github.camelllm.quota.Limits;
import io.github.camelllm.quota.Quota;
import io.github.camelllm.step.Calls;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** What the steps quota and budget add to a call with six limits in memory: a route with them against one without. */
final class StepCost {

    private static final int ROUNDS = 21;
    private static final int CALLS = 20_000;
    private static final String LIMITS =
            """
            limits:
              - { scope: global, requests: 1_000_000_000, per: minute }
              - { scope: user, requests: 1_000_000_000, per: minute }
              - { scope: user, tokens: 1_000_000_000_000, per: minute, burst: 1_000_000_000_000 }
              - { scope: user, dollars: 9000000, per: day }
              - { scope: team, dollars: 9000000, per: month }
              - { scope: global, dollars: 9000000, per: day }
            """;
    private static final String PRICES =
            "{\"m\":{\"input_cost_per_token\":1e-7,\"output_cost_per_token\":4e-7,\"max_output_tokens\":4096}}";
    private static final String ROUTES =
            """
            - route:
                id: plain
                from:
                  uri: direct:plain
                  steps:
                    - process: { ref: model }
            - route:
                id: limited
                from:
                  uri: direct:limited
                  steps:
                    - policy: { ref: quota }
                    - policy: { ref: budget }
                    - process: { ref: model }
            """;

    /** Processor time, so that whatever else the machine does is not measured. */
    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

    private StepCost() {}

    static void measure(Table table) throws Exception {
        Path directory = Files.createTempDirectory("bench-limits");
        Files.writeString(directory.resolve("limits.yaml"), LIMITS);
        Files.writeString(directory.resolve("prices.json"), PRICES);
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            start(context, directory);
            List<Double> added = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                double plain = micros(context, "plain");
                double limited = micros(context, "limited");
                if (round > ROUNDS / 3) { // the others warm it
                    added.add(limited - plain);
                }
            }
            added.sort(null);
            table.row(
                    "steps quota and budget, six limits in memory, 2 KB prompt, added to a call",
                    "",
                    Table.format("%.1f µs", added.get(added.size() / 2)),
                    "",
                    "≤ 5 µs");
        } finally {
            Files.delete(directory.resolve("limits.yaml"));
            Files.delete(directory.resolve("prices.json"));
            Files.delete(directory);
        }
    }

    private static void start(DefaultCamelContext context, Path directory) throws Exception {
        Limits limits = new Limits();
        limits.setConfigDir(directory.toString());
        Prices prices = new Prices();
        prices.setFile(directory.resolve("prices.json").toString());
        prices.setCamelContext(context);
        context.getRegistry().bind("limits", limits);
        context.getRegistry().bind("prices", prices);
        context.getRegistry().bind("quota", new Quota());
        context.getRegistry().bind("budget", new Budget());
        context.getRegistry().bind("model", (Processor) StepCost::answer);
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(ResourceHelper.fromBytes("bench.yaml", ROUTES.getBytes(StandardCharsets.UTF_8)));
        context.start();
    }

    private static void answer(Exchange exchange) {
        Call call = Calls.of(exchange);
        call.attempt("m", "p").status(200);
        call.used(Usage.reported(500, 100, 0, 0));
        exchange.getMessage().setBody(new Answer(null, Json.object()));
    }

    /** Microseconds of processor time a call: its making, which both routes have, and the steps. */
    private static double micros(DefaultCamelContext context, String route) throws Exception {
        AsyncProcessor processor = (AsyncProcessor) context.getRoute(route).getProcessor();
        byte[] body = ("{\"max_tokens\":200,\"messages\":[{\"role\":\"user\",\"content\":\"" + "some words ".repeat(180)
                        + "\"}]}")
                .getBytes(StandardCharsets.UTF_8);
        Identity who = new Identity("k", "acme", "ann", "search", "free", Set.of());
        Model model = new Model("m", "p", Operation.CHAT, null, false);
        long from = CPU.getCurrentThreadCpuTime();
        for (int i = 0; i < CALLS; i++) {
            Call call = new Call(Ticker.SYSTEM, Operation.CHAT, new CallHeaders(), null, new Request(body));
            call.identify(who);
            call.choose(model);
            call.getRequest().tree();
            call.inputEstimate(); // the choice of models has asked for it
            Exchange exchange = new DefaultExchange(context);
            Calls.attach(exchange, call);
            processor.process(exchange);
            if (exchange.getException() != null) {
                throw new IllegalStateException(exchange.getException());
            }
        }
        return (CPU.getCurrentThreadCpuTime() - from) / 1e3 / CALLS;
    }
}
