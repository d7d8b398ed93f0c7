package io.github.camelllm.cache;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Attempt;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Completion;
import io.github.camelllm.call.Identity;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Pricing;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.call.Usage;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Step;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.ManualTicker;
import io.github.camelllm.testkit.RedisServer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** A route with the step cache before a model that a test puts in. Prices: a dollar for each token. */
final class CachedChain implements AutoCloseable {

    static final String QUESTION =
            "{\"model\":\"auto\",\"temperature\":0,\"messages\":[{\"role\":\"user\",\"content\":\"What is six times seven?\"}]}";

    final ManualTicker ticker = new ManualTicker();
    final Cache cache = new Cache();
    final Path directory;
    final DefaultCamelContext context = new DefaultCamelContext();
    final AtomicInteger asked = new AtomicInteger();
    private final ClearCache clearCache = new ClearCache();
    private ProducerTemplate template;
    volatile Processor model = this::answer;
    volatile Operation operation = Operation.CHAT;
    volatile String text = "42";
    volatile String finishReason = "stop";

    /** What became of a call. */
    record Outcome(Call call, String text, boolean streamed, Exception failure) {

        String cache() {
            return call.getCache();
        }
    }

    CachedChain(Path directory) {
        this.directory = directory;
        cache.setConfigDir(directory.toString());
        context.getRegistry().bind("ticker", ticker);
        context.getRegistry().bind("cache", cache);
        context.getRegistry().bind("client", new Client());
        context.getRegistry().bind("model", (Processor) exchange -> {
            asked.incrementAndGet();
            model.process(exchange);
        });
        context.getRegistry().bind("prices", Pricing.class, new Pricing() {
            @Override
            public BigDecimal cost(String name, Usage usage) {
                return BigDecimal.valueOf(usage.totalTokens());
            }

            @Override
            public BigDecimal most(String name, long inputTokens, long outputTokens) {
                return null;
            }

            @Override
            public long mostOutputTokens(String name) {
                return 0;
            }
        });
    }

    CachedChain rules(String yaml) throws Exception {
        Files.writeString(directory.resolve("cache.yaml"), yaml);
        return this;
    }

    CachedChain start() throws Exception {
        return start("");
    }

    /** @param above lines above the cache */
    CachedChain start(String above) throws Exception {
        String yaml =
                "- errorHandler:\n    noErrorHandler: {}\n- route:\n    from:\n      uri: direct:in\n      steps:\n        - policy: { ref: client }\n"
                        + above
                        + "        - policy: { ref: cache }\n        - process: { ref: model }\n";
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("test.camel.yaml", yaml));
        context.start();
        template = context.createProducerTemplate();
        return this;
    }

    /** Has it share its answers in a Redis, with a timeout that no busy machine oversteps by chance. */
    CachedChain sharing(RedisServer redis) {
        cache.setStore(redis.url());
        cache.setStoreTimeout(Duration.ofSeconds(1));
        return this;
    }

    /** Waits until answers are shared. */
    CachedChain untilShared() throws Exception {
        Await.until("the shared cache", () -> cache.sharedCache().up());
        return this;
    }

    /** What an admin who clears is told. */
    JsonNode clear(String query) {
        Call call = call("{}", new Identity("ops", "acme", "ops", "ops", "free", Set.of(), true));
        Exchange exchange = new DefaultExchange(context);
        Calls.attach(exchange, call);
        exchange.setProperty(ClearCache.QUERY, query);
        clearCache.process(exchange);
        return exchange.getMessage().getBody(Answer.class).tree();
    }

    static Identity who(String tenant, String user) {
        return new Identity("key-" + user, tenant, user, "search", "free", Set.of());
    }

    Call call(String json, Identity who, String... headers) {
        CallHeaders known = new CallHeaders();
        for (int i = 0; i < headers.length; i += 2) {
            known.put(headers[i], headers[i + 1]);
        }
        Call call = new Call(ticker, operation, known, null, new Request(json.getBytes(StandardCharsets.UTF_8)));
        call.identify(who);
        return call;
    }

    Outcome ask(String json, String... headers) {
        return send(call(json, who("acme", "ann"), headers));
    }

    /** Sends a call through the route and reads its answer to the end, as a client does. */
    Outcome send(Call call) {
        Exchange exchange = new DefaultExchange(context);
        Calls.attach(exchange, call);
        Exchange done = template.send("direct:in", exchange);
        return new Outcome(
                call,
                done.getProperty("said", "", String.class),
                done.getProperty("streamed", false, Boolean.class),
                done.getException());
    }

    /** What stands above all: reads the answer to its end while its exchange is under way, as a client does. */
    private static final class Client extends Step {
        @Override
        protected void around(Call call, Exchange exchange, Chain next) throws Exception {
            next.proceed();
            Object body = exchange.getMessage().getBody();
            StringBuilder said = new StringBuilder();
            if (body instanceof TokenStream stream) {
                exchange.setProperty("streamed", true);
                try (stream) {
                    call.cancellation().onCancel(stream::close);
                    for (StreamEvent event = stream.next(); event != null; event = stream.next()) {
                        said.append(event.json().at("/choices/0/delta/content").asText(""));
                    }
                }
            } else if (body instanceof Answer answer) {
                said.append(answer.tree()
                        .at("/choices/0/message/content")
                        .asText(answer.tree().toString()));
            }
            exchange.setProperty("said", said.toString());
        }
    }

    /** The model's answer as it is asked for, in one piece or as a stream of a piece for each character. */
    void answer(Exchange exchange) {
        Call call = Calls.of(exchange);
        Attempt attempt = call.attempt("sim", "simulator");
        attempt.status(200);
        Usage usage = Usage.reported(10, 5, 0, 0);
        call.used(usage);
        call.finishReason(finishReason);
        if (call.isStream()) {
            List<StreamEvent> events = new ArrayList<>();
            events.add(chunk(call, "", null));
            text.chars().forEach(c -> events.add(chunk(call, Character.toString(c), null)));
            events.add(chunk(call, null, finishReason));
            events.add(Completion.usageChunk(
                    Completion.head(call, "chat.completion.chunk", "sim-1"), Completion.usage(usage)));
            exchange.getMessage().setBody(TokenStream.of(events));
        } else {
            var message = Json.object().put("role", "assistant").put("content", text);
            exchange.getMessage()
                    .setBody(new Answer(null, Completion.whole(call, "sim-1", message, finishReason, usage)));
        }
    }

    private static StreamEvent chunk(Call call, String piece, String finish) {
        var delta = Json.object();
        if (piece != null) {
            delta.put("content", piece);
        }
        return Completion.chunk(Completion.head(call, "chat.completion.chunk", "sim-1"), 0, delta, finish);
    }

    @Override
    public void close() {
        context.stop();
    }
}
