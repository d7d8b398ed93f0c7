package io.github.camelllm.inspect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Abilities;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Attempt;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Completion;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.ModelHealth;
import io.github.camelllm.call.Models;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.call.Usage;
import io.github.camelllm.failover.Failover;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Step;
import io.github.camelllm.testkit.ManualTicker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** A route with {@code inspect}, {@code failover} and {@code accept} over two models that say what a test has told them. */
final class InspectedChain implements AutoCloseable {

    private static final String ROUTE =
            """
            - errorHandler:
                noErrorHandler: {}
            - route:
                from:
                  uri: direct:in
                  steps:
                    - policy: { ref: client }
                    - policy: { ref: inspect }
                    - policy: { ref: failover }
                    - policy: { ref: accept }
                    - process: { ref: model }
            """;

    static final String HI = "{'messages':[{'role':'user','content':'Hi'}]}";
    static final String JSON =
            "{'messages':[{'role':'user','content':'Hi'}],'response_format':{'type':'json_schema','json_schema':{'name':'a','schema':{'type':'object','required':['a']}}}}";

    final ManualTicker ticker = new ManualTicker();
    final Inspect inspect = new Inspect();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final DefaultCamelContext context = new DefaultCamelContext();
    final List<String> asked = new ArrayList<>();

    /** What the models say, one attempt after the other; the last again and again. */
    final List<ObjectNode> messages = new ArrayList<>();

    String finishReason = "stop";

    /** How many characters an event of a stream has. */
    int piece = 3;

    private final Path file;

    /** What became of a call. */
    record Outcome(Call call, JsonNode message, List<JsonNode> events, Problem problem) {
        String text() {
            return message.path("content").asText();
        }

        List<String> flags() {
            return call.getFlags();
        }
    }

    InspectedChain(Path directory) {
        file = directory.resolve("inspect.yaml");
        Accept accept = new Accept();
        for (String name : new String[] {"m1", "m2"}) {
            Models known = context.getRegistry().lookupByNameAndType("models", Models.class);
            Models models = known == null ? new Models() : known;
            models.add(new Model(
                    name,
                    "p",
                    Operation.CHAT,
                    null,
                    false,
                    Abilities.ALL,
                    new ModelHealth(
                            ticker, ModelHealth.Settings.DEFAULT, () -> ModelHealth.Breaker.CLOSED, (a, b, c) -> {
                                // nobody listens
                            })));
            context.getRegistry().bind("models", models);
        }
        Failover failover = new Failover();
        failover.setBackoff(Duration.ofNanos(1));
        failover.setLongestBackoff(Duration.ofNanos(1));
        inspect.setConfigDir(directory.toString());
        accept.setConfigDir(directory.toString());
        inspect.bindTo(meters);
        accept.bindTo(meters);
        context.getRegistry().bind("ticker", ticker);
        context.getRegistry().bind("inspect", inspect);
        context.getRegistry().bind("accept", accept);
        context.getRegistry().bind("failover", failover);
        context.getRegistry().bind("client", new Client());
        context.getRegistry().bind("model", (Processor) this::answer);
    }

    InspectedChain rules(String yaml) throws Exception {
        Files.writeString(file, yaml);
        return this;
    }

    InspectedChain says(String... texts) {
        for (String text : texts) {
            messages.add(Json.object().put("role", "assistant").put("content", text));
        }
        return this;
    }

    void start() throws Exception {
        if (!context.isStarted()) {
            PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("test.camel.yaml", ROUTE));
            context.start();
        }
    }

    Outcome ask(String request) throws Exception {
        start();
        Call call = new Call(
                ticker,
                Operation.CHAT,
                new CallHeaders(),
                null,
                new Request(request.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
        call.chain(List.of("m1", "m2"));
        Exchange exchange = new DefaultExchange(context);
        Calls.attach(exchange, call);
        Exchange done = context.createProducerTemplate().send("direct:in", exchange);
        List<JsonNode> events = new ArrayList<>();
        done.getProperty("events", List.of(), List.class).forEach(event -> events.add((JsonNode) event));
        return new Outcome(
                call,
                done.getProperty("said", Json.object(), JsonNode.class),
                events,
                done.getException() == null ? null : Problem.from(done.getException()));
    }

    Outcome stream(String request) throws Exception {
        return ask(request.replaceFirst("\\{", "{'stream':true,"));
    }

    /** Reads the answer to its end while its exchange is under way, as a client does. */
    private static final class Client extends Step {
        @Override
        protected void around(Call call, Exchange exchange, Chain next) throws Exception {
            next.proceed();
            Object body = exchange.getMessage().getBody();
            if (body instanceof Answer answer) {
                exchange.setProperty("said", answer.tree().at("/choices/0/message"));
                return;
            }
            List<JsonNode> events = new ArrayList<>();
            StringBuilder content = new StringBuilder();
            StringBuilder arguments = new StringBuilder();
            try (TokenStream stream = (TokenStream) body) {
                for (StreamEvent event = stream.next(); event != null; event = stream.next()) {
                    events.add(event.json());
                    content.append(event.json().at("/choices/0/delta/content").asText(""));
                    arguments.append(event.json()
                            .at("/choices/0/delta/tool_calls/0/function/arguments")
                            .asText(""));
                }
            } finally {
                ObjectNode said = Json.object().put("content", content.toString());
                said.put("arguments", arguments.toString());
                exchange.setProperty("said", said);
                exchange.setProperty("events", events);
            }
        }
    }

    private void answer(Exchange exchange) {
        Call call = Calls.of(exchange);
        ObjectNode message = messages.size() > 1 ? messages.remove(0) : messages.get(0);
        asked.add(call.getModel());
        Attempt attempt = call.attempt(call.getModel(), "p");
        attempt.status(200);
        call.used(Usage.reported(10, 5, 0, 0));
        call.finishReason(finishReason);
        if (!call.isStream()) {
            exchange.getMessage()
                    .setBody(new Answer(
                            null, Completion.whole(call, "m", message.deepCopy(), finishReason, Usage.NONE)));
            return;
        }
        List<StreamEvent> events = new ArrayList<>();
        events.add(chunk(call, Json.object().put("role", "assistant").put("content", ""), null));
        String content = message.path("content").asText("");
        for (int i = 0; i < content.length(); i += piece) {
            String part = content.substring(i, Math.min(content.length(), i + piece));
            events.add(chunk(call, Json.object().put("content", part), null));
        }
        String arguments = message.at("/tool_calls/0/function/arguments").asText("");
        for (int i = 0; i < arguments.length(); i += piece) {
            ObjectNode delta = Json.object();
            delta.putArray("tool_calls")
                    .addObject()
                    .put("index", 0)
                    .putObject("function")
                    .put("arguments", arguments.substring(i, Math.min(arguments.length(), i + piece)));
            events.add(chunk(call, delta, null));
        }
        events.add(chunk(call, Json.object(), finishReason));
        exchange.getMessage().setBody(TokenStream.of(events));
    }

    private static StreamEvent chunk(Call call, ObjectNode delta, String finish) {
        return Completion.chunk(Completion.head(call, "chat.completion.chunk", "m"), 0, delta, finish);
    }

    double counted(String reason) {
        return meters.get("llm.answers.flagged").tag("reason", reason).counter().count();
    }

    @Override
    public void close() {
        context.stop();
    }
}
