package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.Usage;
import io.github.camelllm.testkit.Dialect;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.Reply;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The usage of an answer that another model has begun: each part counts once, as reported or else as estimated. */
@Timeout(60)
class ContinuedUsageTest {

    private static final String STREAM = "{'model':'x','stream':true,'messages':[{'role':'user','content':'Hi you'}]}";
    private static final String[] WORDS = {"one ", "two ", "three ", "four"};
    private static final Usage BEFORE = Usage.reported(1000, 2000, 0, 0);

    private FakeUpstream upstream;

    @BeforeEach
    void startUpstream() throws IOException {
        upstream = FakeUpstream.start();
    }

    @AfterEach
    void stop() throws IOException {
        upstream.close();
    }

    private Call ask(Dialect dialect, Reply reply, String name, String value) throws Exception {
        upstream.always(reply);
        Map<String, String> parameters = Map.of("baseUrl", dialect.baseUrl(upstream.port()), "key", "k", name, value);
        Call call = Tries.chat(STREAM);
        call.carry(BEFORE);
        try (ModelRoutes routes = ModelRoutes.start(dialect.template(), parameters)) {
            routes.ask(call);
        }
        return call;
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void countsAPartWithoutAReportByEstimate(Dialect dialect) throws Exception {
        Usage usage =
                ask(dialect, dialect.withoutUsage(true, WORDS), "maxRest", "0").getUsage();

        assertThat(usage.estimated()).isTrue();
        assertThat(usage.inputTokens()).isGreaterThan(BEFORE.inputTokens());
        assertThat(usage.outputTokens()).isBetween(BEFORE.outputTokens() + 2, BEFORE.outputTokens() + 20);
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void countsAPartAsItIsReported(Dialect dialect) throws Exception {
        Usage usage = ask(dialect, dialect.answer(true, WORDS), "maxRest", "0").getUsage();

        assertThat(usage.estimated()).isFalse();
        assertThat(usage.outputTokens())
                .isBetween(BEFORE.outputTokens() + WORDS.length, BEFORE.outputTokens() + WORDS.length + 1); // a thought
    }

    /** It was sent, so it may be billed. */
    @ParameterizedTest
    @EnumSource(Dialect.class)
    void countsThePromptOfAPartThatNeverCame(Dialect dialect) throws Exception {
        Usage usage = ask(dialect, Reply.silence(), "totalTimeout", "300").getUsage();

        assertThat(usage.inputTokens()).isGreaterThan(BEFORE.inputTokens());
        assertThat(usage.outputTokens()).isEqualTo(BEFORE.outputTokens());
    }
}
