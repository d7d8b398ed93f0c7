package io.github.camelllm.quota;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenCounter;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import io.github.camelllm.step.Calls;
import io.github.camelllm.testkit.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the steps quota and budget do to calls, seen through a route. */
class LimitStepTest {

    @TempDir
    Path directory;

    private static Problem problemOf(Exchange exchange) {
        assertThat(exchange.getException()).isInstanceOf(Problem.class);
        return (Problem) exchange.getException();
    }

    private static void passes(Exchange exchange) {
        assertThat(exchange.getException()).isNull();
    }

    private LimitedChain chain(String... limits) throws Exception {
        return new LimitedChain(directory, "limits:\n  - " + String.join("\n  - ", limits) + "\n");
    }

    @Test
    void withoutLimitsEverythingPassesUntouched() throws Exception {
        try (LimitedChain chain = new LimitedChain(directory, "limits: []").start()) {
            Call call = chain.call("ann", "{\"messages\":[]}");

            passes(chain.send(call));

            assertThat(call.getRequest().tree().has("max_tokens")).isFalse();
            assertThat(call.answerHeaders()).isEmpty();
        }
    }

    @Test
    void aUserBeyondItsRateIsToldWhichLimitAndWhenItFrees() throws Exception {
        try (LimitedChain chain =
                chain("{ scope: user, requests: 2, per: minute }").start()) {
            passes(chain.send("ann"));
            chain.ticker.advance(Duration.ofSeconds(10));
            passes(chain.send("ann"));

            Problem problem = problemOf(chain.send("ann"));

            assertThat(problem.code()).isEqualTo(ErrorCode.USER_RATE_LIMITED);
            assertThat(problem.getMessage())
                    .startsWith("The limit of 2 requests per minute of user 'ann' is reached; enough of it frees in 5");
            assertThat(problem.retryAfter().orElseThrow()).isBetween(Duration.ofSeconds(49), Duration.ofSeconds(52));
            passes(chain.send("bob"));
            chain.ticker.advance(problem.retryAfter().orElseThrow());
            passes(chain.send("ann"));
            problemOf(chain.send("ann"));
        }
    }

    @Test
    void eachKindOfLimitHasItsCode() throws Exception {
        assertThat(refused("{ scope: global, requests: 0, per: minute }").code())
                .isEqualTo(ErrorCode.REQUEST_OVER_BUDGET);
        assertThat(second("{ scope: global, requests: 1, per: minute }").code())
                .isEqualTo(ErrorCode.GLOBAL_RATE_LIMITED);
        assertThat(second("{ scope: team, requests: 1, per: minute }").code()).isEqualTo(ErrorCode.USER_RATE_LIMITED);
        assertThat(second("{ scope: user, tokens: 20, per: day }").code()).isEqualTo(ErrorCode.QUOTA_EXHAUSTED);
        assertThat(second("{ scope: user, dollars: 0.02, per: day }").code()).isEqualTo(ErrorCode.BUDGET_EXCEEDED);
    }

    private Problem refused(String limit) throws Exception {
        try (LimitedChain chain = chain(limit).priced("0.001", "0.001").start()) {
            return problemOf(chain.send("ann"));
        }
    }

    private Problem second(String limit) throws Exception {
        try (LimitedChain chain =
                chain(limit).priced("0.001", "0.001").counting(10, 10).start()) {
            Call first = chain.call("ann");
            first.choose(LimitedChain.model("gpt"));
            passes(chain.send(first));
            Call second = chain.call("ann");
            second.choose(LimitedChain.model("gpt"));
            return problemOf(chain.send(second));
        }
    }

    @Test
    void bothStepsTakeAllOrNothing() throws Exception {
        try (LimitedChain chain = chain(
                        "{ scope: user, requests: 10, per: minute }", "{ scope: user, tokens: 20, per: day }")
                .counting(10, 10)
                .start()) {
            passes(chain.send("ann"));
            assertThat(chain.levels("ann", true)).containsExactly(1L, 0L);

            assertThat(problemOf(chain.send("ann")).code()).isEqualTo(ErrorCode.QUOTA_EXHAUSTED);

            assertThat(chain.levels("ann", true)).containsExactly(1L, 0L);
            assertThat(chain.levels("ann", false)).containsExactly(15L, 0L);
        }
    }

    @Test
    void apartTheyTakeOneAfterTheOtherAndTheFirstGivesBack() throws Exception {
        try (LimitedChain chain = new LimitedChain(
                        directory,
                        "limits:\n  - { scope: user, requests: 10, per: minute }\n  - { scope: user, tokens: 1, per: day }\n",
                        "        - policy: { ref: quota }\n        - log: between\n        - policy: { ref: budget }\n")
                .start()) {
            problemOf(chain.send("ann"));

            assertThat(chain.levels("ann", true)).containsExactly(0L, 0L);
        }
    }

    @Test
    void whatNoModelHasSeenCostsNothing() throws Exception {
        try (LimitedChain chain =
                chain("{ scope: user, requests: 1, tokens: 100, per: minute }").start()) {
            chain.model = exchange -> {
                Calls.of(exchange).attempt("gpt", "openai");
                throw Problem.of(ErrorCode.UPSTREAM_ERROR, "refused").withUpstream(UpstreamFailure.CONNECT_REFUSED);
            };
            problemOf(chain.send("ann"));
            assertThat(chain.levels("ann", true)).containsExactly(0L, 0L, 0L, 0L);

            chain.model = exchange -> {
                Call call = Calls.of(exchange);
                call.attempt("gpt", "openai").status(500);
                call.used(Usage.estimate(7, 0));
                throw Problem.of(ErrorCode.UPSTREAM_ERROR, "failed").withUpstream(UpstreamFailure.STATUS_500);
            };
            problemOf(chain.send("ann"));
            assertThat(chain.levels("ann", true)).containsExactly(1L, 0L, 7L, 0L);
        }
    }

    @Test
    void whoHangsUpOnAPlainAnswerPaysForAllThatWasReserved() throws Exception {
        String limits = "limits: [{ scope: user, tokens: 100, per: day }]\n";
        for (String setting : new String[] {"", "given-up: estimate\n"}) {
            try (LimitedChain chain = new LimitedChain(directory, setting + limits)
                    .counting(10, 10)
                    .start()) {
                chain.model = exchange -> {
                    Call call = Calls.of(exchange);
                    call.attempt("gpt", "openai");
                    call.cancellation().cancel();
                    call.used(Usage.estimate(9, 0));
                    throw call.cancellation().problem();
                };
                problemOf(chain.send("ann"));

                assertThat(chain.levels("ann", false)).containsExactly(setting.isEmpty() ? 15L : 9L, 0L);
            }
        }
    }

    @Test
    void aStreamHoldsItsReservationUntilItEnds() throws Exception {
        try (LimitedChain chain =
                chain("{ scope: user, tokens: 100, per: day }").counting(10, 10).start()) {
            chain.model = exchange -> {
                Call call = Calls.of(exchange);
                call.attempt("gpt", "openai").status(200);
                exchange.getMessage()
                        .setBody(TokenStream.of(List.of(
                                new StreamEvent(Json.object().put("a", 1)),
                                new StreamEvent(Json.object().put("a", 2)))));
            };
            chain.client = exchange -> {
                assertThat(chain.levels("ann", false)).containsExactly(0L, 15L);
                TokenStream stream = exchange.getMessage().getBody(TokenStream.class);
                stream.next();
                Calls.of(exchange).used(Usage.estimate(10, 2));
                stream.close();
                assertThat(chain.levels("ann", false)).containsExactly(12L, 0L);
            };

            passes(chain.send("ann"));

            assertThat(chain.levels("ann", false)).containsExactly(12L, 0L);
        }
    }

    @Test
    void aStreamThatNobodyReadsIsSettledWithItsExchange() throws Exception {
        try (LimitedChain chain = chain("{ scope: user, requests: 5, tokens: 100, per: day }")
                .counting(10, 10)
                .start()) {
            chain.model = exchange -> {
                Calls.of(exchange).attempt("gpt", "openai").status(200);
                exchange.getMessage().setBody(TokenStream.of(List.of()));
            };

            passes(chain.send("ann"));

            assertThat(chain.levels("ann", false)).containsExactly(1L, 0L, 0L, 0L);
        }
    }

    @Test
    void aRequestWithoutABoundGetsOne() throws Exception {
        String limits = "output-tokens: 50\nlimits: [{ scope: user, tokens: 1000, per: day }]\n";
        try (LimitedChain chain =
                new LimitedChain(directory, limits).counting(10, 10).start()) {
            AtomicInteger sent = new AtomicInteger();
            chain.model = exchange -> {
                JsonNode request = Calls.of(exchange).getRequest().tree();
                sent.set(request.path("max_tokens").asInt());
                LimitedChain.answer(exchange, 10, 50);
            };
            Call call = chain.call("ann", "{\"n\":2,\"messages\":[]}");

            passes(chain.send(call));

            assertThat(sent.get()).isEqualTo(50);
            assertThat(call.getWarnings()).containsExactly("answer bounded to 50 tokens");
        }
    }

    @Test
    void aSingleRequestOverItsCapIsToldTheEstimateAndTheBound() throws Exception {
        try (LimitedChain chain =
                chain("{ scope: request, tokens: 14 }").counting(10, 10).start()) {
            Problem problem = problemOf(chain.send("ann"));

            assertThat(problem.code()).isEqualTo(ErrorCode.REQUEST_OVER_BUDGET);
            assertThat(problem.getMessage())
                    .isEqualTo(
                            "This request may use up to 15 tokens (estimated: 10 tokens of the prompt, up to 5 of the"
                                    + " answer), and a single request may use 14 tokens. Send a shorter prompt or a lower max_tokens.");
            assertThat(problem.retryAfter()).isEmpty();
        }
    }

    @Test
    void numbersBeyondAllMeasureAreRefusedLikeOthers() throws Exception {
        try (LimitedChain chain =
                chain("{ scope: user, tokens: 1000, per: day }").start()) {
            Call call = chain.call("ann", "{\"max_tokens\":9223372036854775807,\"n\":2147483647,\"messages\":[]}");

            assertThat(problemOf(chain.send(call)).code()).isEqualTo(ErrorCode.REQUEST_OVER_BUDGET);
        }
    }

    @Test
    void countsExactlyBeforeItRefuses() throws Exception {
        try (LimitedChain chain = chain("{ scope: request, tokens: 14 }", "{ scope: user, tokens: 14, per: minute }")
                .counting(10, 9)
                .start()) {
            passes(chain.send("ann"));
        }
    }

    @Test
    void aRequestThatCanNeverFitIsNotSentAwayToWait() throws Exception {
        try (LimitedChain chain = chain("{ scope: user, tokens: 14, per: minute }")
                .counting(10, 10)
                .start()) {
            Problem problem = problemOf(chain.send("ann"));

            assertThat(problem.code()).isEqualTo(ErrorCode.REQUEST_OVER_BUDGET);
            assertThat(problem.getMessage()).contains("the limit is 14 tokens per minute of user 'ann'");
            assertThat(problem.retryAfter()).isEmpty();
        }
    }

    @Test
    void dollarsAreThoseOfWhatWasUsed() throws Exception {
        try (LimitedChain chain = chain("{ scope: user, dollars: 1, per: day }")
                .priced("0.000000075", "0.0000003")
                .counting(10, 10)
                .start()) {
            Call call = chain.call("ann");
            call.choose(LimitedChain.model("gpt"));

            passes(chain.send(call));

            assertThat(chain.levels("ann", false)).containsExactly(10 * 75L + 5 * 300L, 0L);
        }
    }

    @Test
    void aModelWithoutAPriceIsLetPassOrPassedOver() throws Exception {
        String limits = "limits: [{ scope: user, dollars: 1, per: day }]\n";
        try (LimitedChain chain =
                new LimitedChain(directory, limits).priced("1", "1").start()) {
            Call call = chain.call("ann");
            call.choose(LimitedChain.model("unpriced"));

            passes(chain.send(call));
            assertThat(call.getWarnings()).containsExactly("no price known of unpriced: no limit of dollars counts it");
        }
        try (LimitedChain chain = new LimitedChain(directory, "unpriced: refuse\n" + limits)
                .priced("1", "1")
                .start()) {
            Call call = chain.call("ann");
            call.choose(LimitedChain.model("unpriced"));

            Problem problem = problemOf(chain.send(call));
            assertThat(problem.upstream()).contains(UpstreamFailure.LIMIT_REACHED);
            assertThat(problem.getMessage()).contains("'unpriced' has no price");
        }
    }

    @Test
    void withoutAPriceThereIsNoCallWhereTheRulesSaySo() throws Exception {
        try (LimitedChain chain = new LimitedChain(directory, "unpriced: refuse\n")
                .priced("1", "1")
                .start()) {
            Call unpriced = chain.call("ann", "{\"messages\":[]}");
            unpriced.choose(LimitedChain.model("unpriced"));
            assertThat(problemOf(chain.send(unpriced)).code()).isEqualTo(ErrorCode.NO_MODEL_AVAILABLE);

            Call priced = chain.call("ann", "{\"messages\":[]}");
            priced.choose(LimitedChain.model("gpt"));
            passes(chain.send(priced));
            assertThat(priced.getRequest().tree().has("max_tokens")).isFalse();
        }
    }

    @Test
    void aLimitOfTheModelIsTheModelsAffair() throws Exception {
        try (LimitedChain chain = chain(
                        "{ scope: model, of: gpt, requests: 1, per: minute }",
                        "{ scope: user, requests: 9, per: minute }")
                .start()) {
            Call first = chain.call("ann");
            first.choose(LimitedChain.model("gpt"));
            passes(chain.send(first));
            Call second = chain.call("ann");
            second.choose(LimitedChain.model("gpt"));

            Problem problem = problemOf(chain.send(second));

            assertThat(problem.upstream()).contains(UpstreamFailure.LIMIT_REACHED);
            assertThat(chain.levels("ann", true)).containsExactly(1L, 0L);
        }
    }

    @Test
    void tellsHowTheTightestLimitsStand() throws Exception {
        try (LimitedChain chain = chain(
                        "{ scope: global, requests: 100, tokens: 1000, per: minute }",
                        "{ scope: user, requests: 2, per: minute }",
                        "{ scope: user, requests: 1, per: day }")
                .counting(10, 10)
                .start()) {
            Call call = chain.call("ann");
            passes(chain.send(call));

            assertThat(call.answerHeaders())
                    .containsEntry("x-ratelimit-limit-requests", "2")
                    .containsEntry("x-ratelimit-remaining-requests", "1")
                    .containsEntry("x-ratelimit-limit-tokens", "1000")
                    .containsEntry("x-ratelimit-remaining-tokens", "985")
                    .containsKeys("x-ratelimit-reset-requests", "x-ratelimit-reset-tokens");
        }
    }

    @Test
    void aChangedFileHoldsWithoutARestart() throws Exception {
        try (LimitedChain chain =
                chain("{ scope: user, requests: 1, per: day }").start()) {
            passes(chain.send("ann"));
            problemOf(chain.send("ann"));

            chain.write("limits: [{ scope: user, requests: 200, per: day }]  # more\n");
            Await.until("the changed limits", () -> {
                chain.ticker.advance(Duration.ofSeconds(3));
                return chain.limits.rules().rules().get(0).max() == 200;
            });

            passes(chain.send("ann"));
            assertThat(chain.levels("ann", false)).containsExactly(2L, 0L);
        }
    }

    @Test
    void answersThatComeFromAboveTheModelCountAsRequests() throws Exception {
        try (LimitedChain chain =
                chain("{ scope: user, requests: 5, tokens: 100, per: day }").start()) {
            chain.model =
                    exchange -> exchange.getMessage().setBody(new Answer(null, Json.object())); // as a cache would

            passes(chain.send("ann"));

            assertThat(chain.levels("ann", false)).containsExactly(1L, 0L, 0L, 0L);
        }
    }

    @Test
    void apartEachCountsTheRequestInItsOwnLimits() throws Exception {
        try (LimitedChain chain = new LimitedChain(
                        directory,
                        "limits:\n  - { scope: user, requests: 9, per: minute }\n  - { scope: user, requests: 1, per: day }\n",
                        "        - policy: { ref: quota }\n        - log: between\n        - policy: { ref: budget }\n")
                .start()) {
            passes(chain.send("ann"));
            assertThat(chain.levels("ann", false)).containsExactly(1L, 0L);

            assertThat(problemOf(chain.send("ann")).code()).isEqualTo(ErrorCode.QUOTA_EXHAUSTED);
            assertThat(chain.levels("ann", true)).containsExactly(1L, 0L);
        }
    }

    @Test
    void aStepThatStandsTwiceCountsTheRequestOnce() throws Exception {
        for (String between : List.of("", "        - log: between\n")) {
            try (LimitedChain chain = new LimitedChain(
                            directory,
                            "limits: [{ scope: user, requests: 2, per: minute }]\n",
                            "        - policy: { ref: quota }\n" + between + "        - policy: { ref: quota }\n")
                    .start()) {
                passes(chain.send("ann"));
                assertThat(chain.levels("ann", true)).containsExactly(1L, 0L);
                passes(chain.send("ann"));
                problemOf(chain.send("ann"));
            }
        }
    }

    @Test
    void whatExceedsAllNumbersIsTooMuch() throws Exception {
        try (LimitedChain chain =
                chain("{ scope: user, tokens: 1000, per: day }").start()) {
            String json = "{\"max_tokens\":4611686018427387904,\"n\":2,\"messages\":[]}"; // where no step validates

            assertThat(problemOf(chain.send(chain.call("ann", json))).code()).isEqualTo(ErrorCode.REQUEST_OVER_BUDGET);
        }
    }

    @Test
    void countsExactlyOnlyWhereThatCanHelp() throws Exception {
        AtomicInteger counted = new AtomicInteger();
        try (LimitedChain chain =
                chain("{ scope: user, requests: 1, per: minute }", "{ scope: user, tokens: 100, per: minute }")) {
            chain.context.getRegistry().bind("tokens", TokenCounter.class, new TokenCounter() {
                @Override
                public long estimate(Call call, String name) {
                    return call.getUser().equals("large") ? 1000 : 10;
                }

                @Override
                public long exact(Call call, String name) {
                    return counted.incrementAndGet();
                }
            });
            chain.start();
            problemOf(chain.send("large"));
            passes(chain.send("ann"));
            assertThat(problemOf(chain.send("ann")).getMessage()).contains("1 request per minute");
        }
        assertThat(counted).hasValue(0);
    }
}
