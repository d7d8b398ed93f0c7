package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.testkit.Dialect;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.GatewayProcess;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the settings of {@code onLength} make of an answer that the model's own limit has cut. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CutByLengthIT {

    private static final String[] HALF = {"one ", "two "};

    @Test
    void anotherModelAnswersInstead() throws Exception {
        try (FakeUpstream first = FakeUpstream.start();
                FakeUpstream second = FakeUpstream.start();
                GatewayProcess gateway = start(first, second, "failover")) {
            for (Dialect dialect : Dialect.values()) {
                first.always(request -> dialect.cutByLength(false, HALF));
                second.always(request -> TwoUpstreams.answer(request, FaultTable.WORDS));
                RawResponse plain = ask(gateway, dialect + "-then-second", false);
                TwoUpstreams.assertAnswer(plain, false, TwoUpstreams.SAID, "stop");
                assertThat(plain.header("x-llm-model")).isEqualTo("second");
                assertThat(failures(gateway, plain)).containsExactly("cut_by_length", "-");

                first.always(request -> dialect.cutByLength(true, HALF));
                RawResponse afresh = ask(gateway, dialect + "-then-second", true);
                TwoUpstreams.assertAnswer(afresh, true, TwoUpstreams.SAID, "stop");
                assertThat(failures(gateway, afresh)).containsExactly("cut_by_length", "-");

                second.always(request -> TwoUpstreams.answer(request, "three ", "four"));
                RawResponse goneOn = ask(gateway, dialect + "-then-goes-on", true);
                TwoUpstreams.assertAnswer(goneOn, true, TwoUpstreams.SAID, "stop");
                assertThat(record(gateway, goneOn).path("recovery").asText()).isEqualTo("continued");

                RawResponse wished = ask(gateway, dialect + "-then-second", true, "\"max_tokens\":2");
                TwoUpstreams.assertAnswer(wished, true, "one two ", "length");
            }
        }
    }

    @Test
    void theCallerIsTold() throws Exception {
        try (FakeUpstream first = FakeUpstream.start();
                FakeUpstream second = FakeUpstream.start();
                GatewayProcess gateway = start(first, second, "error")) {
            for (Dialect dialect : Dialect.values()) {
                first.always(request -> dialect.cutByLength(false, HALF));
                Problems.assertProblem(ask(gateway, dialect + "-then-second", false), 502, "upstream_error");

                first.always(request -> dialect.cutByLength(true, HALF));
                RawResponse stream = ask(gateway, dialect + "-then-second", true);
                assertThat(stream.text()).contains("upstream_error").doesNotContain("[DONE]", "\"length\"");

                first.always(request -> dialect.answer(true, FaultTable.WORDS));
                TwoUpstreams.assertAnswer(
                        ask(gateway, dialect + "-then-second", true), true, TwoUpstreams.SAID, "stop");
            }
            assertThat(second.received()).isEmpty();
        }
    }

    private static GatewayProcess start(FakeUpstream first, FakeUpstream second, String onLength) throws Exception {
        GatewaySetup setup =
                GatewaySetup.shipped().upstream(first).anthropic(first).gemini(first);
        setup.replace("routes/gateway.camel.yaml", "onLength: accept ", "onLength: " + onLength + " ");
        String elsewhere = Dialect.OPENAI.baseUrl(second.port());
        setup.model("second", "baseUrl", elsewhere);
        setup.model("goes-on", "baseUrl", elsewhere, "prefill", "plain");
        for (Dialect dialect : Dialect.values()) {
            setup.model(dialect, "first-" + dialect, GatewayAcceptance.NO_BREAKER);
            for (String next : List.of("second", "goes-on")) {
                setup.alias(dialect + "-then-" + next, "first-" + dialect, next);
            }
        }
        return setup.start();
    }

    private static RawResponse ask(GatewayProcess gateway, String model, boolean stream, String... fields)
            throws Exception {
        String json = GatewayAcceptance.chatJson(model, GatewayAcceptance.with(fields, "\"stream\":" + stream));
        return RawClient.post(gateway.port(), GatewayAcceptance.CHAT, json);
    }

    private static JsonNode record(GatewayProcess gateway, RawResponse response) throws Exception {
        return gateway.awaitRecord(response.header("x-request-id"));
    }

    private static List<String> failures(GatewayProcess gateway, RawResponse response) throws Exception {
        return TwoUpstreams.failures(record(gateway, response));
    }
}
