package io.github.camelllm.quota;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Attempt;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Identity;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.Models;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Pricing;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.TokenCounter;
import io.github.camelllm.call.Usage;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Step;
import io.github.camelllm.store.LimitStore;
import io.github.camelllm.testkit.ManualTicker;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** A route with the steps quota and budget before a model that a test puts in, by limits that it writes. */
final class LimitedChain implements AutoCloseable {

    static final String BOTH = "        - policy: { ref: quota }\n        - policy: { ref: budget }\n";

    final ManualTicker ticker = new ManualTicker();
    final Limits limits = new Limits();
    final Models models = new Models();
    final Path directory;
    final DefaultCamelContext context = new DefaultCamelContext();
    private final String steps;
    volatile Consumer<Exchange> client = exchange -> {};
    volatile Processor model = exchange -> answer(exchange, 10, 5);

    LimitedChain(Path directory, String limitsYaml) throws Exception {
        this(directory, limitsYaml, BOTH);
    }

    /** @param steps the lines before the model */
    LimitedChain(Path directory, String limitsYaml, String steps) throws Exception {
        this.directory = directory;
        this.steps = steps;
        write(limitsYaml);
        limits.setConfigDir(directory.toString());
        context.getRegistry().bind("ticker", ticker);
        context.getRegistry().bind("limits", limits);
        context.getRegistry().bind("quota", new Quota());
        context.getRegistry().bind("budget", new Budget());
        context.getRegistry().bind("models", models);
        context.getRegistry().bind("client", new Client());
        context.getRegistry().bind("model", (Processor) exchange -> model.process(exchange));
    }

    /** What stands above all: gets the answer while its exchange is under way. */
    private final class Client extends Step {
        @Override
        protected void around(Call call, Exchange exchange, Chain next) throws Exception {
            next.proceed();
            client.accept(exchange);
        }
    }

    void write(String limitsYaml) throws Exception {
        Files.writeString(directory.resolve("limits.yaml"), limitsYaml);
    }

    /** Prices: input and output for a token each; null for a model without one. */
    LimitedChain priced(String input, String output) {
        context.getRegistry().bind("prices", Pricing.class, new Pricing() {
            @Override
            public BigDecimal cost(String name, Usage usage) {
                return most(name, usage.inputTokens(), usage.outputTokens());
            }

            @Override
            public BigDecimal most(String name, long inputTokens, long outputTokens) {
                return name.equals("unpriced")
                        ? null
                        : new BigDecimal(input)
                                .multiply(BigDecimal.valueOf(inputTokens))
                                .add(new BigDecimal(output).multiply(BigDecimal.valueOf(outputTokens)));
            }

            @Override
            public long mostOutputTokens(String name) {
                return 0;
            }
        });
        return this;
    }

    /** Counts so many tokens by estimate, and so many exactly. */
    LimitedChain counting(long estimate, long exact) {
        context.getRegistry().bind("tokens", TokenCounter.class, new TokenCounter() {
            @Override
            public long estimate(Call call, String name) {
                return estimate;
            }

            @Override
            public long exact(Call call, String name) {
                return exact;
            }
        });
        return this;
    }

    LimitedChain storing(LimitStore store) {
        context.getRegistry().bind("store", LimitStore.class, store);
        return this;
    }

    LimitedChain start() throws Exception {
        String yaml =
                "- errorHandler:\n    noErrorHandler: {}\n- route:\n    from:\n      uri: direct:in\n      steps:\n        - policy: { ref: client }\n"
                        + steps + "        - process: { ref: model }\n";
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(ResourceHelper.fromBytes("t.yaml", yaml.getBytes(StandardCharsets.UTF_8)));
        context.start();
        return this;
    }

    static Identity who(String user, String tier) {
        return new Identity("key-" + user, "acme", user, "search", tier, Set.of());
    }

    Call call(String user, String json) {
        Call call = new Call(
                ticker, Operation.CHAT, new CallHeaders(), null, new Request(json.getBytes(StandardCharsets.UTF_8)));
        call.identify(who(user, "free"));
        return call;
    }

    /** A call of that user, of a prompt of few tokens and 5 tokens of answer at most. */
    Call call(String user) {
        return call(user, "{\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
    }

    Exchange send(Call call) {
        Exchange exchange = new DefaultExchange(context);
        Calls.attach(exchange, call);
        return context.createProducerTemplate().send("direct:in", exchange);
    }

    Exchange send(String user) {
        return send(call(user));
    }

    /** What a model does that answers with so many tokens used. */
    static void answer(Exchange exchange, long input, long output) {
        Call call = Calls.of(exchange);
        Attempt attempt = call.attempt("gpt", "openai");
        attempt.status(200);
        call.used(Usage.reported(input, output, 0, 0));
        exchange.getMessage().setBody(new Answer(null, Json.object()));
    }

    static Model model(String name) {
        return new Model(name, "openai", Operation.CHAT, null, false);
    }

    /** How the limits of that user stand, in the order of the file: used and reserved of each. */
    List<Long> levels(String user, boolean rolling) {
        return limits
                .store()
                .levels(limits.rules().ofCaller(who(user, "free"), rolling).stream()
                        .map(held -> held.rule().limit(who(user, "free"), held.name()))
                        .toList())
                .stream()
                .flatMap(level -> java.util.stream.Stream.of(level.used(), level.reserved()))
                .toList();
    }

    @Override
    public void close() {
        context.stop();
    }
}
