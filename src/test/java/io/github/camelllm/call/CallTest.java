package io.github.camelllm.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.testkit.ManualTicker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CallTest {

    private final ManualTicker ticker = new ManualTicker();

    @Test
    void forgetsTheKeyOnceTheCallerIsKnown() {
        Call call = call("{}");
        assertThat(call.credential()).isEqualTo("sk-secret");

        call.identify(new Identity("k1", "acme", "ann", "search", "pro", Set.of()));

        assertThat(call.credential()).isNull();
        assertThat(call.getUser()).isEqualTo("ann");
        assertThat(call.getTeam()).isEqualTo("search");
        assertThat(call.getTier()).isEqualTo("pro");
        assertThat(call.getTenant()).isEqualTo("acme");
    }

    @Test
    void answersRoutesThoughItsBodyIsNoRequest() {
        Call call = call("not JSON");

        assertThat(call.getAsked()).isEmpty();
        assertThat(call.isStream()).isFalse();
        assertThat(call.getInputTokens()).isZero();
        assertThat(call.getTask()).isEmpty();
        assertThat(call.getQuality()).isEmpty();
    }

    @Test
    void anEstimateNeverReplacesAReport() {
        Call call = call("{}");
        call.used(Usage.estimate(1, 1));
        call.used(Usage.estimate(2, 2));
        assertThat(call.getUsage()).isEqualTo(Usage.estimate(2, 2));

        call.used(Usage.reported(5, 5, 0, 0));
        call.used(Usage.estimate(3, 3));

        assertThat(call.getUsage()).isEqualTo(Usage.reported(5, 5, 0, 0));
        assertThat(call.getInputTokens()).isEqualTo(5);
        assertThat(call.getOutputTokens()).isEqualTo(5);
    }

    @Test
    void estimatesTheInputUntilItIsKnown() {
        Call call = call("{\"input\":\"" + "a".repeat(40) + "\"}");

        assertThat(call.getInputTokens()).isEqualTo(10);
        assertThat(call.getOutputTokens()).isZero();
    }

    @Test
    void thePromptIsTakenToBeWhatTheCounterSays() {
        Call call = call("{\"input\":\"" + "a".repeat(40) + "\"}");
        assertThat(call.promptEstimate()).isEqualTo(10);

        call.countedBy(new TokenCounter() {
            @Override
            public long estimate(Call counted, String model) {
                return model == null ? 1 : 1500; // such as for an image, by the model's rule
            }

            @Override
            public long exact(Call counted, String model) {
                throw new AssertionError("not asked for");
            }
        });
        call.choose(new Model("gpt", "openai", Operation.CHAT, null, false));

        assertThat(call.promptEstimate()).isEqualTo(1500);
    }

    @Test
    void onlyTheFirstTokenCounts() {
        Call call = call("{}");
        assertThat(call.firstTokenNanos()).isEqualTo(-1);
        ticker.advance(Duration.ofMillis(5));
        call.firstToken();
        ticker.advance(Duration.ofMillis(5));

        call.firstToken();

        assertThat(call.firstTokenNanos() - call.startedNanos()).isEqualTo(5_000_000);
    }

    @Test
    void isFinishedOnce() {
        Call call = call("{}");

        assertThat(call.finish()).isTrue();
        assertThat(call.finish()).isFalse();
    }

    @Test
    void notesEachAttempt() {
        Call call = call("{}");
        assertThat(call.attempt()).isNull();
        call.attempt("a", "p");
        ticker.advance(Duration.ofMillis(3));
        call.attempt().answered(ticker.nanos());
        ticker.advance(Duration.ofMillis(3));
        call.attempt().answered(ticker.nanos());

        call.attempt("b", "q");

        assertThat(call.getModel()).isEqualTo("b");
        assertThat(call.getProvider()).isEqualTo("q");
        assertThat(call.getAttempts()).extracting(Attempt::model).containsExactly("a", "b");
        assertThat(call.getAttempts()).extracting(Attempt::waitedNanos).containsExactly(3_000_000L, -1L);
    }

    @Test
    void showsNeitherPromptNorKey() {
        Call call = call("{\"messages\":\"secret prompt\"}");

        assertThat(call).hasToString("Call[id-1 chat model=null]");
        assertThat(new Answer(null, Json.object().put("secret", 1))).hasToString("Answer[made here]");
    }

    @Test
    void takesOnlyHeadersThatMeanSomething() {
        CallHeaders headers = new CallHeaders()
                .put("X-LLM-User", " ann ")
                .put("x-llm-team", "  ")
                .put("Authorization", "Bearer x")
                .put("CamelHttpUri", "http://evil")
                .put("prefer", null);

        assertThat(headers.get("x-llm-user")).isEqualTo("ann");
        assertThat(headers.get("x-llm-team")).isNull();
        assertThat(headers.get("authorization")).isNull();
        assertThat(headers.get("camelhttpuri")).isNull();
    }

    @Test
    void usageAddsUpAndIsNeverNegative() {
        assertThat(Usage.reported(2, 3, 1, 1).totalTokens()).isEqualTo(5);
        assertThat(Usage.reported(Long.MAX_VALUE, 3, 0, 0).totalTokens()).isEqualTo(Long.MAX_VALUE);
        assertThatThrownBy(() -> Usage.reported(-1, 0, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Usage.estimate(0, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aKeyWithoutModelsMayUseAll() {
        Identity all = new Identity("k", "t", "u", "g", "free", Set.of());
        Identity some = new Identity("k", "t", "u", "g", "free", Set.of("a"));

        assertThat(all.mayUse("anything")).isTrue();
        assertThat(some.mayUse("a")).isTrue();
        assertThat(some.mayUse("b")).isFalse();
        assertThat(some.speakingFor("v", null)).isEqualTo(new Identity("k", "t", "v", "g", "free", Set.of("a")));
        assertThat(some.speakingFor(null, "h")).isEqualTo(new Identity("k", "t", "u", "h", "free", Set.of("a")));
    }

    @Test
    void anAnswerKeepsItsBytesUntilItIsEdited() {
        byte[] bytes = "{ \"a\": 1 }".getBytes(StandardCharsets.UTF_8);
        Answer answer = new Answer(bytes, Json.object().put("a", 1));
        assertThat(answer.bytes()).isSameAs(bytes);

        answer.edit().put("a", 2);

        assertThat(new String(answer.bytes(), StandardCharsets.UTF_8)).isEqualTo("{\"a\":2}");
    }

    private Call call(String body) {
        return new Call(
                ticker,
                Operation.CHAT,
                new CallHeaders().put("x-request-id", "id-1"),
                "sk-secret",
                new Request(body.getBytes(StandardCharsets.UTF_8)));
    }

    /** Routes below the cache may choose by either. */
    @Test
    void aCallBehindAnotherIsJudgedLikeIt() {
        Call call = call("{}");
        call.guard(new GuardNote("flagged", 0.7, "messages[0].content", List.of("override")));
        call.classify(Classification.CONFIDENTIAL);

        Call behind = call.behind("refresh");

        assertThat(behind.getGuard()).isEqualTo(call.getGuard());
        assertThat(behind.getClassification()).isEqualTo(Classification.CONFIDENTIAL);
    }
}
