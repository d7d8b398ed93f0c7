package io.github.camelllm.component;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.testkit.VirtualKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On whose behalf a route calls. */
@Timeout(60)
class LlmKeysTest {

    private LlmContext llm;

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws Exception {
        Files.writeString(
                directory.resolve("keys.yaml"),
                "keys:\n" + key("batch", true, "") + key("web", false, "")
                        + key("old", false, "    expires: 2020-01-01\n") + key("small", false, "    models: [fast]\n"));
        Files.writeString(
                directory.resolve("limits.yaml"), "limits:\n  - { scope: key, of: web, requests: 2, per: hour }\n");
        llm = LlmContext.started(
                null,
                Map.of(
                        "llm.access.keys-file", directory.resolve("keys.yaml").toString(),
                        "llm.limits.file", directory.resolve("limits.yaml").toString()),
                LlmContext.route("direct:batch", "- to: \"llm:chat?keyId=batch\"\n")
                        + LlmContext.route("direct:web", "- to: \"llm:chat?keyId=web\"\n")
                        + LlmContext.route("direct:old", "- to: \"llm:chat?keyId=old\"\n")
                        + LlmContext.route("direct:nobody", "- to: \"llm:chat?keyId=nobody\"\n")
                        + LlmContext.route("direct:small", "- to: \"llm:chat?keyId=small&model=simulator\"\n")
                        + LlmContext.route("direct:api", "- to: \"llm:chat?apiKey=sk-web\"\n")
                        + LlmContext.route("direct:spoken", "- to: \"llm:chat?keyId=batch&user=ana&team=sales\"\n")
                        + LlmContext.route("direct:mute", "- to: \"llm:chat?keyId=web&user=ana\"\n")
                        + LlmContext.route("direct:none", "- to: \"llm:chat\"\n"));
    }

    private static String key(String id, boolean speaks, String more) {
        return "  - id: " + id + "\n    sha256: \"" + VirtualKey.sha256("sk-" + id) + "\"\n    tenant: acme\n"
                + "    speaks-for-others: " + speaks + "\n" + more;
    }

    @AfterEach
    void stop() throws IOException {
        if (llm != null) {
            llm.close();
        }
    }

    private Problem refused(String route, Map<String, Object> headers) {
        return (Problem) llm.send(route, "x", headers).getException();
    }

    private FinishedCall answered(String route, Map<String, Object> headers) throws Exception {
        Exchange answer = llm.send(route, "x", headers);
        assertThat(answer.getException()).isNull();
        return llm.awaitFinished();
    }

    @Test
    void aCallIsThatOfTheKeyThatTheRouteNames() throws Exception {
        FinishedCall call = answered("batch", Map.of());
        assertThat(call.who().keyId()).isEqualTo("batch");
        assertThat(call.who().tenant()).isEqualTo("acme");
        assertThat(answered("api", Map.of()).who().keyId()).isEqualTo("web");
        assertThat(answered("none", Map.of("Authorization", "Bearer sk-web"))
                        .who()
                        .keyId())
                .isEqualTo("web");
    }

    @Test
    void theKeyOfTheMessageDoesNotStandForTheOneThatTheRouteNames() throws Exception {
        Exchange answer = llm.send("batch", "x", Map.of("Authorization", "Bearer sk-web", "CamelLlmKeyId", "web"));

        assertThat(llm.awaitFinished().who().keyId()).isEqualTo("batch");
        assertThat(answer.getMessage().getHeader("Authorization")).isEqualTo("Bearer sk-web");
    }

    @Test
    void usersAreBelievedOnlyOfAKeyThatMaySpeakForOthers() throws Exception {
        assertThat(answered("spoken", Map.of()).who().user()).isEqualTo("ana");
        assertThat(answered("spoken", Map.of(LlmConstants.USER, "ben")).who().user())
                .isEqualTo("ben");
        assertThat(answered("spoken", Map.of("X-LLM-User", "mallory")).who().user())
                .isEqualTo("ana");
        assertThat(answered("mute", Map.of()).who().user()).isEqualTo("web");
    }

    @Test
    void withoutAKeyTheRouteIsToldHowToNameOne() {
        Problem problem = refused("none", Map.of());
        assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_API_KEY);
        assertThat(problem.getMessage()).contains("has none", "keyId of llm:chat");
    }

    @Test
    void aKeyThatIsUnknownOrExpiredIsRefusedInTheSameWords() {
        Problem unknown = refused("nobody", Map.of());
        assertThat(unknown.code()).isEqualTo(ErrorCode.INVALID_API_KEY);
        assertThat(unknown.getMessage()).contains("(keyId) is not valid");
        assertThat(unknown.detail().orElse("")).contains("nobody");
        assertThat(refused("old", Map.of()).getMessage()).isEqualTo(unknown.getMessage());
    }

    @Test
    void theModelsAndLimitsOfTheKeyCount() {
        assertThat(refused("small", Map.of()).code()).isEqualTo(ErrorCode.MODEL_NOT_ALLOWED);
        assertThat(llm.send("web", "x").getException()).isNull();
        assertThat(llm.send("web", "x").getException()).isNull();
        Exchange third = llm.send("web", "x");
        assertThat(((Problem) third.getException()).status()).isEqualTo(429);
        assertThat(third.getMessage().getHeader(LlmConstants.ERROR_STATUS)).isEqualTo(429);
        assertThat(llm.send("batch", "x").getException()).isNull();
    }

    @Test
    void aLimitHoldsForCallsAtOnce() throws Exception {
        AtomicInteger answered = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            threads.add(new Thread(() -> {
                for (int n = 0; n < 10; n++) {
                    answered.addAndGet(llm.send("web", "x").getException() == null ? 1 : 0);
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(answered).hasValue(2);
    }
}
