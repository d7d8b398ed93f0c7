package io.github.camelllm.cache;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Completion;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.call.Usage;
import io.github.camelllm.step.Calls;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** What the step {@code cache} takes of a call's time, without the model: all that it does, for a request of 2 KB. */
public final class CacheCost implements AutoCloseable {

    private static final int WARM = 100_000;
    private static final int MEASURED = 200_000;
    private static final int KNOWN = 1_000;
    private static final int PROMPT = 1_900;
    private static final int ANSWER = 700;

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final Cache cache = new Cache();
    private int number;

    /** The 50th and 99th percentile in microseconds. */
    public record Micros(double p50, double p99) {}

    /** @param tiers the tiers that are asked */
    public CacheCost(String tiers) throws Exception {
        cache.setTiers(tiers);
        context.getRegistry().bind("cache", cache);
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(ResourceHelper.fromString(
                        "bench.camel.yaml",
                        "- route:\n    from:\n      uri: direct:in\n      steps:\n"
                                + "        - policy: { ref: cache }\n        - log: { message: x }\n"));
        context.start();
    }

    /** A question that nobody has asked: naming it, looking for it, keeping its answer, evicting another. */
    public Micros miss() throws Exception {
        run(WARM, false);
        return run(MEASURED, false);
    }

    /** One of a thousand that are known: naming it, finding its answer, parsing that. */
    public Micros hit() throws Exception {
        cache.drop(kept -> true); // what has come by only once would keep newcomers out
        for (int i = 0; i < KNOWN; i++) {
            number = i;
            once(false);
        }
        run(WARM, true);
        return run(MEASURED, true);
    }

    private Micros run(int times, boolean hits) throws Exception {
        double[] each = new double[times];
        for (int i = 0; i < times; i++) {
            number = hits ? i % KNOWN : number + 1;
            each[i] = once(hits) / 1e3;
        }
        Arrays.sort(each);
        return new Micros(each[times / 2], each[(int) (times * 0.99)]);
    }

    private long once(boolean hit) throws Exception {
        String text =
                String.format("%010d ", number) + "Summarise the minutes of the planning group. ".repeat(PROMPT / 45);
        String json =
                "{\"model\":\"gpt-4o-mini\",\"messages\":[{\"role\":\"system\",\"content\":\"You write short summaries.\"},"
                        + "{\"role\":\"user\",\"content\":\"" + text + "\"}],\"temperature\":0,\"max_tokens\":200}";
        Call call = new Call(
                Ticker.SYSTEM,
                Operation.CHAT,
                new CallHeaders(),
                null,
                new Request(json.getBytes(StandardCharsets.UTF_8)));
        call.getRequest().tree(); // whoever stands above has parsed it
        Exchange exchange = new DefaultExchange(context);
        Calls.attach(exchange, call);
        Answer answer = new Answer(
                null,
                Completion.whole(
                        call,
                        "m",
                        Json.object().put("role", "assistant").put("content", "x".repeat(ANSWER)),
                        "stop",
                        Usage.NONE));
        Answer received = new Answer(answer.bytes(), answer.tree());
        call.finishReason("stop");
        long from = System.nanoTime();
        cache.around(call, exchange, () -> exchange.getMessage().setBody(received));
        long took = System.nanoTime() - from;
        if (hit != call.getCache().equals("hit")) {
            throw new IllegalStateException("a " + call.getCache() + " where another was to be measured");
        }
        return took;
    }

    @Override
    public void close() {
        context.stop();
    }
}
