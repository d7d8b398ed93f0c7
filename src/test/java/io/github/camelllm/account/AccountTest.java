package io.github.camelllm.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import io.github.camelllm.testkit.CapturedLog;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.camel.Exchange;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One call, one record, however the call ends. */
class AccountTest {

    private static final StreamEvent ROLE = event("{\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}");
    private static final StreamEvent WORD = event("{\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}");

    private static StreamEvent event(String json) {
        return new StreamEvent(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void recordsAnAnswer() throws Exception {
        try (Gateway gateway = Gateway.withRoutes(Gateway.COLLECT).start()) {
            gateway.modelThatTakes(Duration.ofMillis(250), Usage.reported(11, 7, 3, 2));

            Exchange exchange = gateway.call();

            assertThat(exchange.getException()).isNull();
            FinishedCall call = gateway.only();
            assertThat(call.ok()).isTrue();
            assertThat(call.status()).isEqualTo(200);
            assertThat(call.operation()).isEqualTo("chat");
            assertThat(call.asked()).isEqualTo("gpt-x");
            assertThat(call.model()).isEqualTo("gpt-x");
            assertThat(call.provider()).isEqualTo("openai");
            assertThat(call.usage()).isEqualTo(Usage.reported(11, 7, 3, 2));
            assertThat(call.finishReason()).isEqualTo("stop");
            assertThat(call.stream()).isFalse();
            assertThat(call.latencyNanos()).isEqualTo(Duration.ofMillis(250).toNanos());
            assertThat(call.firstByteNanos()).isEqualTo(Duration.ofMillis(250).toNanos());
            assertThat(call.upstreamNanos()).isEqualTo(Duration.ofMillis(250).toNanos());
            assertThat(call.firstTokenNanos()).isEqualTo(-1);
            assertThat(call.attempts()).hasSize(1);
            Call flowed = Calls.last(exchange);
            assertThat(call.requestId()).isEqualTo(flowed.getId());
            assertThat(call.traceId()).isEqualTo(flowed.getTrace().traceId());
        }
    }

    @Test
    void recordsAnAnswerForWhichNoModelWasAsked() throws Exception {
        try (Gateway gateway = Gateway.withRoutes(Gateway.COLLECT).start()) {
            gateway.call();

            FinishedCall call = gateway.only();
            assertThat(call.ok()).isTrue();
            assertThat(call.model()).isNull();
            assertThat(call.attempts()).isEmpty();
            assertThat(call.usage()).isEqualTo(Usage.NONE);
            assertThat(call.upstreamNanos()).isZero();
        }
    }

    @Test
    void recordsAFailureAndPassesItOn() throws Exception {
        try (Gateway gateway = Gateway.withRoutes(Gateway.COLLECT).start()) {
            Problem problem = Problem.of(ErrorCode.UPSTREAM_TIMEOUT, "The provider fell silent.")
                    .withDetail("what the provider wrote, perhaps the prompt");
            gateway.model(exchange -> {
                Calls.of(exchange).attempt("gpt-x", "openai").failed(problem);
                throw problem;
            });

            Exchange exchange = gateway.call();

            assertThat(Gateway.failureOf(exchange)).isSameAs(problem);
            FinishedCall call = gateway.only();
            assertThat(call.status()).isEqualTo(504);
            assertThat(call.errorCode()).isEqualTo("upstream_timeout");
            assertThat(call.firstByteNanos()).isEqualTo(-1);
            assertThat(call.attempts())
                    .containsExactly(new FinishedCall.Try(
                            "gpt-x",
                            "openai",
                            -1,
                            0,
                            "upstream_timeout",
                            null,
                            "The provider fell silent.",
                            null,
                            null));
        }
    }

    @Test
    void recordsADefectAsAnInternalError() throws Exception {
        try (Gateway gateway = Gateway.withRoutes(Gateway.COLLECT).start();
                CapturedLog log = new CapturedLog(Account.class, Level.WARN)) {
            gateway.model(exchange -> {
                throw new IllegalStateException("a bug");
            });

            assertThat(Gateway.failureOf(gateway.call())).isInstanceOf(IllegalStateException.class);

            FinishedCall call = gateway.only();
            assertThat(call.errorCode()).isEqualTo("internal_error");
            assertThat(call.status()).isEqualTo(500);
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains(call.requestId(), "internal_error", "| java.lang.IllegalStateException: a bug");
        }
    }

    @Test
    void failsACallThatNobodyAnswered() throws Exception {
        try (Gateway gateway = Gateway.withRoutes(Gateway.COLLECT).start()) {
            gateway.model(exchange -> {});

            assertThat(Gateway.failureOf(gateway.call())).isInstanceOf(Problem.class);
            assertThat(gateway.only().errorCode()).isEqualTo("internal_error");
        }
    }

    @Test
    void recordsAStreamAtItsEnd() throws Exception {
        try (Gateway gateway = Gateway.withRoutes(Gateway.COLLECT).start()) {
            gateway.modelThatStreams(TokenStream.of(List.of(ROLE, WORD)));
            gateway.reader(stream -> {
                gateway.ticker.advance(Duration.ofMillis(10));
                assertThat(stream.next()).isSameAs(ROLE);
                gateway.ticker.advance(Duration.ofMillis(10));
                assertThat(stream.next()).isSameAs(WORD);
                gateway.ticker.advance(Duration.ofMillis(10));
                assertThat(gateway.finished).isEmpty();
                assertThat(stream.next()).isNull();
                stream.close();
            });

            gateway.call();

            FinishedCall call = gateway.only();
            assertThat(call.ok()).isTrue();
            assertThat(call.firstByteNanos()).isZero();
            assertThat(call.firstTokenNanos()).isEqualTo(Duration.ofMillis(20).toNanos());
            assertThat(call.latencyNanos()).isEqualTo(Duration.ofMillis(30).toNanos());
        }
    }

    @Test
    void recordsAStreamThatBreaksOff() throws Exception {
        try (Gateway gateway = Gateway.withRoutes(Gateway.COLLECT).start()) {
            gateway.modelThatStreams(TokenStream.of(List.of(WORD, ROLE)).map(event -> {
                if (event == ROLE) {
                    throw Problem.of(ErrorCode.UPSTREAM_ERROR, "The provider broke off.");
                }
                return event;
            }));
            gateway.reader(stream -> {
                assertThat(stream.next()).isSameAs(WORD);
                assertThat(catchThrowable(stream::next)).isInstanceOf(Problem.class);
            });

            gateway.call();

            FinishedCall call = gateway.only();
            assertThat(call.errorCode()).isEqualTo("upstream_error");
            assertThat(call.status()).isEqualTo(502);
            assertThat(call.firstByteNanos()).isZero();
        }
    }

    @Test
    void recordsAStreamThatIsGivenUpWithWhatItUsed() throws Exception {
        try (Gateway gateway = Gateway.withRoutes(Gateway.COLLECT).start()) {
            gateway.model(exchange -> {
                Call call = Calls.of(exchange);
                TokenStream stream = TokenStream.of(List.of(WORD, WORD))
                        .onEnd(end -> call.used(Usage.estimate(5, 1))); // a model's route settles like this
                exchange.getMessage().setBody(stream);
            });
            gateway.reader(stream -> {
                stream.next();
                stream.close();
            });

            gateway.call();

            FinishedCall call = gateway.only();
            assertThat(call.errorCode()).isEqualTo("client_gone");
            assertThat(call.status()).isEqualTo(499);
            assertThat(call.usage()).isEqualTo(Usage.estimate(5, 1));
        }
    }

    @Test
    void recordsAStreamThatNobodyReads() throws Exception {
        try (Gateway gateway = Gateway.withRoutes(Gateway.COLLECT).start()) {
            gateway.modelThatStreams(TokenStream.of(List.of(WORD)));

            gateway.call();

            assertThat(gateway.only().errorCode()).isEqualTo("client_gone");
        }
    }

    @Test
    void recordsThatTheClientLeftWhateverFailedBecauseOfIt() throws Exception {
        try (Gateway gateway = Gateway.withRoutes(Gateway.COLLECT).start()) {
            gateway.model(exchange -> {
                Calls.of(exchange).cancellation().cancel();
                throw Problem.of(ErrorCode.UPSTREAM_ERROR, "The connection was closed.");
            });

            gateway.call();

            assertThat(gateway.only().errorCode()).isEqualTo("client_gone");
        }
    }

    @Test
    void recordsThatTheClientLeftBeforeAWholeAnswer() throws Exception {
        try (Gateway gateway = Gateway.withRoutes(Gateway.COLLECT).start()) {
            gateway.model(exchange -> {
                Calls.of(exchange).cancellation().cancel();
                exchange.getMessage().setBody(Gateway.answer());
            });

            gateway.call();

            assertThat(gateway.only().status()).isEqualTo(499);
        }
    }

    @Test
    void recordsOnceWhenReaderAndCloserRace() throws Exception {
        int rounds = 300;
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (Gateway gateway = Gateway.withRoutes(Gateway.COLLECT).start()) {
            gateway.model(exchange -> exchange.getMessage().setBody(TokenStream.of(List.of(WORD))));
            gateway.reader(stream -> {
                stream.next();
                CyclicBarrier start = new CyclicBarrier(2);
                Future<?> reader = threads.submit(() -> {
                    start.await();
                    return stream.next();
                });
                Future<?> closer = threads.submit(() -> {
                    start.await();
                    stream.close();
                    return null;
                });
                closer.get();
                catchThrowable(reader::get);
            });
            for (int i = 0; i < rounds; i++) {
                assertThat(gateway.call().getException()).isNull();
            }
            gateway.close();
            assertThat(gateway.finished).hasSize(rounds);
            assertThat(gateway.finished.stream().map(FinishedCall::requestId).distinct())
                    .hasSize(rounds);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void hashesThePromptInItsCanonicalForm() throws Exception {
        try (Gateway gateway = Gateway.withRoutes(Gateway.COLLECT).start()) {
            gateway.modelThatTakes(Duration.ZERO, Usage.NONE);
            gateway.call("{\"messages\": [ {\"content\":\"grüß dich\", \"role\":\"user\"} ], \"temperature\": 1}");
            gateway.call("{\"model\":\"y\",\"messages\":[{\"role\":\"user\",\"content\":\"gr\\u00fc\\u00df dich\"}]}");

            String canonical = "[{\"content\":\"grüß dich\",\"role\":\"user\"}]";
            String expected = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(canonical.getBytes(StandardCharsets.UTF_8)));
            assertThat(gateway.next().promptHash()).isEqualTo(expected);
            assertThat(gateway.only().promptHash()).isEqualTo(expected);
        }
    }

    /** The hash of a short text with a number in it gives the number away to who tries them all. */
    @Test
    void hashesNothingThatMustNotBeSent() throws Exception {
        try (Gateway gateway = Gateway.withRoutes(Gateway.COLLECT).start()) {
            gateway.model(exchange -> {
                Call call = Calls.of(exchange);
                call.getRequest().tree();
                call.withhold();
                throw Problem.of(ErrorCode.SENSITIVE_DATA, "It holds a US_SSN.");
            });
            gateway.call();
            assertThat(gateway.only().promptHash()).isNull();
        }
    }

    @Test
    void doesNotParseARequestThatWasRefusedUnread() throws Exception {
        try (Gateway gateway = Gateway.withRoutes(Gateway.COLLECT).start()) {
            gateway.model(exchange -> {
                throw Problem.of(ErrorCode.INVALID_API_KEY, "The key is not valid.");
            });

            Call call = Calls.last(gateway.call());

            assertThat(call.getRequest().parsed()).isFalse();
            FinishedCall finished = gateway.only();
            assertThat(finished.asked()).isNull();
            assertThat(finished.promptHash()).isNull();
            assertThat(finished.errorCode()).isEqualTo("invalid_api_key");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tell me a secret", "", "two\nlines", "ümlaut"})
    void doesNotRecordWhatIsNoNameOfAModel(String asked) throws Exception {
        try (Gateway gateway = Gateway.withRoutes(Gateway.COLLECT).start()) {
            gateway.modelThatTakes(Duration.ZERO, Usage.NONE);

            gateway.call(Json.object().put("model", asked).toString());

            assertThat(gateway.only().asked()).isNull();
        }
    }

    @Test
    void tellsOperatorsOfAFailureAndKeepsRefusalsToDebug() throws Exception {
        try (Gateway gateway = Gateway.withRoutes(Gateway.COLLECT).start();
                CapturedLog log = new CapturedLog(Account.class, Level.DEBUG)) {
            gateway.model(exchange -> {
                Calls.of(exchange).attempt("gpt-x", "openai");
                throw Problem.of(ErrorCode.UPSTREAM_ERROR, "The provider cannot be reached.")
                        .withDetail("refused\r\nby 10.0.0.1")
                        .withCause(new java.net.ConnectException("Connection refused"));
            });
            gateway.call();
            String id = gateway.next().requestId();
            gateway.model(exchange -> {
                throw Problem.invalid("model", "The model is not known.").withDetail("quotes the request");
            });
            gateway.call();

            gateway.only();
            assertThat(log.lines()).hasSize(2);
            assertThat(log.lines().get(0))
                    .startsWith("WARN call " + id + " failed: 502 upstream_error, model gpt-x, key id anonymous")
                    .endsWith("The provider cannot be reached. [refused  by 10.0.0.1] Cause: java.net.ConnectException:"
                            + " Connection refused");
            assertThat(log.lines().get(1)).startsWith("DEBUG call ").doesNotContain("quotes the request");
        }
    }

    @Test
    void refusesSettingsThatCannotBe() throws Exception {
        try (Gateway gateway = new Gateway(0, "5s")) {
            assertThat(catchThrowable(gateway::start))
                    .rootCause()
                    .hasMessage("account.queueSize is 0; allowed is 1 to 1000000");
        }
    }
}
