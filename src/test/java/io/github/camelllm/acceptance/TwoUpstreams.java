package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.Cut;
import io.github.camelllm.testkit.Dialect;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.Received;
import io.github.camelllm.testkit.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/**
 * A gateway with chains of two models: the first at {@code upstream}, in each dialect and in kinds that differ in their
 * parameters, the second at {@code other}. The alias {@code hasty-gemini-then-wide} is the first's kind and dialect, and the
 * second.
 *
 * <p>The failover is as shipped, but that its retries have no budget, because the same few models fail all the time, and come
 * four times as soon.
 */
abstract class TwoUpstreams extends GatewayAcceptance {

    static final String SAID = String.join("", FaultTable.WORDS);

    private static final String[] HASTY = {
        "firstByteTimeout", "400", "firstTokenTimeout", "550", "idleTimeout", "700", "totalTimeout", "1200"
    };
    private static final String[] SMALL = with(NO_BREAKER, "contextWindow", "8000");
    private static final Map<String, String[]> FIRST = Map.of(
            "first", SMALL,
            "hasty", with(SMALL, HASTY),
            "held", with(with(SMALL, HASTY), "recovery", "hold"),
            "strict", with(with(SMALL, HASTY), "recovery", "error"),
            "polite", with(RESTS, "contextWindow", "8000", "maxRest", "1500"));
    private static final List<String> SECOND = List.of("second", "goes-on", "wide");

    private static TwoUpstreams started;

    FakeUpstream other;

    @Override
    void prepare(GatewaySetup setup) throws IOException {
        other = FakeUpstream.start();
        setup.anthropic(upstream).gemini(upstream);
        setup.replace(
                "routes/gateway.camel.yaml",
                "        retries: 1 ",
                "        retryPercent: 100\n        backoff: 50ms\n        retries: 1 ");
        String elsewhere = Dialect.OPENAI.baseUrl(other.port());
        setup.model("second", with(SMALL, "baseUrl", elsewhere));
        setup.model("goes-on", with(SMALL, "baseUrl", elsewhere, "prefill", "plain"));
        setup.model("wide", with(NO_BREAKER, "baseUrl", elsewhere, "contextWindow", "128000"));
        int unused;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            unused = socket.getLocalPort();
        }
        for (Dialect dialect : Dialect.values()) {
            FIRST.forEach((kind, parameters) -> first(setup, kind, dialect, parameters));
            first(setup, "refused", dialect, with(SMALL, "baseUrl", dialect.baseUrl(unused)));
        }
    }

    private static void first(GatewaySetup setup, String kind, Dialect dialect, String[] parameters) {
        String name = first(kind, dialect);
        setup.model(dialect, name, parameters);
        for (String second : SECOND) {
            setup.alias(name + "-then-" + second, name, second);
        }
    }

    static String first(String kind, Dialect dialect) {
        return kind + "-" + dialect.template();
    }

    /** One for all classes; it ends with the tests. */
    @Override
    @BeforeAll
    void startBoth() throws Exception {
        if (started == null) {
            super.startBoth();
            started = this;
            warmUp();
            Runtime.getRuntime().addShutdownHook(new Thread(this::end));
        }
        upstream = started.upstream;
        other = started.other;
        gateway = started.gateway;
    }

    /** The first call of a process may take longer than a hasty model may. */
    private void warmUp() throws IOException {
        for (Dialect dialect : Dialect.values()) {
            for (boolean stream : new boolean[] {false, true}) {
                upstream.reset().always(dialect.answer(stream, FaultTable.WORDS));
                ask(first("first", dialect), stream);
            }
        }
    }

    private void end() {
        try {
            gateway.close();
            upstream.close();
            other.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    @AfterAll
    void stopBoth() {
        // other classes go on with it
    }

    @BeforeEach
    void forgetBoth() throws Exception {
        upstream.reset();
        upstream.dropConnections(Cut.FIN); // a kept one that dies is replaced, which is no fault
        Await.until("no connection to be kept", () -> upstream.connectionsOpen() == 0);
        other.reset().always(request -> answer(request, FaultTable.WORDS));
    }

    /** A good answer of OpenAI's dialect. */
    static Reply answer(Received request, String... pieces) {
        return Dialect.OPENAI.answer(request.json().path("stream").asBoolean(), pieces);
    }

    RawResponse ask(String model, boolean stream) throws IOException {
        return chat(model, streamed(stream));
    }

    private static String streamed(boolean stream) {
        return "\"stream\":" + stream;
    }

    /** Makes the first upstream well, and fails unless it answers a call by itself, at once and for one request. */
    Received assertHealthy(String model, Dialect dialect, boolean stream) throws Exception {
        upstream.reset().always(dialect.answer(stream, FaultTable.WORDS));
        other.reset();
        RawResponse response = ask(model, stream);
        assertAnswer(response, stream, SAID, "stop");
        assertThat(response.header("x-llm-model")).isEqualTo(model.replaceFirst("-then-.*", ""));
        assertThat(response.header("x-llm-attempts")).isEqualTo("1");
        assertThat(upstream.received()).as("requests for one call").hasSize(1);
        assertThat(other.received()).isEmpty();
        return upstream.lastRequest();
    }

    /** Fails unless the response is the whole answer, in one piece or streamed. */
    static void assertAnswer(RawResponse response, boolean stream, String text, String finish) {
        assertThat(response.status()).as(response.toString()).isEqualTo(200);
        Problems.assertSafe(response);
        if (!stream) {
            JsonNode choice = response.json().at("/choices/0");
            assertThat(choice.at("/message/content").asText()).isEqualTo(text);
            assertThat(choice.path("finish_reason").asText()).isEqualTo(finish);
            return;
        }
        List<String> data = data(response);
        assertThat(data.get(data.size() - 1)).as(response.text()).isEqualTo("[DONE]");
        Streamed streamed = Streamed.of(data.subList(0, data.size() - 1));
        assertThat(streamed.text()).as(response.text()).isEqualTo(text);
        assertThat(streamed.finishReasons()).containsExactly(finish);
        assertThat(streamed.ids()).as("ids").hasSize(1);
        assertThat(streamed.roles()).as("roles told").isEqualTo(1);
    }

    /** The data of a stream's events. */
    static List<String> data(RawResponse response) {
        return Arrays.stream(response.text().split("\n"))
                .filter(line -> line.startsWith("data: "))
                .map(line -> line.substring("data: ".length()))
                .toList();
    }

    /** Fails unless the second model's provider got the request as the client sent it, and nothing more. */
    static void assertPassedOn(Received received, String model, boolean stream) throws IOException {
        ObjectNode expected = (ObjectNode) Json.MAPPER.readTree(chatJson(model, streamed(stream)));
        if (stream) {
            expected.putObject("stream_options").put("include_usage", true);
        }
        assertThat(received.json()).isEqualTo(expected);
        assertThat(received.body()).hasSameSizeAs(Json.write(expected));
    }

    /** The failures of the attempts that a record names; "-" for one that went well. */
    static List<String> failures(JsonNode record) {
        List<String> failures = new ArrayList<>();
        record.path("attempts")
                .forEach(attempt -> failures.add(attempt.path("failure").asText("-")));
        failures.replaceAll(failure -> failure.equals("null") ? "-" : failure);
        return failures;
    }
}
