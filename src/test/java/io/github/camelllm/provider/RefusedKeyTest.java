package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Call;
import io.github.camelllm.testkit.CapturedLog;
import io.github.camelllm.testkit.Dialect;
import io.github.camelllm.testkit.FakeUpstream;
import java.util.Map;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The alarm that a provider refuses the gateway's key, by the shipped templates. */
@Timeout(60)
class RefusedKeyTest {

    @ParameterizedTest
    @CsvSource({
        "OPENAI, false",
        "OPENAI, true",
        "ANTHROPIC, false",
        "ANTHROPIC, true",
        "GEMINI, false",
        "GEMINI, true",
    })
    void isRaisedOnceForSeveralCallsAndSaysWhenItIsOver(Dialect dialect, boolean stream) throws Exception {
        try (FakeUpstream upstream = FakeUpstream.start();
                ModelRoutes routes = ModelRoutes.start(
                        dialect.template(), Map.of("baseUrl", dialect.baseUrl(upstream.port()), "key", "k"));
                CapturedLog log = new CapturedLog(WireStep.class, Level.INFO)) {
            for (int i = 0; i < 4; i++) {
                upstream.next(dialect.error(i % 2 == 0 ? 401 : 403));
                assertThat(routes.ask(call(stream)).getException()).isNotNull();
            }
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("ERROR ALARM: the provider ")
                    .contains(" of model m refuses this gateway (", ", request req_");

            upstream.always(dialect.answer(stream, "back"));
            assertThat(routes.ask(call(stream)).getException()).isNull();
            assertThat(routes.ask(call(stream)).getException()).isNull();
            assertThat(log.lines()).hasSize(2).endsWith("INFO the provider takes requests for model m again");
        }
    }

    private static Call call(boolean stream) {
        return Tries.chat("{'model':'x','stream':" + stream + ",'messages':[{'role':'user','content':'Hi you'}]}");
    }
}
