package io.github.camelllm.privacy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Completion;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.call.Usage;
import io.github.camelllm.step.Calls;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** What the step {@code redact} takes of a call's time, without the model: the request redacted, the answer looked at and put back. */
public final class RedactionCost implements AutoCloseable {

    private static final int WARM = 3_000;
    private static final int MEASURED = 3_000;
    private static final int PIECE = 5;

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final Redact redact = new Redact();

    /** The 50th and 99th percentile in milliseconds. */
    public record Millis(double p50, double p99) {}

    public RedactionCost() throws Exception {
        context.getRegistry().bind("redact", redact);
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(ResourceHelper.fromString(
                        "bench.camel.yaml",
                        "- route:\n    from:\n      uri: direct:in\n      steps:\n"
                                + "        - policy: { ref: redact }\n        - log: { message: x }\n"));
        context.start();
    }

    /** A request of that text, whose answer is the text that the model got. */
    public Millis of(String text) throws Exception {
        return run(text, false);
    }

    /** The same with the answer as a stream of pieces of five characters: the time that one of them takes. */
    public Millis eventOf(String text) throws Exception {
        Millis all = run(text, true);
        double events = Math.ceil((double) text.length() / PIECE);
        return new Millis(all.p50() / events, all.p99() / events);
    }

    private Millis run(String text, boolean stream) throws Exception {
        for (int i = 0; i < WARM; i++) {
            once(text, stream);
        }
        double[] each = new double[MEASURED];
        for (int i = 0; i < MEASURED; i++) {
            each[i] = once(text, stream) / 1e6;
        }
        Arrays.sort(each);
        return new Millis(each[MEASURED / 2], each[MEASURED * 99 / 100]);
    }

    private long once(String text, boolean stream) throws Exception {
        ObjectNode tree = Json.object().put("model", "m");
        tree.putArray("messages").addObject().put("role", "user").put("content", text);
        Call call = new Call(Ticker.SYSTEM, Operation.CHAT, new CallHeaders(), null, new Request(tree));
        Exchange exchange = new DefaultExchange(context);
        Calls.attach(exchange, call);
        long[] model = {0};
        long from = System.nanoTime();
        redact.around(call, exchange, () -> {
            long began = System.nanoTime();
            exchange.getMessage().setBody(stream ? stream(call) : answer(call));
            model[0] = System.nanoTime() - began;
        });
        if (exchange.getMessage().getBody() instanceof TokenStream answer) {
            from = System.nanoTime();
            model[0] = 0;
            while (answer.next() != null) {
                Thread.onSpinWait();
            }
        }
        return System.nanoTime() - from - model[0];
    }

    private static String echo(Call call) {
        JsonNode messages = call.getRequest().tree().path("messages");
        return messages.get(messages.size() - 1).path("content").textValue();
    }

    private static Answer answer(Call call) {
        return new Answer(
                null,
                Completion.whole(
                        call,
                        "m",
                        Json.object().put("role", "assistant").put("content", echo(call)),
                        "stop",
                        Usage.NONE));
    }

    private static TokenStream stream(Call call) {
        String text = echo(call);
        List<StreamEvent> events = new ArrayList<>();
        for (int at = 0; at < text.length(); at += PIECE) {
            events.add(Completion.chunk(
                    Completion.head(call, "chat.completion.chunk", "m"),
                    0,
                    Json.object().put("content", text.substring(at, Math.min(text.length(), at + PIECE))),
                    null));
        }
        return TokenStream.of(events);
    }

    @Override
    public void close() {
        context.stop();
    }
}
