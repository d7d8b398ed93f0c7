package io.github.camelllm.guard;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Completion;
import io.github.camelllm.call.Identity;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.call.Usage;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Step;
import io.github.camelllm.testkit.ManualTicker;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** A route with one step before a model that answers what a test says. */
final class GuardedChain implements AutoCloseable {

    final ManualTicker ticker = new ManualTicker();
    final DefaultCamelContext context = new DefaultCamelContext();
    /** The requests as they came to the model. */
    final List<ObjectNode> seen = new ArrayList<>();
    /** Makes an answer of the system messages. */
    volatile UnaryOperator<String> model = system -> "fine";
    /** As many characters has each event of a stream. */
    volatile int pace = 1;

    private final ProducerTemplate template;

    /**
     * What became of a call.
     *
     * @param exchange with the properties that the step has set
     * @param text the answer's; of a stream as much as came
     * @param failure null when it is whole
     */
    record Outcome(Call call, Exchange exchange, String text, Throwable failure) {

        /** The exchange property {@code llm.guard}. */
        String guarded() {
            return exchange.getProperty(Guard.PROPERTY, String.class);
        }
    }

    GuardedChain(Step step) throws Exception {
        this(step, "");
    }

    /** @param more routes that a test needs besides */
    GuardedChain(Step step, String more) throws Exception {
        this(step, "", more);
    }

    /** @param between lines of YAML between the step, which they know as {@code step}, and the model */
    GuardedChain(Step step, String between, String more) throws Exception {
        context.getRegistry().bind("ticker", ticker);
        context.getRegistry().bind("client", new Client());
        context.getRegistry().bind("step", step);
        context.getRegistry().bind("model", (Processor) this::answer);
        String yaml =
                """
                - errorHandler:
                    noErrorHandler: {}
                - route:
                    from:
                      uri: direct:in
                      steps:
                        - policy: { ref: client }
                        - policy: { ref: step }
                """
                        + between.indent(8)
                        + """
                        - process: { ref: model }
                """
                        + more;
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("test.camel.yaml", yaml));
        context.start();
        template = context.createProducerTemplate();
    }

    private void answer(Exchange exchange) {
        Call call = Calls.of(exchange);
        seen.add(call.getRequest().snapshot());
        StringBuilder system = new StringBuilder();
        call.getRequest().tree().path("messages").forEach(message -> {
            if (message.path("role").asText().equals("system")) {
                system.append(message.path("content").asText());
            }
        });
        String text = model.apply(system.toString());
        ObjectNode message = Json.object().put("role", "assistant").put("content", text);
        exchange.getMessage()
                .setBody(
                        call.isStream()
                                ? stream(call, text)
                                : new Answer(null, Completion.whole(call, "m", message, "stop", Usage.NONE)));
    }

    private TokenStream stream(Call call, String text) {
        List<StreamEvent> events = new ArrayList<>();
        for (int i = 0; i < text.length(); i += pace) {
            String piece = text.substring(i, Math.min(text.length(), i + pace));
            events.add(chunk(call, Json.object().put("content", piece), null));
        }
        events.add(chunk(call, Json.object(), "stop"));
        return TokenStream.of(events);
    }

    private static StreamEvent chunk(Call call, ObjectNode delta, String finish) {
        return Completion.chunk(Completion.head(call, "chat.completion.chunk", "m"), 0, delta, finish);
    }

    /** Asks with messages: pairs of role and text. */
    Outcome ask(String... messages) {
        return send(request(false, messages));
    }

    static ObjectNode request(boolean stream, String... messages) {
        ObjectNode request = Json.object().put("model", "auto").put("stream", stream);
        ArrayNode list = request.putArray("messages");
        for (int i = 0; i < messages.length; i += 2) {
            list.addObject().put("role", messages[i]).put("content", messages[i + 1]);
        }
        return request;
    }

    Outcome send(ObjectNode json) {
        return send(json, Identity.ANONYMOUS.tenant());
    }

    /** Asks for a tenant. */
    Outcome send(ObjectNode json, String tenant) {
        Request request = new Request(json.toString().getBytes(StandardCharsets.UTF_8));
        Call call = new Call(ticker, Operation.CHAT, new CallHeaders(), null, request);
        call.identify(new Identity("key", tenant, "user", "team", "free", Set.of()));
        Exchange exchange = new DefaultExchange(context);
        Calls.attach(exchange, call);
        Exchange done = template.send("direct:in", exchange);
        return new Outcome(call, done, done.getProperty("said", "", String.class), done.getException());
    }

    /** The text of a message as the model got it last. */
    String toModel(int message) {
        return seen.get(seen.size() - 1)
                .path("messages")
                .path(message)
                .path("content")
                .asText();
    }

    /** Reads the answer to its end while its exchange is under way, as a client does. */
    private static final class Client extends Step {
        @Override
        protected void around(Call call, Exchange exchange, Chain next) throws Exception {
            next.proceed();
            Object body = exchange.getMessage().getBody();
            if (body instanceof Answer answer) {
                exchange.setProperty(
                        "said", answer.tree().at("/choices/0/message/content").asText());
            } else if (body instanceof TokenStream stream) {
                StringBuilder said = new StringBuilder();
                try (stream) {
                    for (StreamEvent event = stream.next(); event != null; event = stream.next()) {
                        said.append(event.json().at("/choices/0/delta/content").asText(""));
                        exchange.setProperty("said", said.toString());
                    }
                }
            }
        }
    }

    @Override
    public void close() {
        context.stop();
    }
}
