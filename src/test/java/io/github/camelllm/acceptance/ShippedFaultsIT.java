package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.testkit.Cut;
import io.github.camelllm.testkit.Dialect;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.GatewayProcess;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.Reply;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sixteen ways of a first model to fail, at once and with all settings as shipped: the second answers, within 20 s. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ShippedFaultsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private record Fault(Reply reply, boolean stream) {}

    private static Map<String, Fault> faults() {
        Map<String, Fault> faults = new LinkedHashMap<>();
        faults.put("fails", new Fault(Reply.error(500), false));
        faults.put("bad-gateway-page", new Fault(Reply.html(502), false));
        faults.put("not-available", new Fault(Reply.error(503), true));
        faults.put("limited", new Fault(Reply.error(429), false));
        faults.put("limited-for-long", new Fault(Reply.error(429).header("Retry-After", "60"), false));
        faults.put("key-refused", new Fault(Reply.error(401), false));
        faults.put("gone", new Fault(Reply.error(404), false));
        faults.put("hangs-up", new Fault(Reply.hangUp(Cut.FIN), false));
        faults.put("resets", new Fault(Reply.hangUp(Cut.RST), true));
        faults.put("no-http", new Fault(Reply.raw("hello\r\n\r\n"), false));
        faults.put("half-json", new Fault(Reply.json(200, "{\"id\":\"x\",\"choices\":[{"), false));
        faults.put("says-nothing", new Fault(Reply.of(200, "application/json", new byte[0]), false));
        faults.put("error-as-answer", new Fault(Reply.json(200, Dialect.OPENAI.errorBody(500, "x")), false));
        faults.put("silent", new Fault(Reply.silence(), false));
        faults.put("silent-stream", new Fault(Reply.silence(), true));
        faults.put("stream-without-finish", new Fault(Reply.sse(Dialect.OPENAI.withoutFinish()), true));
        return faults;
    }

    @Test
    void theSecondModelAnswersWhateverTheFirstDoes() throws Exception {
        Map<String, Fault> faults = faults();
        assertThat(faults).hasSize(16);
        ExecutorService threads = Executors.newFixedThreadPool(faults.size());
        try (FakeUpstream first = FakeUpstream.start();
                FakeUpstream second = FakeUpstream.start()) {
            first.always(
                    request -> faults.get(request.json().path("model").asText()).reply());
            second.always(request ->
                    Dialect.OPENAI.answer(request.json().path("stream").asBoolean(), "from ", "second"));
            GatewaySetup setup = GatewaySetup.shipped().upstream(first);
            setup.model("second", "baseUrl", Dialect.OPENAI.baseUrl(second.port()), "key", "k");
            faults.keySet().forEach(name -> setup.model(name).alias(name + "-then-second", name, "second"));
            try (GatewayProcess gateway = setup.start()) {
                Map<String, Future<RawResponse>> asked = new LinkedHashMap<>();
                faults.forEach((name, fault) -> asked.put(
                        name, threads.submit(() -> ask(gateway.port(), name + "-then-second", fault.stream()))));
                for (Map.Entry<String, Future<RawResponse>> answer : asked.entrySet()) {
                    RawResponse response = answer.getValue().get();
                    assertThat(response.status()).as(answer.getKey()).isEqualTo(200);
                    assertThat(response.header("x-llm-model"))
                            .as(answer.getKey())
                            .isEqualTo("second");
                    assertThat(response.text()).as(answer.getKey()).contains("second");
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static RawResponse ask(int port, String model, boolean stream) throws Exception {
        try (RawClient client = RawClient.connect(port)) {
            return client.patience(PATIENCE)
                    .postJson(
                            "/v1/chat/completions",
                            "{\"model\":\"" + model + "\",\"max_tokens\":50,\"stream\":" + stream
                                    + ",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}")
                    .response();
        }
    }
}
