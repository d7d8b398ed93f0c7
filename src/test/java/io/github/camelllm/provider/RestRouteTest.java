package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.ModelHealth;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import io.github.camelllm.testkit.Dialect;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A model whose provider has asked to be left alone, by the shipped templates, without a step that would wait for it. */
@Timeout(60)
class RestRouteTest {

    private static final String PLAIN = "{'model':'x','messages':[{'role':'user','content':'Hi you'}]}";

    private FakeUpstream upstream;
    private ModelRoutes routes;

    @BeforeEach
    void startUpstream() throws IOException {
        upstream = FakeUpstream.start();
    }

    @AfterEach
    void stop() throws IOException {
        if (routes != null) {
            routes.close();
        }
        upstream.close();
    }

    private void start(Dialect dialect, String... namesAndValues) throws Exception {
        Map<String, String> parameters = new HashMap<>();
        parameters.put("baseUrl", dialect.baseUrl(upstream.port()));
        parameters.put("key", "k");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            parameters.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        routes = ModelRoutes.start(dialect.template(), parameters);
    }

    private Problem problem(Call call) {
        Exception failure = routes.ask(call).getException();
        return failure == null ? null : Problem.from(failure);
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void isNotAskedUntilTheTimeIsOver(Dialect dialect) throws Exception {
        start(dialect);
        upstream.next(dialect.error(429).header("Retry-After", "50")).always(dialect.answer(false, "back"));
        assertThat(problem(Tries.chat(PLAIN)).upstream()).contains(UpstreamFailure.STATUS_429);

        Call call = Tries.chat(PLAIN);
        Problem problem = problem(call);

        assertThat(problem.code()).isEqualTo(ErrorCode.GLOBAL_RATE_LIMITED);
        assertThat(problem.upstream()).contains(UpstreamFailure.RESTING);
        assertThat(problem.retryAfter().orElseThrow()).isBetween(Duration.ofSeconds(40), Duration.ofSeconds(50));
        assertThat(call.getAttempts()).isEmpty();
        assertThat(upstream.received()).hasSize(1);
        assertThat(routes.models().find("m").orElseThrow().health().state()).isEqualTo(ModelHealth.State.DEGRADED);
    }

    @Test
    void isAskedAtOnceWhereTheSettingSaysSo() throws Exception {
        start(Dialect.OPENAI, "maxRest", "0");
        upstream.next(Reply.error(503).header("Retry-After", "50"));
        problem(Tries.chat(PLAIN));

        assertThat(problem(Tries.chat(PLAIN))).isNull();
        assertThat(upstream.received()).hasSize(2);
    }

    @Test
    void isAskedAfterARefusalThatSpeaksOfTheRequest() throws Exception {
        start(Dialect.OPENAI);
        upstream.next(Reply.error(400).header("Retry-After", "50"));
        problem(Tries.chat(PLAIN));

        assertThat(problem(Tries.chat(PLAIN))).isNull();
    }

    @Test
    void hasNoNegativeRest() {
        assertThatThrownBy(() -> new ModelStep().setMaxRest(Duration.ofSeconds(-1)))
                .hasMessage("maxRest is -1000 ms; 0 or more is allowed");
    }
}
