package io.github.camelllm.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Attempt;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.call.Pricing;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenCounter;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.Test;

/** What a call cost is what its attempts cost, each at its own model's price. */
class CostOfCallTest {

    private static final Problem FAILED = Problem.of(ErrorCode.UPSTREAM_ERROR, "The provider failed.");

    private final Map<String, BigDecimal> prices =
            Map.of("cheap", new BigDecimal("0.0000001"), "dear", new BigDecimal("0.00003"), "free", BigDecimal.ZERO);

    /** So much a token of whatever kind. */
    private final Pricing pricing = new Pricing() {
        @Override
        public BigDecimal cost(String model, Usage usage) {
            BigDecimal price = prices.get(model);
            return price == null ? null : price.multiply(BigDecimal.valueOf(usage.totalTokens()));
        }

        @Override
        public BigDecimal most(String model, long inputTokens, long outputTokens) {
            throw new AssertionError("not asked for");
        }

        @Override
        public long mostOutputTokens(String model) {
            throw new AssertionError("not asked for");
        }
    };

    private Exchange exchange;

    @Test
    void oneAttempt() throws Exception {
        FinishedCall call = finished(made -> answered(made, "dear", Usage.reported(100, 20, 0, 0)));

        assertThat(call.cost()).isEqualByComparingTo("0.0036");
        assertThat(call.attempts()).extracting(FinishedCall.Try::cost).containsExactly(call.cost());
        assertThat(header()).isEqualTo("0.0036");
        assertThat(Calls.last(exchange).getCost()).isEqualByComparingTo("0.0036");
        assertThat(call.toJson().path("cost_usd").decimalValue()).isEqualByComparingTo("0.0036");
    }

    @Test
    void theHeaderHasNoExponent() throws Exception {
        finished(made -> answered(made, "cheap", Usage.reported(1, 0, 0, 0)));

        assertThat(header()).isEqualTo("0.0000001");
    }

    @Test
    void everyAttemptThatUsedTokensCosts() throws Exception {
        FinishedCall call = finished(made -> {
            made.attempt("dear", "p");
            made.used(Usage.estimate(100, 0)); // it ran out of time, and will be billed
            made.attempt().failed(FAILED);
            made.attempt("unlisted", "p").failed(FAILED); // it refused, and will not
            answered(made, "cheap", Usage.reported(100, 50, 0, 0));
        });

        assertThat(call.usage()).isEqualTo(Usage.reported(100, 50, 0, 0));
        assertThat(call.cost()).isEqualByComparingTo("0.003015");
        assertThat(call.attempts().get(0).cost()).isEqualByComparingTo("0.003");
        assertThat(call.attempts().get(1).cost()).isNull();
        assertThat(call.attempts().get(2).cost()).isEqualByComparingTo("0.000015");
    }

    @Test
    void aContinuedAnswerIsNotCountedTwice() throws Exception {
        FinishedCall call = finished(made -> {
            made.attempt("dear", "p");
            made.used(Usage.estimate(100, 10));
            Usage begun = made.attempt().usage();
            made.attempt().failed(FAILED);
            made.attempt("cheap", "p");
            made.carry(begun);
            made.used(Usage.reported(110, 30, 0, 0));
        });

        assertThat(call.usage().totalTokens()).isEqualTo(250);
        assertThat(call.cost()).isEqualByComparingTo("0.003314"); // 110 of the one, 140 of the other
    }

    @Test
    void anUnpricedPartMakesTheWholeUnknown() throws Exception {
        FinishedCall call = finished(made -> {
            made.attempt("unlisted", "p");
            made.used(Usage.estimate(100, 0));
            made.attempt().failed(FAILED);
            answered(made, "cheap", Usage.reported(100, 50, 0, 0));
        });

        assertThat(call.cost()).isNull();
        assertThat(call.attempts().get(1).cost()).isEqualByComparingTo("0.000015");
        assertThat(header()).isNull();
    }

    @Test
    void anAnswerOfUnknownUsageHasNoKnownCost() throws Exception {
        FinishedCall call = finished(made -> made.attempt("cheap", "p").status(200));

        assertThat(call.cost()).isNull();
        assertThat(header()).isNull();
    }

    @Test
    void anAnswerWithoutAModelCostsNothing() throws Exception {
        FinishedCall call = finished(made -> {});

        assertThat(call.cost()).isEqualByComparingTo("0");
        assertThat(header()).isEqualTo("0");
    }

    @Test
    void aFreeModelCostsNothing() throws Exception {
        finished(made -> answered(made, "free", Usage.reported(100, 50, 0, 0)));

        assertThat(header()).isEqualTo("0");
    }

    @Test
    void aFailedCallCostsWhatItUsed() throws Exception {
        FinishedCall call = finished(made -> {
            made.attempt("dear", "p");
            made.used(Usage.estimate(1000, 0));
            made.attempt().failed(FAILED);
            throw FAILED;
        });

        assertThat(call.ok()).isFalse();
        assertThat(call.cost()).isEqualByComparingTo("0.03");
        assertThat(header()).isEqualTo("0.03");
    }

    @Test
    void aRefusedCallIsNotToldACost() throws Exception {
        FinishedCall call = finished(made -> {
            throw Problem.invalid("messages", "messages is missing.");
        });

        assertThat(call.cost()).isEqualByComparingTo("0");
        assertThat(header()).isNull();
    }

    @Test
    void aDegradedAnswerCostsWhatTheModelsHaveUsed() throws Exception {
        FinishedCall call = finished(made -> {
            made.attempt("dear", "p");
            made.used(Usage.estimate(1000, 0));
            made.attempt().failed(FAILED);
            made.degrade("static", FAILED);
        });

        assertThat(call.usage()).isEqualTo(Usage.NONE);
        assertThat(call.cost()).isEqualByComparingTo("0.03");
    }

    @Test
    void withoutPricesNothingIsKnown() throws Exception {
        try (Gateway gateway = Gateway.withRoutes(Gateway.COLLECT).start()) {
            gateway.model(answer(made -> answered(made, "cheap", Usage.reported(1, 1, 0, 0))));
            exchange = gateway.call();

            assertThat(gateway.only().cost()).isNull();
            assertThat(header()).isNull();
        }
    }

    @Test
    void aStreamIsPricedAtItsEnd() throws Exception {
        try (Gateway gateway = gateway(pricing, TokenCounter.ROUGH)) {
            gateway.model(made -> {
                Call call = Calls.of(made);
                call.getRequest().tree();
                call.attempt("dear", "p").status(200);
                made.getMessage().setBody(new OneEvent(call));
            });
            gateway.reader(stream -> {
                while (stream.next() != null) {
                    // to its end
                }
            });
            exchange = gateway.call();

            assertThat(gateway.only().cost()).isEqualByComparingTo("0.0003");
        }
    }

    @Test
    void pricesThatFailDoNotCostTheRecord() throws Exception {
        Pricing broken = new Pricing() {
            @Override
            public BigDecimal cost(String model, Usage usage) {
                throw new IllegalStateException("out of order");
            }

            @Override
            public BigDecimal most(String model, long inputTokens, long outputTokens) {
                return null;
            }

            @Override
            public long mostOutputTokens(String model) {
                return 0;
            }
        };
        try (Gateway gateway = gateway(broken, TokenCounter.ROUGH)) {
            gateway.model(answer(made -> answered(made, "cheap", Usage.reported(1, 1, 0, 0))));
            exchange = gateway.call();

            FinishedCall call = gateway.only();
            assertThat(call.ok()).isTrue();
            assertThat(call.cost()).isNull();
            assertThat(call.attempts()).hasSize(1);
        }
    }

    @Test
    void theTokenCounterLearnsFromCallsThatWentWell() throws Exception {
        List<String> learned = new ArrayList<>();
        TokenCounter counter = new TokenCounter() {
            @Override
            public long estimate(Call call, String model) {
                return 0;
            }

            @Override
            public long exact(Call call, String model) {
                return 0;
            }

            @Override
            public void learn(Call call) {
                learned.add(call.getModel());
            }
        };
        try (Gateway gateway = gateway(pricing, counter)) {
            gateway.model(answer(made -> answered(made, "cheap", Usage.reported(1, 1, 0, 0))));
            gateway.call();
            gateway.model(answer(made -> {
                made.attempt("dear", "p").failed(FAILED);
                throw FAILED;
            }));
            gateway.call();
        }
        assertThat(learned).containsExactly("cheap");
    }

    private interface Act {
        void on(Call call);
    }

    private FinishedCall finished(Act act) throws Exception {
        try (Gateway gateway = gateway(pricing, TokenCounter.ROUGH)) {
            gateway.model(answer(act));
            exchange = gateway.call();
            return gateway.only();
        }
    }

    private static Gateway gateway(Pricing pricing, TokenCounter counter) throws Exception {
        Gateway gateway = Gateway.withRoutes(Gateway.COLLECT);
        gateway.context.getRegistry().bind("prices", Pricing.class, pricing);
        gateway.context.getRegistry().bind("tokens", TokenCounter.class, counter);
        return gateway.start();
    }

    private static Processor answer(Act act) {
        return exchange -> {
            Call call = Calls.of(exchange);
            call.getRequest().tree();
            act.on(call);
            exchange.getMessage().setBody(Gateway.answer());
        };
    }

    private static void answered(Call call, String model, Usage usage) {
        Attempt attempt = call.attempt(model, "p");
        attempt.status(200);
        call.used(usage);
    }

    private String header() {
        return Calls.last(exchange).answerHeaders().get("X-LLM-Cost-USD");
    }

    /** Its usage is known when it has ended. */
    private static final class OneEvent extends TokenStream {
        private final Call call;
        private boolean given;

        OneEvent(Call call) {
            this.call = call;
        }

        @Override
        protected StreamEvent pull() {
            if (given) {
                call.used(Usage.reported(6, 4, 0, 0));
                return null;
            }
            given = true;
            return new StreamEvent("{\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}".getBytes());
        }

        @Override
        protected void release() {
            // nothing is open
        }
    }
}
