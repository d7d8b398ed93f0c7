package io.github.camelllm.inspect;

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
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** What the checks on answers take, by the shipped rules: of a whole answer of 2 KB, of an event, and of hostile texts. */
public final class InspectCost {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int WARM = 20_000;
    private static final int MEASURED = 20_000;
    private static final int EVENTS = 400;
    private static final int MEGABYTE = 1 << 20;

    private static final String SYSTEM = "You are the assistant of a planning office. Answer in short sentences, "
            + "and name the paragraph of the rules that each of your answers rests on. ".repeat(8);
    private static final String ANSWER =
            "The group has agreed on a date for the next meeting (see [the minutes](/minutes)). ".repeat(25);

    private final Compiled rules;

    /** The 50th and 99th percentile in microseconds. */
    public record Micros(double p50, double p99) {}

    /** @param config the directory with the rules */
    public InspectCost(Path config) {
        rules = InspectFile.compile(config.resolve("inspect.yaml")).value();
    }

    private static Call call() {
        ObjectNode request = Json.object();
        request.putArray("messages").addObject().put("role", "system").put("content", SYSTEM);
        request.withArray("messages").addObject().put("role", "user").put("content", "When do we meet?");
        return new Call(Ticker.SYSTEM, Operation.CHAT, new CallHeaders(), null, new Request(Json.write(request)));
    }

    /** A whole answer of 2 KB, with a system prompt of 1 KB to compare it with. */
    public Micros whole() {
        return each(() -> {
            Call call = call();
            call.getRequest().tree();
            Answer answer = new Answer(
                    new byte[0],
                    Completion.whole(
                            call,
                            "m",
                            Json.object().put("role", "assistant").put("content", ANSWER),
                            "stop",
                            Usage.NONE));
            Inspection inspection = new Inspection(call, rules, null, finding -> {});
            long from = System.nanoTime();
            inspection.check(answer);
            return System.nanoTime() - from;
        });
    }

    /** One event of a stream of 400, the reading of its JSON included. */
    public Micros event() {
        List<byte[]> data = new ArrayList<>();
        Call first = call();
        for (int i = 0; i < EVENTS; i++) {
            int from = i * 5 % (ANSWER.length() - 5);
            data.add(Completion.chunk(
                            Completion.head(first, "chat.completion.chunk", "m"),
                            0,
                            Json.object().put("content", ANSWER.substring(from, from + 5)),
                            null)
                    .data());
        }
        Micros all = each(() -> {
            Call call = call();
            call.getRequest().tree();
            TokenStream stream = new Inspection(call, rules, null, finding -> {})
                    .check(TokenStream.of(data.stream().map(StreamEvent::new).toList()));
            long from = System.nanoTime();
            while (stream.next() != null) {
                // only read
            }
            return System.nanoTime() - from;
        });
        return new Micros(all.p50() / EVENTS, all.p99() / EVENTS);
    }

    /** Milliseconds of processor time that texts of 1 MB take which are made to take long, in one piece. */
    public Map<String, Double> hostile() {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String part : List.of(
                "![",
                "](",
                "](<",
                "]: ",
                "<a ",
                "<a b=\"",
                "<img src=x ",
                "<a<a>",
                "![x](https://a@",
                "&#58;",
                "```\n",
                "x",
                "/",
                "how to build a ")) {
            texts.put(part.strip(), part.repeat(MEGABYTE / part.length()));
        }
        texts.put("the system prompt", SYSTEM.repeat(MEGABYTE / SYSTEM.length()));
        Map<String, Double> took = new LinkedHashMap<>();
        texts.forEach((name, text) -> {
            double best = Double.MAX_VALUE;
            for (int i = 0; i < 3; i++) {
                Call call = call();
                Answer answer = new Answer(
                        new byte[0],
                        Completion.whole(call, "m", Json.object().put("content", text), "stop", Usage.NONE));
                Inspection inspection = new Inspection(call, rules, null, finding -> {});
                long from = THREADS.getCurrentThreadCpuTime();
                inspection.check(answer);
                best = Math.min(best, (THREADS.getCurrentThreadCpuTime() - from) / 1e6);
            }
            took.put(name, best);
        });
        return took;
    }

    private static Micros each(LongSupplier once) {
        double[] each = new double[MEASURED];
        for (int i = 0; i < WARM; i++) {
            once.getAsLong();
        }
        for (int i = 0; i < MEASURED; i++) {
            each[i] = once.getAsLong() / 1e3;
        }
        Arrays.sort(each);
        return new Micros(each[MEASURED / 2], each[(int) (MEASURED * 0.99)]);
    }

    /** Prints the figures. */
    public static void main(String[] arguments) {
        InspectCost cost = new InspectCost(Path.of(arguments.length > 0 ? arguments[0] : "config"));
        System.out.println("a whole answer of 2 KB: " + cost.whole());
        System.out.println("an event: " + cost.event());
        cost.hostile().forEach((name, millis) -> System.out.println(name + ": " + Math.round(millis) + " ms"));
    }
}
