package io.github.camelllm.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.GatewayProcess;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One gateway and one fake upstream for all tests of a class, in which they run one after the other. */
@TestInstance(Lifecycle.PER_CLASS)
@ExtendWith(GatewayAcceptance.LastWords.class)
abstract class GatewayAcceptance {

    static final Duration SOON = Duration.ofSeconds(10);
    static final String CHAT = "/v1/chat/completions";
    static final String EMBEDDINGS = "/v1/embeddings";

    /** A model that is asked whatever it does; {@code gpt-4o-mini} is as shipped. */
    static final String STEADY = "steady";

    /** The same, for embeddings. */
    static final String EMBED = "steady-embed";

    /** Template parameters that keep a circuit breaker shut. */
    static final String[] RESTS = {"minimumNumberOfCalls", "100000", "slidingWindowSize", "100000"};

    /** The same of a model that is not left alone at a {@code Retry-After} either. */
    static final String[] NO_BREAKER = with(RESTS, "maxRest", "0");

    FakeUpstream upstream;
    GatewayProcess gateway;

    /** What a class wants changed before its gateway starts. */
    void prepare(GatewaySetup setup) throws IOException {
        // as it is
    }

    @BeforeAll
    void startBoth() throws Exception {
        upstream = FakeUpstream.start();
        GatewaySetup setup = GatewaySetup.shipped().upstream(upstream);
        setup.model(STEADY, NO_BREAKER);
        setup.model(EMBED, with(NO_BREAKER, "operation", "embeddings", "path", "/embeddings"));
        prepare(setup);
        gateway = setup.start();
    }

    @AfterAll
    void stopBoth() throws IOException {
        if (gateway != null) {
            gateway.close();
        }
        upstream.close();
    }

    @BeforeEach
    void forget() {
        upstream.reset();
    }

    static String[] with(String[] parameters, String... more) {
        String[] all = Arrays.copyOf(parameters, parameters.length + more.length);
        System.arraycopy(more, 0, all, parameters.length, more.length);
        return all;
    }

    /** A chat request of one message, with further fields as JSON ({@code "stream":true}) before its end. */
    static String chatJson(String model, String... fields) {
        StringBuilder json = new StringBuilder("{\"model\":\"" + model
                + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Say hello to the nice people\"}]");
        for (String field : fields) {
            json.append(',').append(field);
        }
        return json.append('}').toString();
    }

    RawResponse chat(String model, String... fields) throws IOException {
        return RawClient.post(gateway.port(), CHAT, chatJson(model, fields));
    }

    RawResponse post(String path, String json, String... headerLines) throws IOException {
        return RawClient.post(gateway.port(), path, json, headerLines);
    }

    RawClient stream(String model, String... fields) throws IOException {
        return RawClient.connect(gateway.port()).postJson(CHAT, chatJson(model, with(fields, "\"stream\":true")));
    }

    /** What {@code /health} says of a model. */
    JsonNode state(String model) throws IOException {
        for (JsonNode one : RawClient.exchange(gateway.port(), "GET", "/health", null)
                .json()
                .path("models")) {
            if (one.path("name").asText().equals(model)) {
                return one;
            }
        }
        throw new AssertionError("/health does not know " + model);
    }

    /** Adds the end of the gateway's output to a test's failure. */
    static final class LastWords implements AfterTestExecutionCallback {
        private static final int LINES = 12;

        @Override
        public void afterTestExecution(ExtensionContext context) {
            GatewayProcess gateway = ((GatewayAcceptance) context.getRequiredTestInstance()).gateway;
            context.getExecutionException().ifPresent(failure -> {
                List<String> lines = gateway.output().lines().toList();
                String last = String.join("\n", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
                failure.addSuppressed(new AssertionError("the gateway's last words:\n" + last));
            });
        }
    }
}
