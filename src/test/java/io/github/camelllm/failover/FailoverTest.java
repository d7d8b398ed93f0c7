package io.github.camelllm.failover;

import static io.github.camelllm.failover.ChainOfModels.prefill;
import static io.github.camelllm.failover.ChainOfModels.says;
import static io.github.camelllm.failover.ChainOfModels.streams;
import static io.github.camelllm.failover.ChainOfModels.window;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Abilities;
import io.github.camelllm.call.Attempt;
import io.github.camelllm.call.ModelHealth;
import io.github.camelllm.failover.ChainOfModels.Behaviour;
import io.github.camelllm.failover.ChainOfModels.Outcome;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What failover does with whole answers, through a route. */
class FailoverTest {

    private static final String ASK = "{'model':'auto','messages':[{'role':'user','content':'hi'}]}";

    private final ChainOfModels chain = new ChainOfModels();

    @AfterEach
    void stop() {
        chain.close();
    }

    static Problem failure(UpstreamFailure failure) {
        return Problem.of(ErrorCode.UPSTREAM_ERROR, "failed: " + failure).withUpstream(failure);
    }

    static Behaviour fails(UpstreamFailure failure) {
        return call -> {
            throw failure(failure);
        };
    }

    private static Behaviour fails(Problem problem) {
        return call -> {
            throw problem;
        };
    }

    @Test
    void asksNobodyElseWhenTheFirstAnswers() throws Exception {
        chain.model("a", says("hello")).model("b", says("unasked"));

        assertThat(chain.send(ASK).text()).isEqualTo("hello");
        assertThat(chain.asked).containsExactly("a");
        assertThat(chain.pauses).isEmpty();
    }

    /** The table, row by row: who is asked, and how often, when the first model fails so and the second would answer. */
    @ParameterizedTest
    @EnumSource(UpstreamFailure.class)
    void actsOnEachFailureAsTheTableSays(UpstreamFailure failure) throws Exception {
        chain.model("a", window(1000), ModelHealth.Breaker.CLOSED, fails(failure))
                .model("small", window(1000), ModelHealth.Breaker.CLOSED, says("from small"))
                .model("large", window(2000), ModelHealth.Breaker.CLOSED, says("from large"));

        Outcome outcome = chain.send(ASK);

        switch (failure.reaction()) {
            case RETRY -> {
                assertThat(chain.asked).containsExactly("a", "a", "small");
                assertThat(chain.pauses).hasSize(1);
                assertThat(outcome.text()).isEqualTo("from small");
            }
            case NEXT -> {
                assertThat(chain.asked).containsExactly("a", "small");
                assertThat(chain.pauses).isEmpty();
                assertThat(outcome.text()).isEqualTo("from small");
            }
            case LARGER -> {
                assertThat(chain.asked).containsExactly("a", "large");
                assertThat(outcome.text()).isEqualTo("from large");
            }
            case TELL -> {
                assertThat(chain.asked).containsExactly("a");
                assertThat(outcome.problem().getMessage()).isEqualTo("failed: " + failure);
            }
        }
    }

    private static Stream<Throwable> unforeseen() {
        return Stream.of(
                new IllegalStateException("Connection pool shut down"),
                new NullPointerException(),
                new IOException("disk full"),
                new OutOfMemoryError("Java heap space"),
                new StackOverflowError());
    }

    private static Behaviour fails(Throwable unforeseen) {
        return call -> {
            if (unforeseen instanceof Error error) {
                throw error;
            }
            throw (Exception) unforeseen;
        };
    }

    @ParameterizedTest
    @MethodSource("unforeseen")
    void whatNobodyForesawIsAFailedAttempt(Throwable unforeseen) throws Exception {
        chain.model("a", fails(unforeseen)).model("b", says("from b"));

        assertThat(chain.send(ASK).text()).isEqualTo("from b");
        assertThat(chain.asked).containsExactly("a", "b");
    }

    @ParameterizedTest
    @MethodSource("unforeseen")
    void whatNobodyForesawIsNoInternalErrorWhereNobodyElseAnswers(Throwable unforeseen) throws Exception {
        chain.model("a", fails(unforeseen));

        Problem problem = chain.send(ASK).problem();

        assertThat(problem.code()).isEqualTo(ErrorCode.UPSTREAM_ERROR);
        assertThat(problem.upstream()).contains(UpstreamFailure.UNEXPECTED);
        assertThat(problem.getMessage())
                .isEqualTo("No answer of 'a' could be had; the gateway's log has the request id.");
    }

    @Test
    void tellsTheFirstCauseAndNotTheLastComplaint() throws Exception {
        chain.model("a", fails(UpstreamFailure.STATUS_504))
                .model("b", fails(UpstreamFailure.STATUS_400))
                .model("c", fails(UpstreamFailure.STATUS_500));

        assertThat(chain.send(ASK).problem().upstream()).contains(UpstreamFailure.STATUS_504);
        assertThat(chain.asked).containsExactly("a", "b", "c", "c");
    }

    @Test
    void showsAPromptThatOneProviderWillNotAnswerToNoOther() throws Exception {
        chain.model("a", fails(UpstreamFailure.STATUS_504))
                .model("b", fails(UpstreamFailure.CONTENT_POLICY))
                .model("c", says("unasked"));

        assertThat(chain.send(ASK).problem().upstream()).contains(UpstreamFailure.CONTENT_POLICY);
        assertThat(chain.asked).containsExactly("a", "b");
    }

    @Test
    void doesNotTouchAFailureThatIsNoUpstreams() throws Exception {
        chain.model("a", fails(Problem.of(ErrorCode.BUDGET_EXCEEDED, "no more money")))
                .model("b", says("unasked"));

        assertThat(chain.send(ASK).problem().code()).isEqualTo(ErrorCode.BUDGET_EXCEEDED);
        assertThat(chain.asked).containsExactly("a");
    }

    @Test
    void waitsAsLongAsTheProviderAsks() throws Exception {
        chain.model(
                "a", fails(failure(UpstreamFailure.STATUS_429).withRetryAfter(Duration.ofSeconds(7))), says("later"));

        assertThat(chain.send(ASK).text()).isEqualTo("later");
        assertThat(chain.pauses).hasSize(1).allSatisfy(pause -> assertThat(pause)
                .isBetween(Duration.ofSeconds(7), Duration.ofMillis(8400)));
    }

    @Test
    void goesOnWhenTheProviderAsksForMoreThanIsWaitedFor() throws Exception {
        chain.model("a", fails(failure(UpstreamFailure.STATUS_429).withRetryAfter(Duration.ofSeconds(11))))
                .model("b", says("at once"));

        assertThat(chain.send(ASK).text()).isEqualTo("at once");
        assertThat(chain.asked).containsExactly("a", "b");
        assertThat(chain.pauses).isEmpty();
    }

    @Test
    void goesOnWhenTheWaitWouldOutlastTheDeadline() throws Exception {
        chain.failover.setDeadline(Duration.ofSeconds(5));
        chain.model("a", fails(failure(UpstreamFailure.STATUS_503).withRetryAfter(Duration.ofSeconds(6))))
                .model("b", says("at once"));

        assertThat(chain.send(ASK).text()).isEqualTo("at once");
        assertThat(chain.pauses).isEmpty();
    }

    @Test
    void asksNobodyAfterTheDeadline() throws Exception {
        chain.failover.setDeadline(Duration.ofSeconds(5));
        chain.model("a", call -> {
                    chain.ticker.advance(Duration.ofSeconds(6));
                    throw failure(UpstreamFailure.FIRST_BYTE_TIMEOUT);
                })
                .model("b", says("too late"));

        assertThat(chain.send(ASK).problem().upstream()).contains(UpstreamFailure.FIRST_BYTE_TIMEOUT);
        assertThat(chain.asked).containsExactly("a");
    }

    @Test
    void tellsTheModelsHowLongTheyHave() throws Exception {
        chain.failover.setDeadline(Duration.ofSeconds(5));
        Duration[] left = new Duration[1];
        chain.model("a", call -> {
            chain.ticker.advance(Duration.ofSeconds(2));
            left[0] = call.timeLeft();
            return says("hello").answer(call);
        });

        chain.send(ASK);

        assertThat(left[0]).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void givesEachModelTheRequestAsItCame() throws Exception {
        chain.model("a", call -> {
                    call.getRequest().tree().put("spoilt", true).remove("messages");
                    throw failure(UpstreamFailure.STATUS_504);
                })
                .model("b", says("hello"));

        chain.send(ASK);

        assertThat(chain.requests.get(1)).isEqualTo(chain.requests.get(0));
        assertThat(chain.call.getRequest().tree().has("messages")).isTrue();
    }

    @Test
    void passesOverAModelWhoseBreakerIsOpen() throws Exception {
        chain.model("a", Abilities.ALL, ModelHealth.Breaker.OPEN, says("unasked"))
                .model("b", says("hello"));

        assertThat(chain.send(ASK).text()).isEqualTo("hello");
        assertThat(chain.asked).containsExactly("b");
        assertThat(chain.call.getWarnings()).containsExactly("passed over a");
    }

    @Test
    void saysWhenToComeBackWhenAllBreakersAreOpen() throws Exception {
        chain.model("a", Abilities.ALL, ModelHealth.Breaker.OPEN, says("unasked"))
                .model("b", Abilities.ALL, ModelHealth.Breaker.OPEN, says("unasked"));

        Problem problem = chain.send(ASK).problem();

        assertThat(problem.code()).isEqualTo(ErrorCode.NO_MODEL_AVAILABLE);
        assertThat(problem.retryAfter()).isPresent();
        assertThat(chain.asked).isEmpty();
    }

    @Test
    void passesOverModelsThatCannotDoWhatIsAsked() throws Exception {
        Abilities none = new Abilities(0, false, false, false, false, 1, null, List.of());
        chain.model("a", none, ModelHealth.Breaker.CLOSED, says("unasked")).model("b", says("hello"));

        String[] requests = {
            "{'messages':[{'role':'user','content':'hi'}],'tools':[{'type':'function'}]}",
            "{'messages':[{'role':'user','content':[{'type':'image_url','image_url':{'url':'https://x/y.png'}}]}]}",
            "{'messages':[{'role':'user','content':'hi'}],'response_format':{'type':'json_schema'}}",
        };
        for (String request : requests) {
            assertThat(chain.send(request).text()).isEqualTo("hello");
        }
        assertThat(chain.asked).containsOnly("b");
    }

    @Test
    void tellsTheCallerWhatNoModelCanDo() throws Exception {
        Abilities blind = new Abilities(0, true, false, true, false, 1, null, List.of());
        chain.model("a", blind, ModelHealth.Breaker.CLOSED, says("unasked"));

        Problem problem = chain.send(
                        "{'messages':[{'role':'user','content':[{'type':'image_url','image_url':{'url':'https://x/y'}}]}]}")
                .problem();

        assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(problem.getMessage()).isEqualTo("The model 'a' takes no images.");
    }

    @Test
    void asksOnlyModelsWhoseContextIsLargeEnough() throws Exception {
        String longText = "word ".repeat(2000);
        chain.model("small", window(1000), ModelHealth.Breaker.CLOSED, says("unasked"))
                .model("large", window(100_000), ModelHealth.Breaker.CLOSED, says("hello"));

        assertThat(chain.send(ASK.replace("hi", longText)).text()).isEqualTo("hello");
        assertThat(chain.asked).containsExactly("large");
    }

    @Test
    void keepsWhatAFailedAttemptUsedOutOfTheAnswersUsage() throws Exception {
        chain.model("a", call -> {
                    call.used(io.github.camelllm.call.Usage.estimate(7, 3));
                    throw failure(UpstreamFailure.BROKEN_OFF);
                })
                .model("b", says("hello"));
        chain.failover.setRetries(0);

        chain.send(ASK);

        assertThat(chain.call.getUsage().outputTokens()).isEqualTo(5);
        assertThat(chain.call.getAttempts()).extracting(Attempt::model).containsExactly("a", "b");
        assertThat(chain.call.getAttempts().get(0).usage().outputTokens()).isEqualTo(3);
        assertThat(chain.call.getAttempts().get(0).problem().upstream()).contains(UpstreamFailure.BROKEN_OFF);
    }

    @Test
    void stopsAsSoonAsTheClientHasLeft() throws Exception {
        chain.model("a", call -> {
                    call.cancellation().cancel();
                    throw failure(UpstreamFailure.RESET);
                })
                .model("b", says("unasked"));

        chain.send(ASK);

        assertThat(chain.asked).containsExactly("a");
        assertThat(chain.pauses).isEmpty();
    }

    @Test
    void holdsAStreamBackUntilItIsWhole() throws Exception {
        chain.failover.setRecovery("hold");
        chain.failover.setRetries(0);
        chain.model("a", streams(failure(UpstreamFailure.BROKEN_OFF), "never ", "seen"))
                .model("b", streams(null, "all ", "of it"));

        Outcome outcome = chain.send("{'stream':true,'messages':[{'role':'user','content':'hi'}]}");

        assertThat(outcome.problem()).isNull();
        assertThat(outcome.text()).isEqualTo("all of it");
        assertThat(chain.call.getAttempts()).hasSize(2);
    }

    @Test
    void takesNoAnswerThatTheModelsLimitHasCutWhereTheSettingSaysSo() throws Exception {
        chain.failover.setOnLength("failover");
        chain.model("a", call -> {
                    Object answer = says("half of").answer(call);
                    call.finishReason("length");
                    return answer;
                })
                .model("b", says("the whole"));

        assertThat(chain.send(ASK).text()).isEqualTo("the whole");
        assertThat(chain.call.getAttempts().get(0).problem().upstream()).contains(UpstreamFailure.CUT_BY_LENGTH);
        // but one that is as long as the client allowed is what it asked for
        assertThat(chain.send(ASK.replace("{'model'", "{'max_tokens':5,'model'"))
                        .text())
                .isEqualTo("half of");
    }

    @Test
    void prefillsOnlyModelsThatSayTheyCan() {
        assertThat(prefill().prefill()).isTrue();
        assertThat(Abilities.ALL.prefill()).isFalse();
    }
}
