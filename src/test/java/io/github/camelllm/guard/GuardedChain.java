package io.github.camelllm.guard;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Completion;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.call.Usage;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Step;
import io.github.camelllm.testkit.ManualTicker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    final List<ObjectNode> seen = new ArrayList<>();
    volatile UnaryOperator<String> model = system -> "fine";
    /** As many characters has each event of a stream. */
    volatile int pace = 1;

    private final ProducerTemplate template;

    /**
     * What became of a call.
     *
     * @param text the answer's; of a stream as much as came
     * @param failure null when it is whole
     */
    record Outcome(Call call, Exchange exchange, String text, Throwable failure) {}

    GuardedChain(Step step) throws Exception {
        this(step, "");
    }

    /** @param more routes that a test needs besides */
    GuardedChain(Step step, String more) throws Exception {
        context.getRegistry().bind("ticker", ticker);
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
                        - policy: { ref: step }
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
        Answer whole = new Answer(null, Completion.whole(call, "m", message, "stop", Usage.NONE));
        exchange.getMessage().setBody(call.isStream() ? stream(text) : whole);
    }

    private TokenStream stream(String text) {
        List<StreamEvent> events = new ArrayList<>();
        for (int i = 0; i < text.length(); i += pace) {
            ObjectNode event = Json.object().put("id", "x");
            ObjectNode choice = event.putArray("choices").addObject().put("index", 0);
            choice.putObject("delta").put("content", text.substring(i, Math.min(text.length(), i + pace)));
            choice.putNull("finish_reason");
            events.add(new StreamEvent(event));
        }
        ObjectNode last = Json.object().put("id", "x");
        last.putArray("choices")
                .addObject()
                .put("index", 0)
                .put("finish_reason", "stop")
                .putObject("delta");
        events.add(new StreamEvent(last));
        return TokenStream.of(events);
    }

    /** Asks with messages: pairs of role and text. */
    Outcome ask(String... messages) {
        return send(request(false, messages));
    }

    Outcome askStreamed(String... messages) {
        return send(request(true, messages));
    }

    static String request(boolean stream, String... messages) {
        ObjectNode request = Json.object().put("model", "auto").put("stream", stream);
        var list = request.putArray("messages");
        for (int i = 0; i < messages.length; i += 2) {
            list.addObject().put("role", messages[i]).put("content", messages[i + 1]);
        }
        return request.toString();
    }

    Outcome send(String json) {
        Call call = new Call(
                ticker, Operation.CHAT, new CallHeaders(), null, new Request(json.getBytes(StandardCharsets.UTF_8)));
        Exchange exchange = new DefaultExchange(context);
        Calls.attach(exchange, call);
        StringBuilder text = new StringBuilder();
        Throwable[] failure = {null};
        // Reads within the exchange, as the ingress does.
        Exchange done = template.send("direct:in", exchange);
        failure[0] = done.getException();
        Object body = done.getMessage().getBody();
        if (failure[0] == null && body instanceof Answer answer) {
            text.append(answer.tree().at("/choices/0/message/content").asText());
        }
        return new Outcome(call, done, text.toString(), failure[0]);
    }

    /** The same as a stream, read where the ingress would. */
    Outcome read(String json) throws Exception {
        Call call = new Call(
                ticker, Operation.CHAT, new CallHeaders(), null, new Request(json.getBytes(StandardCharsets.UTF_8)));
        StringBuilder text = new StringBuilder();
        Throwable[] failure = {null};
        Exchange exchange = new DefaultExchange(context);
        Calls.attach(exchange, call);
        try {
            context.createProducerTemplate();
            Processor in = context.getRoutes().get(0).getProcessor();
            in.process(exchange);
            failure[0] = exchange.getException();
            if (exchange.getMessage().getBody() instanceof TokenStream stream) {
                for (StreamEvent event = stream.next(); event != null; event = stream.next()) {
                    text.append(event.json().at("/choices/0/delta/content").asText(""));
                }
            }
        } catch (RuntimeException e) {
            failure[0] = e;
        }
        return new Outcome(call, exchange, text.toString(), failure[0]);
    }

    @Override
    public void close() {
        context.stop();
    }

    static Path none() {
        return Path.of("config/guard.yaml");
    }
}
