package io.github.camelllm.failover;

import static io.github.camelllm.failover.ChainOfModels.prefill;
import static io.github.camelllm.failover.ChainOfModels.says;
import static io.github.camelllm.failover.ChainOfModels.streams;
import static io.github.camelllm.failover.FailoverTest.fails;
import static io.github.camelllm.failover.FailoverTest.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Abilities;
import io.github.camelllm.call.ModelHealth.Breaker;
import io.github.camelllm.failover.ChainOfModels.Behaviour;
import io.github.camelllm.failover.ChainOfModels.Outcome;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What calls do while the provider of a model has asked to be left alone, through a route. */
class RestingModelsTest {

    private static final String ASK = "{'model':'auto','messages':[{'role':'user','content':'hi'}]}";
    private static final String STREAM = ASK.replace("{'model'", "{'stream':true,'model'");

    private final ChainOfModels chain = new ChainOfModels();

    @BeforeEach
    void askOnce() {
        chain.failover.setRetries(0);
    }

    @AfterEach
    void stop() {
        chain.close();
    }

    private static Problem limit(int seconds) {
        return Problem.of(ErrorCode.GLOBAL_RATE_LIMITED, "limited")
                .withUpstream(UpstreamFailure.STATUS_429)
                .withRetryAfter(Duration.ofSeconds(seconds));
    }

    private static Behaviour limits(int seconds) {
        return call -> {
            throw limit(seconds);
        };
    }

    private void sendToRest(String model, int seconds) {
        chain.models.find(model).orElseThrow().health().rest().after(limit(seconds), Duration.ofMinutes(1));
    }

    private void pass(Duration time) {
        chain.ticker.advance(time);
    }

    @Test
    void goToTheNextModelMeanwhile() throws Exception {
        chain.model("a", limits(30), says("back")).model("b", says("meanwhile"));
        assertThat(chain.send(ASK).text()).isEqualTo("meanwhile");
        chain.asked.clear();

        assertThat(chain.send(ASK).text()).isEqualTo("meanwhile");
        assertThat(chain.asked).containsExactly("b");
        assertThat(chain.call.getWarnings()).containsExactly("passed over a");
        assertThat(chain.pauses).isEmpty();

        pass(Duration.ofSeconds(30));
        assertThat(chain.send(ASK).text()).isEqualTo("back");
        assertThat(chain.call.getWarnings()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = UpstreamFailure.class,
            names = {"STATUS_503", "STATUS_529", "STATUS_504"})
    void doSoWhateverTheReason(UpstreamFailure failure) throws Exception {
        chain.model("a", call -> {
                    throw failure(failure).withRetryAfter(Duration.ofSeconds(30));
                })
                .model("b", says("meanwhile"));
        chain.send(ASK);
        chain.asked.clear();

        assertThat(chain.send(ASK).text()).isEqualTo("meanwhile");
        assertThat(chain.asked).containsExactly("b");
    }

    @Test
    void waitForItWhereNobodyElseIsLeft() throws Exception {
        chain.model("a", limits(8), says("back"));
        chain.send(ASK);

        assertThat(chain.send(ASK).text()).isEqualTo("back");
        assertThat(chain.asked).containsExactly("a", "a");
        assertThat(chain.pauses).hasSize(1).allSatisfy(pause -> assertThat(pause)
                .isBetween(Duration.ofSeconds(8), Duration.ofMillis(9600)));
        assertThat(chain.call.getWarnings()).isEmpty();
        assertThat(chain.call.pausedNanos()).isEqualTo(chain.pauses.get(0).toNanos());
    }

    @Test
    void areNotWaitedForByMoreThanMay() throws Exception {
        chain.failover.setMaxWaiting(0);
        chain.model("a", limits(8), says("back"));
        chain.send(ASK);
        chain.asked.clear();

        assertThat(chain.send(ASK).problem().retryAfter().orElseThrow()).isEqualTo(Duration.ofSeconds(8));
        assertThat(chain.asked).isEmpty();
        assertThat(chain.pauses).isEmpty();
    }

    @Test
    void waitForItWhenTheOthersHaveFailed() throws Exception {
        chain.model("a", limits(5), says("back")).model("b", fails(UpstreamFailure.STATUS_500));
        chain.send(ASK);
        chain.asked.clear();

        assertThat(chain.send(ASK).text()).isEqualTo("back");
        assertThat(chain.asked).containsExactly("b", "a");
    }

    /** So that the call which heard of the rest, and has waited for its end, finds others in its place. */
    private void letOthersComeFirst() {
        chain.failover.setRetries(1);
        chain.failover.pause((time, cancellation) -> {
            chain.pauses.add(time);
            pass(time);
            for (int i = 0; i < 3 && chain.pauses.size() == 1; i++) {
                chain.models.find("a").orElseThrow().health().rest().admits();
            }
        });
    }

    @Test
    void waitOnceMoreWhenOthersComeFirstAfterIt() throws Exception {
        letOthersComeFirst();
        chain.model("a", limits(2), says("back"));

        assertThat(chain.send(ASK).text()).isEqualTo("back");
        assertThat(chain.asked).containsExactly("a", "a");
        assertThat(chain.pauses).hasSize(2);
        assertThat(chain.pauses.get(1)).isLessThan(Duration.ofMillis(1300));
    }

    @Test
    void goToTheNextModelWhenOthersComeFirstAfterIt() throws Exception {
        letOthersComeFirst();
        chain.model("a", limits(2), says("unasked")).model("b", says("meanwhile"));

        assertThat(chain.send(ASK).text()).isEqualTo("meanwhile");
        assertThat(chain.asked).containsExactly("a", "b");
        assertThat(chain.pauses).hasSize(1);
    }

    @Test
    void areRetriedNoMoreOftenForThat() throws Exception {
        letOthersComeFirst();
        chain.model("a", limits(2));

        assertThat(chain.send(ASK).problem().upstream()).contains(UpstreamFailure.STATUS_429);
        assertThat(chain.asked).containsExactly("a", "a");
    }

    @Test
    void doNotWaitOnceMoreBeyondTheLongestWait() throws Exception {
        letOthersComeFirst();
        chain.model("a", limits(10), says("unasked"));

        assertThat(chain.send(ASK).problem().upstream()).contains(UpstreamFailure.STATUS_429);
        assertThat(chain.asked).containsExactly("a");
        assertThat(chain.pauses).hasSize(1);
    }

    @Test
    void waitForTheOneThatIsBackFirst() throws Exception {
        chain.model("a", limits(9), says("late")).model("b", limits(4), says("early"));
        chain.send(ASK);

        assertThat(chain.send(ASK).text()).isEqualTo("early");
    }

    @Test
    void areToldAtOnceWhereTheWaitIsTooLong() throws Exception {
        chain.model("a", limits(40), says("unasked")).model("b", limits(25), says("unasked"));
        chain.send(ASK);
        pass(Duration.ofMillis(500));
        chain.asked.clear();

        Problem problem = chain.send(ASK).problem();

        assertThat(problem.code()).isEqualTo(ErrorCode.GLOBAL_RATE_LIMITED);
        assertThat(problem.retryAfter()).as("of the one that is back first").contains(Duration.ofSeconds(25));
        assertThat(problem.detail().orElse("")).contains("a (", "b (");
        assertThat(chain.asked).isEmpty();
        assertThat(chain.pauses).isEmpty();
    }

    @Test
    void areToldAtOnceWhereTheWaitWouldOutlastTheDeadline() throws Exception {
        chain.failover.setDeadline(Duration.ofSeconds(5));
        chain.model("a", limits(6), says("unasked"));
        chain.send(ASK);

        Problem problem = chain.send(ASK).problem();

        assertThat(problem.code()).isEqualTo(ErrorCode.GLOBAL_RATE_LIMITED);
        assertThat(problem.retryAfter()).contains(Duration.ofSeconds(6));
        assertThat(chain.pauses).isEmpty();
    }

    @Test
    void waitNoLongerInAllThanForOne() throws Exception {
        chain.model("a", limits(6), limits(6), says("unasked")).model("b", limits(15), says("unasked"));
        chain.send(ASK);
        chain.asked.clear();

        assertThat(chain.send(ASK).problem().code()).isEqualTo(ErrorCode.GLOBAL_RATE_LIMITED);
        assertThat(chain.asked).containsExactly("a");
        assertThat(chain.pauses).hasSize(1);
    }

    @Test
    void doNotWaitForOneThatCouldNotAnswerAnyhow() throws Exception {
        Abilities blind = new Abilities(0, true, false, true, false, 1, null, List.of());
        chain.model("a", blind, Breaker.CLOSED, limits(5), says("unasked"));
        chain.send(ASK);
        chain.asked.clear();

        Outcome outcome = chain.send("{'messages':[{'role':'user','content':"
                + "[{'type':'image_url','image_url':{'url':'https://x/y.png'}}]}]}");

        assertThat(outcome.problem().code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(chain.asked).isEmpty();
        assertThat(chain.pauses).isEmpty();
    }

    @Test
    void stopWaitingOnceTheirClientsHaveLeft() throws Exception {
        chain.failover.pause((time, cancellation) -> cancellation.cancel());
        chain.model("a", says("unasked"));
        sendToRest("a", 5);

        assertThat(chain.send(ASK).problem().code()).isEqualTo(ErrorCode.CLIENT_GONE);
        assertThat(chain.asked).isEmpty();
    }

    @Test
    void comeAFewAtATimeAfterwards() throws Exception {
        chain.model("a", limits(5), fails(UpstreamFailure.RESET)).model("b", says("meanwhile"));
        chain.send(ASK);
        pass(Duration.ofSeconds(5));
        chain.asked.clear();
        for (int i = 0; i < 10; i++) {
            assertThat(chain.send(ASK).text()).isEqualTo("meanwhile");
        }

        assertThat(chain.asked.stream().filter("a"::equals))
                .as("within a second")
                .hasSize(3);
    }

    @Test
    void doNotRetryAModelThatAnotherCallHasSentToRest() throws Exception {
        chain.failover.setRetries(1);
        chain.model("a", call -> {
                    sendToRest("a", 30);
                    throw failure(UpstreamFailure.RESET);
                })
                .model("b", says("meanwhile"));

        assertThat(chain.send(ASK).text()).isEqualTo("meanwhile");
        assertThat(chain.asked).containsExactly("a", "b");
    }

    /** Rather than wait for one that could go on with the text, another begins afresh at once. */
    @Test
    void doNotWaitInTheMiddleOfAStreamWhileAnyoneElseIsLeft() throws Exception {
        chain.model("a", streams(failure(UpstreamFailure.STALLED), "one ", "two "))
                .model("b", prefill(), Breaker.CLOSED, limits(5), says("unasked"))
                .model("c", streams(null, "one ", "two ", "three"));
        sendToRest("b", 5);

        Outcome outcome = chain.send(STREAM);

        assertThat(outcome.problem()).isNull();
        assertThat(outcome.text()).isEqualTo("one two three");
        assertThat(chain.asked).containsExactly("a", "c");
        assertThat(chain.pauses).isEmpty();
    }

    @Test
    void waitInTheMiddleOfAStreamWhereNobodyElseIsLeft() throws Exception {
        chain.model("a", streams(failure(UpstreamFailure.STALLED), "one ", "two "))
                .model("b", prefill(), Breaker.CLOSED, streams(null, "three"));
        sendToRest("b", 5);

        assertThat(chain.send(STREAM).text()).isEqualTo("one two three");
        assertThat(chain.pauses).hasSize(1);
    }
}
