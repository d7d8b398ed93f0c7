package io.github.camelllm.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Camel's EIPs at five places of a gateway's routes, for plain answers and for streams: none is refused, cut or lost. What is
 * seen is the table of {@code docs/eips.md}; {@code -Deips.write=true} writes it anew.
 */
class EipTableTest {

    private static final Path PAGE = Path.of("docs/eips.md");
    private static final String HERE = "- to: { uri: \"direct:here-PLACE\" }";

    /** Where an EIP stands. */
    enum Place {
        ABOVE_THE_CHAIN("before the chain"),
        AROUND_THE_CHAIN("after the chain"),
        BETWEEN_STEPS("above a step"),
        BEHIND_A_STEP("below a step, on the way back"),
        AT_THE_MODEL("around the model");

        private final String label;

        Place(String label) {
            this.label = label;
        }
    }

    /** Lines of YAML; {@code REST} stands for what goes on, which the other lines come before unless they hold it. */
    private static final Map<String, String> EIPS = new LinkedHashMap<>();

    static {
        EIPS.put("log ${body}", "- log: { loggingLevel: ERROR, message: \"${body}\" }");
        EIPS.put("to log:", "- to: { uri: \"log:seen?level=ERROR&showAll=true\" }");
        EIPS.put("setHeader", "- setHeader: { name: X-Seen, simple: \"${header.X-Team} ${exchangeId}\" }");
        EIPS.put("setProperty ${body}", "- setProperty: { name: seen, simple: \"${body}\" }");
        EIPS.put("removeHeaders", "- removeHeaders: { pattern: \"X-*\" }");
        EIPS.put("wireTap", "- wireTap: { uri: \"direct:tap\" }");
        EIPS.put(
                "choice",
                "- choice:\n    when:\n      - simple: \"${header.X-Team} == 'a'\"\n        steps:\n          REST\n"
                        + "    otherwise:\n      steps:\n        - setBody: { constant: wrong }");
        EIPS.put("filter", "- filter:\n    simple: \"${header.X-Team} == 'a'\"\n    steps:\n      REST");
        EIPS.put(
                "circuitBreaker",
                "- circuitBreaker:\n    steps:\n      REST\n    onFallback:\n      steps:\n"
                        + "        - setBody: { constant: fallen }");
        EIPS.put("throttle", "- throttle: { expression: { constant: \"100\" }, timePeriodMillis: \"1000\" }");
        EIPS.put("delay", "- delay: { expression: { constant: \"5\" } }");
        EIPS.put("delay, asynchronous", "- delay: { expression: { constant: \"5\" }, asyncDelayed: true }");
        EIPS.put(
                "enrich",
                "- enrich:\n    expression: { constant: \"direct:tap\" }\n    aggregationStrategy: \"#class:"
                        + "org.apache.camel.processor.aggregate.UseOriginalAggregationStrategy\"");
        EIPS.put(
                "multicast",
                "- multicast:\n    aggregationStrategy: \"#class:"
                        + "org.apache.camel.processor.aggregate.UseLatestAggregationStrategy\"\n    steps:\n"
                        + "      - to: { uri: \"direct:tap\" }\n      REST");
        EIPS.put(
                "multicast, parallel",
                "- multicast:\n    parallelProcessing: true\n    aggregationStrategy: \"#keep\"\n"
                        + "    steps:\n      - to: { uri: \"direct:tap\" }\n      REST");
        EIPS.put("recipientList", "- recipientList: { constant: \"direct:here-PLACE\" }");
        EIPS.put("routingSlip", "- routingSlip: { expression: { constant: \"direct:here-PLACE\" } }");
        EIPS.put("seda", "- to: { uri: \"seda:here-PLACE?waitForTaskToComplete=Always\" }");
        EIPS.put("threads", "- threads: { poolSize: \"2\", maxPoolSize: \"4\" }");
        EIPS.put("loadBalance", "- loadBalance:\n    roundRobinLoadBalancer: {}\n    steps:\n      REST");
        EIPS.put("loadBalance, failover", "- loadBalance:\n    failoverLoadBalancer: {}\n    steps:\n      REST");
        EIPS.put(
                "doTry",
                "- doTry:\n    steps:\n      REST\n    doCatch:\n      - exception: [ java.lang.Exception ]\n"
                        + "        steps:\n          - setBody: { constant: caught }\n    doFinally:\n      steps:\n"
                        + "        - log: { message: finally }");
        EIPS.put(
                "saga",
                "- to: { uri: \"direct:saga-PLACE\" }"); // at the top of a route of its own: Camel allows no other
        // place
        EIPS.put(
                "split … aggregate",
                "- split:\n    simple: \"${body}\"\n    delimiter: \"false\"\n    aggregationStrategy: \"#class:"
                        + "org.apache.camel.processor.aggregate.StringAggregationStrategy\"\n    steps:\n      REST");
        EIPS.put("loop, once", "- loop:\n    constant: \"1\"\n    steps:\n      REST");
        EIPS.put(
                "idempotentConsumer",
                "- idempotentConsumer:\n    idempotentRepository: \"#seen\"\n"
                        + "    simple: \"${exchangeId}\"\n    steps:\n      REST");
        EIPS.put("pipeline", "- pipeline:\n    steps:\n      REST");
        EIPS.put("step", "- step:\n    id: named-PLACE\n    steps:\n      REST");
        EIPS.put("convertBodyTo String", "- convertBodyTo: { type: String }");
        EIPS.put("process", "- process: { ref: nothing }");
        EIPS.put(
                "claimCheck",
                "- claimCheck: { operation: Push }\n- setBody: { constant: aside }\n- claimCheck: { operation: Pop }");
        EIPS.put("setProperty ${bodyAs(String)}", "- setProperty: { name: seen, simple: \"${bodyAs(String)}\" }");
    }

    private static final Map<String, Map<String, String>> SEEN = new LinkedHashMap<>();

    private static FakeUpstream upstream;
    private static EditedChain chain;

    @BeforeAll
    static void start() throws Exception {
        upstream = FakeUpstream.start();
        StringBuilder routes = new StringBuilder(
                """
                - beans:
                    - { name: saga, type: org.apache.camel.saga.InMemorySagaService }
                    - { name: seen, type: org.apache.camel.support.processor.idempotent.MemoryIdempotentRepository }
                    - { name: nothing, type: io.github.camelllm.ingress.EipTableTest$Nothing }
                    - { name: keep, type: io.github.camelllm.ingress.EipTableTest$KeepTheAnswer }
                """);
        for (String eip : EIPS.keySet()) {
            for (Place place : Place.values()) {
                routes.append(routes(eip, place));
            }
        }
        routes.append(EditedChain.route("direct:tap", "- setHeader: { name: tapped, simple: \"${body}\" }"));
        chain = new EditedChain.Setup().more(routes.toString()).start(upstream);
    }

    @AfterAll
    static void stop() throws Exception {
        chain.close();
        upstream.close();
        theTableIsThatOfTheDocs();
    }

    static Stream<String> eips() {
        return EIPS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("eips")
    void isServedWhereverItStands(String name) throws Exception {
        Map<String, String> row = new LinkedHashMap<>();
        for (Place place : Place.values()) {
            String path = "/eips/" + number(name, place);
            upstream.reset();
            answering();
            RawResponse plain = RawClient.post(chain.port(), path, body(false), "X-Team: a");
            assertThat(plain.status()).as(place + ", plain: " + plain.text()).isEqualTo(200);
            assertThat(plain.json().at("/choices/0/message/content").asText())
                    .as(place + ", plain: " + plain.text())
                    .isEqualTo("one two three");
            FinishedCall first = chain.awaitFinished(plain.header("X-Request-Id"));
            assertThat(first.errorCode()).isNull();
            row.put(place.label + ", plain", "as it is");
            row.put(place.label + ", stream", streamed(path, place));
            assertThat(upstream.received()).as(place + ": one call each").hasSize(2);
        }
        SEEN.put(name, row);
    }

    private static void answering() {
        upstream.always(request -> request.json().path("stream").asBoolean()
                ? Reply.sse(ChatScript.of("one ", "two ", "three").sse())
                : Reply.json(200, ChatScript.of("one ", "two ", "three").json()));
    }

    private static String body(boolean stream) {
        return "{\"model\":\"m\",\"stream\":" + stream + ",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
    }

    private static String number(String eip, Place place) {
        return new ArrayList<>(EIPS.keySet()).indexOf(eip) + "-" + place.ordinal();
    }

    private static String streamed(String path, Place place) throws Exception {
        List<String> events;
        String id;
        try (RawClient client = RawClient.connect(chain.port())) {
            client.postJson(path, body(true), "X-Team: a");
            RawResponse head = client.head();
            assertThat(head.status()).as(place + ", stream").isEqualTo(200);
            assertThat(head.header("Content-Type")).startsWith("text/event-stream");
            id = head.header("X-Request-Id");
            events = client.events();
        }
        assertThat(events).as(place + ", stream").last().asString().contains("[DONE]");
        StringBuilder text = new StringBuilder();
        for (String event : events) {
            String data = event.substring(event.indexOf("data:") + 5).strip();
            if (!data.equals("[DONE]")) {
                text.append(io.github.camelllm.call.Json.MAPPER
                        .readTree(data)
                        .at("/choices/0/delta/content")
                        .asText(""));
            }
        }
        assertThat(text).as(place + ", stream: " + events).hasToString("one two three");
        FinishedCall record = chain.awaitFinished(id);
        assertThat(record.errorCode()).isNull();
        return record.warnings().stream().anyMatch(warning -> warning.contains("as a whole"))
                ? "whole, with a warning"
                : "event by event";
    }

    private static String routes(String eip, Place place) {
        String number = number(eip, place);
        String call = "- to: { uri: \"direct:chain-" + number + "\" }";
        String rest =
                switch (place) {
                    case ABOVE_THE_CHAIN -> call;
                    case BETWEEN_STEPS -> EditedChain.REST;
                    case AROUND_THE_CHAIN, BEHIND_A_STEP -> "- process: { ref: nothing }";
                    case AT_THE_MODEL -> "- toD: { uri: \"direct:llm-model-${exchangeProperty.llm.model}\" }";
                };
        String edited = lines(EIPS.get(eip)).replace("PLACE", number);
        String policies = EditedChain.REST.substring(0, EditedChain.REST.lastIndexOf("- toD"));
        String http =
                place == Place.ABOVE_THE_CHAIN ? edited : place == Place.AROUND_THE_CHAIN ? call + "\n" + edited : call;
        String chain =
                switch (place) {
                    case BETWEEN_STEPS -> edited;
                    case BEHIND_A_STEP -> EditedChain.REST + "\n" + edited;
                    case AT_THE_MODEL -> policies + edited;
                    default -> EditedChain.REST;
                };
        return EditedChain.http("/eips/" + number, "http", http)
                + EditedChain.route(
                        "direct:chain-" + number,
                        "- policy: { ref: account }\n- policy: { ref: authenticate }\n- policy: { ref: validate }\n"
                                + chain)
                + EditedChain.route("direct:here-" + number, rest)
                + (edited.contains("seda:") ? EditedChain.route("seda:here-" + number, rest) : "")
                + (edited.contains("direct:saga")
                        ? EditedChain.route(
                                "direct:saga-" + number,
                                "- saga:\n    sagaService: saga\n    steps:\n      - to: { uri: \"direct:here-" + number
                                        + "\" }")
                        : "");
    }

    private static String lines(String eip) {
        boolean wraps = eip.contains("REST");
        boolean goes = eip.contains("direct:here") || eip.contains("seda:") || eip.contains("direct:saga");
        return wraps ? eip.replace("REST", HERE) : goes ? eip : eip + "\n" + HERE;
    }

    /** Changes nothing. */
    public static final class Nothing implements org.apache.camel.Processor {
        @Override
        public void process(org.apache.camel.Exchange exchange) {
            // nothing
        }
    }

    /** Of the parts of a parallel multicast, the one that is an answer. */
    public static final class KeepTheAnswer implements org.apache.camel.AggregationStrategy {
        @Override
        public org.apache.camel.Exchange aggregate(org.apache.camel.Exchange before, org.apache.camel.Exchange next) {
            return before == null || next.getMessage().getHeader("tapped") == null ? next : before;
        }
    }

    private static void theTableIsThatOfTheDocs() throws IOException {
        if (SEEN.size() < EIPS.size()) {
            return; // some of them alone were run, or have failed
        }
        String page = Files.readString(PAGE);
        String begin = "<!-- table: EipTableTest -->\n";
        int from = page.indexOf(begin) + begin.length();
        int to = page.indexOf("<!-- end -->", from);
        String table = table();
        if (Boolean.getBoolean("eips.write")) {
            Files.writeString(PAGE, page.substring(0, from) + table + page.substring(to));
        } else {
            assertThat(page.substring(from, to))
                    .as("docs/eips.md is not what is seen; write it with -Deips.write=true")
                    .isEqualTo(table);
        }
    }

    private static String table() {
        List<String> columns = new ArrayList<>(SEEN.values().iterator().next().keySet());
        StringBuilder table = new StringBuilder("| EIP |");
        columns.forEach(column -> table.append(' ').append(column).append(" |"));
        table.append("\n|---|").append("---|".repeat(columns.size())).append('\n');
        for (String eip : EIPS.keySet()) {
            table.append("| `").append(eip).append("` |");
            columns.forEach(column ->
                    table.append(' ').append(SEEN.get(eip).get(column)).append(" |"));
            table.append('\n');
        }
        return table.toString();
    }
}
