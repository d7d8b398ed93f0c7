package io.github.camelllm.failover;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Abilities;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Attempt;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.ModelHealth;
import io.github.camelllm.call.Models;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import io.github.camelllm.testkit.ManualTicker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** A route with {@code failover} in it, over models that do what a test has told them, with time moved by hand. */
final class ChainOfModels implements AutoCloseable {

    private static final String ROUTE =
            """
            - route:
                errorHandler: { noErrorHandler: {} }
                from:
                  uri: direct:in
                  steps:
                    - policy: { ref: failover }
                    - process: { ref: model }
            """;

    private static final Duration MAX_REST = Duration.ofMinutes(1);

    /** What a model does with a request; may throw. */
    interface Behaviour {
        Object answer(Call call) throws Exception;
    }

    final ManualTicker ticker = new ManualTicker();
    final Failover failover = new Failover();
    final List<Duration> pauses = new ArrayList<>();
    final List<String> asked = new ArrayList<>();
    final List<JsonNode> requests = new ArrayList<>();
    private final DefaultCamelContext context = new DefaultCamelContext();
    final Models models = new Models();
    private final Map<String, Deque<Behaviour>> behaviours = new HashMap<>();
    private final List<String> chain = new ArrayList<>();
    Call call;

    ChainOfModels() {
        failover.pause((time, cancellation) -> {
            pauses.add(time);
            ticker.advance(time);
        });
    }

    /** Adds a model; behaviours are used one a request, the last again and again. */
    ChainOfModels model(String name, Abilities abilities, ModelHealth.Breaker breaker, Behaviour... does) {
        return model(name, abilities, () -> breaker, does);
    }

    /** The same with a breaker that changes. */
    ChainOfModels model(String name, Abilities abilities, Supplier<ModelHealth.Breaker> breaker, Behaviour... does) {
        ModelHealth health =
                new ModelHealth(ticker, ModelHealth.Settings.DEFAULT, breaker, (from, to, why) -> { // nobody listens
                });
        models.add(new Model(name, "p-" + name, Operation.CHAT, null, false, abilities, health));
        behaviours.put(name, new ArrayDeque<>(List.of(does)));
        chain.add(name);
        return this;
    }

    ChainOfModels model(String name, Behaviour... does) {
        return model(name, Abilities.ALL, ModelHealth.Breaker.CLOSED, does);
    }

    static Abilities prefill() {
        return new Abilities(0, true, true, true, true, 1, null, List.of());
    }

    static Abilities window(long tokens) {
        return new Abilities(tokens, true, true, true, false, 1, null, List.of());
    }

    /** What came out: an answer's text, or the events' data; or the problem. */
    record Outcome(String text, List<JsonNode> events, Problem problem) {}

    private void start() throws Exception {
        if (!context.isStarted()) {
            context.getRegistry().bind("ticker", ticker);
            context.getRegistry().bind("models", models);
            context.getRegistry().bind("failover", failover);
            context.getRegistry().bind("model", (Processor) this::ask);
            PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("test.camel.yaml", ROUTE));
            context.start();
        }
    }

    private void ask(Exchange exchange) throws Exception {
        Call current = exchange.getProperty(Calls.PROPERTY, Call.class);
        String model = exchange.getProperty(Calls.MODEL, String.class);
        asked.add(model);
        requests.add(current.getRequest().tree().deepCopy());
        Attempt attempt = current.attempt(model, "p-" + model);
        Deque<Behaviour> does = behaviours.get(model);
        try {
            exchange.getMessage().setBody((does.size() > 1 ? does.poll() : does.peek()).answer(current));
            models.find(model).orElseThrow().health().answered(0);
        } catch (Exception e) {
            attempt.failed(Problem.from(e));
            models.find(model).orElseThrow().health().rest().after(Problem.from(e), MAX_REST);
            throw e;
        }
    }

    Outcome send(String request) throws Exception {
        return send(request, sent -> {});
    }

    Outcome send(String request, Consumer<Call> before) throws Exception {
        start();
        Outcome[] outcome = new Outcome[1];
        Exchange exchange = context.createProducerTemplate().send("direct:in", prepared -> {
            Call begun = new Call(
                    ticker,
                    Operation.CHAT,
                    new CallHeaders(),
                    null,
                    new Request(request.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
            begun.chain(chain);
            before.accept(begun);
            Calls.attach(prepared, begun);
            call = begun;
            // A stream is read while its exchange lives.
            prepared.getUnitOfWork();
        });
        if (exchange.getException() != null) {
            return new Outcome(null, List.of(), Problem.from(exchange.getException()));
        }
        Object body = exchange.getMessage().getBody();
        if (body instanceof TokenStream stream) {
            outcome[0] = read(stream);
        } else {
            outcome[0] = new Outcome(
                    ((Answer) body).tree().at("/choices/0/message/content").asText(), List.of(), null);
        }
        return outcome[0];
    }

    private static Outcome read(TokenStream stream) {
        List<JsonNode> events = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        Problem problem = null;
        try (stream) {
            for (StreamEvent event = stream.next(); event != null; event = stream.next()) {
                events.add(event.json());
                text.append(event.json().at("/choices/0/delta/content").asText(""));
            }
        } catch (RuntimeException e) {
            problem = Problem.from(e);
        }
        return new Outcome(text.toString(), events, problem);
    }

    static Behaviour says(String text) {
        return call -> {
            call.used(Usage.reported(10, 5, 0, 0));
            call.finishReason("stop");
            ObjectNode json = Json.object();
            ObjectNode choice = json.putArray("choices").addObject();
            choice.putObject("message").put("content", text);
            choice.put("finish_reason", "stop");
            return new Answer(null, json);
        };
    }

    /** A stream of pieces of text; it ends as it should, unless there is a failure. */
    static Behaviour streams(Problem failure, String... pieces) {
        return call -> {
            List<StreamEvent> events = new ArrayList<>();
            String id = "id-" + call.getModel();
            events.add(chunk(id, Json.object().put("role", "assistant").put("content", ""), null));
            for (String piece : pieces) {
                events.add(chunk(id, Json.object().put("content", piece), null));
            }
            if (failure == null) {
                events.add(chunk(id, Json.object(), "stop"));
            }
            return new Scripted(call, events, failure);
        };
    }

    static StreamEvent chunk(String id, ObjectNode delta, String finishReason) {
        ObjectNode json = Json.object().put("id", id);
        ObjectNode choice = json.putArray("choices").addObject();
        choice.put("index", 0);
        choice.set("delta", delta);
        choice.put("finish_reason", finishReason);
        return new StreamEvent(json);
    }

    private static final class Scripted extends TokenStream {
        private final Call call;
        private final Deque<StreamEvent> events;
        private final Problem failure;
        private int sent;

        Scripted(Call call, List<StreamEvent> events, Problem failure) {
            this.call = call;
            this.events = new ArrayDeque<>(events);
            this.failure = failure;
        }

        @Override
        protected StreamEvent pull() {
            if (events.isEmpty() && failure != null) {
                throw failure;
            }
            sent++;
            return events.poll();
        }

        @Override
        protected void release() {
            call.used(Usage.estimate(10, sent));
        }
    }

    @Override
    public void close() {
        context.stop();
    }
}
