package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.GatewayProcess;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.Metrics;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * Edits of all kinds, one after the other, while plain calls and streams run: none may fail, no event may get lost, and a limit
 * holds to the last call. {@code -Plive-edit} makes 1,000 of them.
 */
@TestInstance(Lifecycle.PER_CLASS)
class LiveEditLoadIT {

    private static final int EDITS = Integer.getInteger("live.edits", 40);
    private static final int LIMIT = 25;
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String ROUTES = "routes/gateway.camel.yaml";
    private static final String MODELS = "routes/models.camel.yaml";
    private static final List<String> WORDS =
            List.of("a ", "stream ", "of ", "eight ", "events ", "in ", "order ", "here");

    private FakeUpstream upstream;
    private GatewaySetup setup;
    private GatewayProcess gateway;
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicInteger plain = new AtomicInteger();
    private final AtomicInteger streams = new AtomicInteger();
    private final AtomicInteger within = new AtomicInteger();
    private final AtomicInteger beyond = new AtomicInteger();

    @BeforeAll
    void start() throws Exception {
        upstream = FakeUpstream.start();
        upstream.always(received -> received.json().path("stream").asBoolean(false)
                ? Reply.sse(ChatScript.of(WORDS).sse().every(Duration.ofMillis(40)))
                : Reply.json(200, ChatScript.of("Hello.").json()));
        setup = GatewaySetup.shipped().upstream(upstream).property("llm.reload.quiet", "50ms");
        setup.model("steady", GatewayAcceptance.NO_BREAKER);
        setup.model("limited", GatewayAcceptance.NO_BREAKER);
        setup.write("config/limits.yaml", limits(1));
        setup.env("JAVA_OPTS", "-Xmx256m");
        gateway = setup.start();
    }

    @AfterAll
    void stop() throws IOException {
        if (gateway != null) {
            gateway.close();
        }
        upstream.close();
    }

    private static String limits(int edit) {
        return "limits:\n  - { scope: model, of: limited, requests: " + LIMIT + ", per: day }\n"
                + "  - { scope: model, of: other, requests: " + edit + ", per: day }\n";
    }

    @Test
    void noCallFailsNoEventIsLostAndNoLimitIsPassed() throws Exception {
        List<Thread> load = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            load.add(begin(this::call));
            load.add(begin(this::stream));
        }
        load.add(begin(this::limited));
        long began = System.nanoTime();
        for (int edit = 0; edit < EDITS && failures.isEmpty(); edit++) {
            double before = reloads();
            edit(edit);
            await(() -> reloads() > before, "edit " + edit + " was not looked at");
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        stopped.set(true);
        for (Thread thread : load) {
            thread.join(SOON.toMillis());
        }
        assertThat(failures).isEmpty();
        assertThat(within.get()).isEqualTo(LIMIT);
        assertThat(beyond.get()).isPositive();
        int all = plain.get() + streams.get() + within.get() + beyond.get();
        await(() -> counted() == all, "the calls that were made are not the calls that were counted: " + all);
        System.out.printf(
                "live edit: %d edits in %.0f s, meanwhile %d plain calls and %d streams of %d events; %s%n",
                EDITS, seconds, plain.get(), streams.get(), WORDS.size(), outcome());
    }

    private Thread begin(Work work) {
        Thread thread = new Thread(() -> {
            while (!stopped.get()) {
                try {
                    work.run();
                } catch (Exception | AssertionError e) {
                    failures.add(Thread.currentThread().getName() + ": " + e);
                }
            }
        });
        thread.start();
        return thread;
    }

    @FunctionalInterface
    private interface Work {
        void run() throws Exception;
    }

    private void call() throws Exception {
        RawResponse response = post("steady");
        plain.incrementAndGet();
        if (response.status() != 200 || !response.text().contains("Hello.")) {
            failures.add("a plain call: " + response);
        }
        Thread.sleep(20);
    }

    private void limited() throws Exception {
        RawResponse response = post("limited");
        (response.status() == 200 ? within : beyond).incrementAndGet();
        if (response.status() != 200 && response.status() != 429) {
            failures.add("a limited call: " + response);
        }
        Thread.sleep(200);
    }

    private RawResponse post(String model) throws IOException {
        return RawClient.post(gateway.port(), GatewayAcceptance.CHAT, GatewayAcceptance.chatJson(model));
    }

    private void stream() throws Exception {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.postJson(GatewayAcceptance.CHAT, GatewayAcceptance.chatJson("steady", "\"stream\":true"));
            RawResponse head = client.head();
            List<String> events = head.status() == 200 ? client.events() : List.of(head.toString());
            streams.incrementAndGet();
            String text = String.join("", events);
            int at = -1;
            for (String word : WORDS) {
                at = text.indexOf("\"" + word + "\"", at + 1);
                if (at < 0) {
                    failures.add("a stream lacks '" + word + "': " + text);
                    return;
                }
            }
            if (!events.get(events.size() - 1).contains("[DONE]")) {
                failures.add("a stream does not end: " + text);
            }
        }
    }

    /** One of twelve kinds. */
    private void edit(int number) throws Exception {
        switch (number % 12) {
            case 0 -> swapped("guard", "redact");
            case 1 -> setup.append(MODELS, extra(number));
            case 2 -> setup.append(ROUTES, "- route: { id: broken, from: { uri: direct:broken, steps: [\n");
            case 3 -> { // mended, and a model is another one
                change(ROUTES, text -> text.replaceAll("(?m)^- route: \\{ id: broken.*\\R?", ""));
                change(
                        MODELS,
                        text -> text.replaceFirst(
                                "(value: steady \\}\\R)",
                                "$1      - { name: contextWindow, value: \"" + (100_000 + number) + "\" }\n"));
            }
            case 4 -> halfWritten(number);
            case 5 ->
                change(
                        MODELS,
                        text -> text.replaceAll("      - \\{ name: contextWindow, value: \"10\\d{4}\" }\\R", ""));
            case 6 ->
                change(ROUTES, text -> text.replaceFirst("retries: \\d", "retries: " + ((number / 12 + 1) % 2 + 1)));
            case 7 -> setup.write("config/limits.yaml", limits(number + 1));
            case 8 ->
                change(
                        ROUTES,
                        text -> text.contains("step-of-mine")
                                ? text.replaceAll("(?m)^.*step-of-mine.*\\R", "")
                                : text.replaceFirst(
                                        "(?m)^( +- policy: \\{ ref: \\w*[iI]nspect }.*\\R)",
                                        "        - setProperty: { name: step-of-mine, constant: \"" + number
                                                + "\" }\n$1"));
            case 9 ->
                toggled( // who is told of finished calls
                        "routes/completed.camel.yaml",
                        "(?m)^( +- process: \\{ ref: \\w*[lL]edger }.*\\R)",
                        "        - setProperty: { name: line-of-mine, constant: \"" + number + "\" }\n");
            case 10 ->
                toggled( // where HTTP calls come in
                        "routes/http.camel.yaml",
                        "(?m)^( +- policy: \\{ ref: \\w*[hH]ttp }\\R +- to: .*\\R)",
                        "        - setProperty: { name: line-of-mine, constant: \"" + number + "\" }\n");
            default -> change(MODELS, text -> text.replaceAll("(?s)# extra.*?# end\\R?", ""));
        }
    }

    /** Puts a line before another, or takes it out if it is there. */
    private void toggled(String file, String before, String line) {
        change(
                file,
                text -> text.contains("line-of-mine")
                        ? text.replaceAll("(?m)^.*line-of-mine.*\\R", "")
                        : text.replaceFirst(before, line + "$1"));
    }

    private static String extra(int number) {
        return "# extra\n- templatedRoute:\n    routeTemplateRef: simulator\n    routeId: llm-model-extra" + number
                + "\n    parameters:\n      - { name: model, value: extra" + number + " }\n# end\n";
    }

    private void change(String file, UnaryOperator<String> change) {
        String before = setup.read(file);
        String after = change.apply(before);
        assertThat(after).as("an edit changes %s", file).isNotEqualTo(before);
        setup.write(file, after);
    }

    /** Two lines of the chain change places. */
    private void swapped(String one, String other) {
        Pattern lines = Pattern.compile("(?mi)^( +- policy: \\{ ref: (?:llm)?(?:" + one + "|" + other + ") }.*\\R)"
                + "( +- policy: \\{ ref: (?:llm)?(?:" + one + "|" + other + ") }.*\\R)");
        change(ROUTES, text -> lines.matcher(text).replaceFirst("$2$1"));
    }

    /** A file is there by halves for a while, as an editor or a copy over the network leaves it. */
    private void halfWritten(int number) throws Exception {
        Path file = setup.directory().resolve(MODELS);
        String whole = setup.read(MODELS) + extra(number);
        double before = reloads();
        Files.writeString(file, whole.substring(0, whole.length() / 2));
        await(() -> reloads() > before, "half a file was not looked at");
        Files.writeString(file, whole);
    }

    private Map<String, Integer> outcome() throws IOException {
        Metrics metrics = gateway.metrics();
        return Map.of(
                "applied", (int) metrics.sum("llm_config_reloads_total", "result", "applied"),
                "refused", (int) metrics.sum("llm_config_reloads_total", "result", "refused"));
    }

    private double reloads() throws IOException {
        return gateway.metrics().sum("llm_config_reloads_total");
    }

    private int counted() throws IOException {
        return (int) gateway.metrics().sum("llm_requests_total");
    }

    @FunctionalInterface
    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition, String otherwise) throws Exception {
        long until = System.nanoTime() + SOON.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > until) {
                throw new AssertionError(otherwise);
            }
            Thread.sleep(20);
        }
    }
}
