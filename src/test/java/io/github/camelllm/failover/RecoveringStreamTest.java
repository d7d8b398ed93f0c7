package io.github.camelllm.failover;

import static io.github.camelllm.failover.ChainOfModels.prefill;
import static io.github.camelllm.failover.ChainOfModels.streams;
import static io.github.camelllm.failover.FailoverTest.fails;
import static io.github.camelllm.failover.FailoverTest.failure;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.ModelHealth.Breaker;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.failover.ChainOfModels.Behaviour;
import io.github.camelllm.failover.ChainOfModels.Outcome;
import io.github.camelllm.problem.UpstreamFailure;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of streams that break off after their first content, through a route. */
class RecoveringStreamTest {

    private static final String ASK = "{'stream':true,'max_tokens':100,'messages':[{'role':'user','content':'hi'}]}";
    private static final UpstreamFailure CUT = UpstreamFailure.STALLED;

    private final ChainOfModels chain = new ChainOfModels();

    @BeforeEach
    void retryNothing() {
        chain.failover.setRetries(0);
    }

    @AfterEach
    void stop() {
        chain.close();
    }

    @Test
    void goesOnAtTheNextModelThatTakesAPrefill() throws Exception {
        chain.model("a", streams(failure(CUT), "The quick ", "brown "))
                .model("cannot", streams(null, "unasked"))
                .model("b", prefill(), Breaker.CLOSED, streams(null, "fox ", "jumps"));

        Outcome outcome = chain.send(ASK);

        assertThat(outcome.problem()).isNull();
        assertThat(outcome.text()).isEqualTo("The quick brown fox jumps");
        assertThat(chain.asked).containsExactly("a", "b");
        JsonNode messages = chain.requests.get(1).path("messages");
        assertThat(messages.get(1))
                .isEqualTo(Json.MAPPER.readTree("{\"role\":\"assistant\",\"content\":\"The quick brown\"}"));
        assertThat(chain.requests.get(1).path("max_tokens").asInt()).isLessThan(100);
        assertThat(chain.call.getRecovery()).isEqualTo("continued");
        assertThat(chain.call.getRequest().tree().path("messages")).hasSize(2);
    }

    @Test
    void asksNobodyElseWhenThePolicyStopsIt() throws Exception {
        chain.model("a", streams(failure(UpstreamFailure.CONTENT_POLICY), "Once "))
                .model("b", prefill(), Breaker.CLOSED, streams(null, "unasked"));

        Outcome outcome = chain.send(ASK);

        assertThat(outcome.text()).isEqualTo("Once ");
        assertThat(outcome.problem().upstream()).contains(UpstreamFailure.CONTENT_POLICY);
        assertThat(chain.asked).containsExactly("a");
    }

    @Test
    void staysOneAnswerToTheClient() throws Exception {
        chain.model("a", streams(failure(CUT), "one ")).model("b", prefill(), Breaker.CLOSED, streams(null, "two"));

        List<JsonNode> events = chain.send(ASK).events();

        assertThat(events).extracting(event -> event.path("id").asText()).containsOnly("id-a");
        assertThat(events.stream().filter(event -> event.at("/choices/0/delta").has("role")))
                .hasSize(1);
        assertThat(events.get(events.size() - 1).at("/choices/0/finish_reason").asText())
                .isEqualTo("stop");
    }

    @Test
    void countsBothPartsOfAContinuedAnswer() throws Exception {
        chain.model("a", streams(failure(CUT), "one ")).model("b", prefill(), Breaker.CLOSED, streams(null, "two"));

        chain.send(ASK);

        assertThat(chain.call.getUsage().outputTokens()).isGreaterThan(3);
        assertThat(chain.call.getAttempts().get(0).usage()).isNotNull();
        assertThat(chain.call.getAttempts().get(0).problem().upstream()).contains(CUT);
    }

    @Test
    void repeatsNoWhiteSpaceThatTheClientHas() throws Exception {
        chain.model("a", streams(failure(CUT), "one\n\n"))
                .model("b", prefill(), Breaker.CLOSED, streams(null, "\n", "\ntwo"));

        assertThat(chain.send(ASK).text()).isEqualTo("one\n\ntwo");
    }

    /** A model that takes no notice of the text it is to go on with. */
    @Test
    void repeatsNothingWhereTheModelAnswersAfreshInsteadOfGoingOn() throws Exception {
        chain.model("a", streams(failure(CUT), "The quick ", "brown "))
                .model("b", prefill(), Breaker.CLOSED, streams(null, "The ", "quick brown fox ", "jumps"));

        Outcome outcome = chain.send(ASK);

        assertThat(outcome.problem()).isNull();
        assertThat(outcome.text()).isEqualTo("The quick brown fox jumps");
        assertThat(chain.call.getRecovery()).isEqualTo("restarted");
        assertThat(chain.call.getUsage().outputTokens())
                .as("of the one answer, without what it repeats")
                .isEqualTo(6);
    }

    @Test
    void endsWithTheCauseWhereTheModelAnswersSomethingElseAfreshInsteadOfGoingOn() throws Exception {
        String answer = "The quick brown fox jumps over the lazy dog, and then it goes its way through the wood. ";
        chain.model("a", streams(failure(CUT), answer))
                .model("b", prefill(), Breaker.CLOSED, streams(null, answer.replace("through", "into")));

        Outcome outcome = chain.send(ASK);

        assertThat(outcome.text()).isEqualTo(answer);
        assertThat(outcome.problem().upstream()).contains(CUT);
    }

    @Test
    void losesNothingOfAContinuationThatOnlyBeginsLikeTheAnswer() throws Exception {
        chain.model("a", streams(failure(CUT), "The quick brown fox. "))
                .model("b", prefill(), Breaker.CLOSED, streams(null, "The ", "qu", "iet dog. ", "The end"));

        Outcome outcome = chain.send(ASK);

        assertThat(outcome.text()).isEqualTo("The quick brown fox. The quiet dog. The end");
        assertThat(outcome.events()).as("no event lost").hasSize(7);
        assertThat(chain.call.getRecovery()).isEqualTo("continued");
    }

    @Test
    void asksTheNextOneWhereTheContinuationBreaksOffBeforeItIsClearWhetherItIsOne() throws Exception {
        chain.model("a", streams(failure(CUT), "The quick brown fox "))
                .model("b", prefill(), Breaker.CLOSED, streams(failure(CUT), "The "))
                .model("c", prefill(), Breaker.CLOSED, streams(null, "jumps"));

        Outcome outcome = chain.send(ASK);

        assertThat(outcome.text()).isEqualTo("The quick brown fox jumps");
        assertThat(chain.requests.get(2).at("/messages/1/content").asText()).isEqualTo("The quick brown fox");
        assertThat(chain.call.getUsage().outputTokens()).as("of a and c").isEqualTo(2 + 4);
    }

    @Test
    void withholdsWhatARestartedAnswerRepeats() throws Exception {
        chain.model("a", streams(failure(CUT), "The quick ", "brown"))
                .model("b", streams(null, "The ", "quick brown ", "fox ", "jumps"));

        Outcome outcome = chain.send(ASK);

        assertThat(outcome.problem()).isNull();
        assertThat(outcome.text()).isEqualTo("The quick brown fox jumps");
        assertThat(chain.call.getRecovery()).isEqualTo("restarted");
    }

    @Test
    void endsWithTheCauseWhenARestartedAnswerDiverges() throws Exception {
        chain.model("a", streams(failure(CUT), "The quick brown")).model("b", streams(null, "The quick ", "red fox"));

        Outcome outcome = chain.send(ASK);

        assertThat(outcome.text()).isEqualTo("The quick brown");
        assertThat(outcome.problem().upstream()).contains(CUT);
    }

    @Test
    void endsWithTheCauseWhenARestartedAnswerIsShorter() throws Exception {
        chain.model("a", streams(failure(CUT), "The quick brown")).model("b", streams(null, "The quick"));

        Outcome outcome = chain.send(ASK);

        assertThat(outcome.text()).isEqualTo("The quick brown");
        assertThat(outcome.problem().upstream()).contains(CUT);
    }

    /** The second model answers afresh, and breaks off before it says anything new: the answer is the first one's still. */
    @Test
    void countsWhatTheClientHasThoughAnAnswerAfreshCameToNothing() throws Exception {
        UpstreamFailure cut = UpstreamFailure.BROKEN_OFF;
        chain.failover.setRetries(1);
        chain.model(
                        "a",
                        prefill(),
                        Breaker.CLOSED,
                        streams(failure(cut), "The quick ", "brown "),
                        streams(null, "fox ", "jumps"))
                .model("b", streams(failure(cut), "The "));

        Outcome outcome = chain.send(ASK);

        assertThat(outcome.text()).isEqualTo("The quick brown fox jumps");
        assertThat(chain.asked).containsExactly("a", "b", "a");
        long first = chain.call.getAttempts().get(0).usage().outputTokens();
        long last = chain.call.getAttempts().get(2).usage().outputTokens();
        assertThat(chain.call.getUsage().outputTokens()).isEqualTo(first + last);
        assertThat(chain.requests.get(2).path("max_tokens").asLong()).isEqualTo(100 - first);
    }

    @Test
    void restartsWhenNobodyCanGoOn() throws Exception {
        chain.model("a", streams(failure(CUT), "one "))
                .model("b", prefill(), Breaker.CLOSED, fails(UpstreamFailure.STATUS_400))
                .model("c", streams(null, "one ", "two"));

        assertThat(chain.send(ASK).text()).isEqualTo("one two");
        assertThat(chain.asked).containsExactly("a", "b", "c");
    }

    @Test
    void neverTellsTheComplaintOfTheModelThatWasToHelp() throws Exception {
        chain.model("a", streams(failure(CUT), "one "))
                .model("b", prefill(), Breaker.CLOSED, fails(UpstreamFailure.STATUS_400));

        Outcome outcome = chain.send(ASK);

        assertThat(outcome.problem().upstream()).contains(CUT);
        assertThat(outcome.text()).isEqualTo("one ");
    }

    @Test
    void survivesASecondBreak() throws Exception {
        chain.model("a", streams(failure(CUT), "one "))
                .model("b", prefill(), Breaker.CLOSED, streams(failure(CUT), "two "))
                .model("c", prefill(), Breaker.CLOSED, streams(null, "three"));

        Outcome outcome = chain.send(ASK);

        assertThat(outcome.problem()).isNull();
        assertThat(outcome.text()).isEqualTo("one two three");
    }

    @Test
    void asksTheSameModelOnceMoreWhenThereIsNoOther() throws Exception {
        chain.failover.setRetries(1);
        chain.model(
                "a",
                prefill(),
                Breaker.CLOSED,
                streams(failure(UpstreamFailure.BROKEN_OFF), "one "),
                streams(null, "two"));

        assertThat(chain.send(ASK).text()).isEqualTo("one two");
        assertThat(chain.asked).containsExactly("a", "a");
    }

    @Test
    void asksTheSameModelNoMoreOnceItsRetryBudgetIsSpent() throws Exception {
        chain.failover.setRetries(1);
        chain.failover.setRetryPercent(0);
        chain.model("a", prefill(), Breaker.CLOSED, streams(failure(UpstreamFailure.BROKEN_OFF), "one "));

        assertThat(chain.send(ASK).problem().upstream()).contains(UpstreamFailure.BROKEN_OFF);
        assertThat(chain.asked).containsExactly("a");
    }

    @Test
    void asksNobodyToGoOnWithAWholeAnswer() throws Exception {
        chain.failover.setRetries(1);
        chain.model("a", call -> {
                    TokenStream whole =
                            (TokenStream) streams(null, "all ", "of it").answer(call);
                    return new TokenStream() {
                        @Override
                        protected StreamEvent pull() {
                            StreamEvent event = whole.next();
                            if (event == null) {
                                throw failure(UpstreamFailure.IN_BAND_ERROR);
                            }
                            return event;
                        }

                        @Override
                        protected void release() {
                            whole.close();
                        }
                    };
                })
                .model("b", prefill(), Breaker.CLOSED, streams(null, "more"));

        Outcome outcome = chain.send(ASK);

        assertThat(outcome.problem()).isNull();
        assertThat(outcome.text()).isEqualTo("all of it");
        assertThat(chain.asked).containsExactly("a");
    }

    @Test
    void asksForNoRestOfJson() throws Exception {
        chain.model("a", streams(failure(CUT), "{\"a\":"))
                .model("b", prefill(), Breaker.CLOSED, streams(null, "{\"a\":", "1}"));

        Outcome outcome = chain.send(ASK.replace("{'stream'", "{'response_format':{'type':'json_object'},'stream'"));

        assertThat(outcome.text()).isEqualTo("{\"a\":1}");
        assertThat(chain.call.getRecovery()).isEqualTo("restarted");
    }

    @Test
    void saysOfNoStreamThatItWasMadeWholeWhichWasNot() throws Exception {
        chain.model("a", streams(failure(CUT), "one ")).model("b", streams(null, "two"));

        assertThat(chain.send(ASK).problem()).isNotNull();
        assertThat(chain.call.getRecovery()).isNull();
    }

    @Test
    void endsWithTheErrorWhereThatIsTheSetting() throws Exception {
        chain.failover.setRecovery("error");
        chain.model("a", streams(failure(CUT), "one ")).model("b", streams(null, "one ", "two"));

        Outcome outcome = chain.send(ASK);

        assertThat(outcome.problem().upstream()).contains(CUT);
        assertThat(chain.asked).containsExactly("a");
    }

    @Test
    void restartsAToolCallUnderTheIdThatTheClientKnows() throws Exception {
        chain.model("a", toolCall("call_a", failure(CUT), "{\"city\":", "\"Pa"))
                .model("b", toolCall("call_b", null, "{\"city\":\"Par", "is\"}"));

        Outcome outcome = chain.send(ASK);

        assertThat(outcome.problem()).isNull();
        StringBuilder arguments = new StringBuilder();
        StringBuilder ids = new StringBuilder();
        StringBuilder names = new StringBuilder();
        for (JsonNode event : outcome.events()) {
            JsonNode call = event.at("/choices/0/delta/tool_calls/0");
            ids.append(call.path("id").asText(""));
            names.append(call.at("/function/name").asText(""));
            arguments.append(call.at("/function/arguments").asText(""));
        }
        assertThat(arguments).hasToString("{\"city\":\"Paris\"}");
        assertThat(ids).hasToString("call_a");
        assertThat(names).hasToString("weather");
    }

    private static Behaviour toolCall(String id, io.github.camelllm.problem.Problem failure, String... pieces) {
        return call -> {
            TokenStream head = (TokenStream) streams(failure).answer(call);
            java.util.ArrayList<StreamEvent> events = new java.util.ArrayList<>();
            events.add(head.next());
            for (int i = 0; i < pieces.length; i++) {
                com.fasterxml.jackson.databind.node.ObjectNode delta = Json.object();
                com.fasterxml.jackson.databind.node.ObjectNode tool =
                        delta.putArray("tool_calls").addObject().put("index", 0);
                if (i == 0) {
                    tool.put("id", id).put("type", "function");
                    tool.putObject("function").put("name", "weather").put("arguments", pieces[i]);
                } else {
                    tool.putObject("function").put("arguments", pieces[i]);
                }
                events.add(ChainOfModels.chunk("id", delta, null));
            }
            if (failure == null) {
                events.add(ChainOfModels.chunk("id", Json.object(), "tool_calls"));
                return TokenStream.of(events);
            }
            TokenStream tail = (TokenStream) streams(failure).answer(call);
            tail.next(); // its role
            return new TokenStream() {
                private final java.util.Iterator<StreamEvent> iterator = events.iterator();

                @Override
                protected StreamEvent pull() {
                    return iterator.hasNext() ? iterator.next() : tail.next();
                }

                @Override
                protected void release() {
                    tail.close();
                }
            };
        };
    }
}
