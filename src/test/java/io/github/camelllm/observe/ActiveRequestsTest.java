package io.github.camelllm.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import java.util.List;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ActiveRequestsTest {

    private static final String MODEL =
            """
            - errorHandler: { noErrorHandler: {} }
            - route:
                id: llm-model-gpt-x
                from:
                  uri: direct:llm-model-gpt-x
                  steps:
                    - process: { ref: attempt }
                    - policy: { ref: inFlight }
                    - process: { ref: model }
            """;

    private static final StreamEvent EVENT = new StreamEvent(Json.object());

    private Observed gateway;
    private Processor model;

    @BeforeEach
    void start() throws Exception {
        gateway = new Observed(MODEL).model("gpt-x");
        gateway.context.getRegistry().bind("attempt", (Processor)
                exchange -> Calls.of(exchange).attempt("gpt-x", "openai"));
        gateway.context.getRegistry().bind("model", (Processor) exchange -> model.process(exchange));
        gateway.start();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private double active() {
        return gateway.scrape().sum("llm_active_requests", "model", "gpt-x");
    }

    private TokenStream streamOf(TokenStream stream) {
        model = exchange -> exchange.getMessage().setBody(stream);
        return gateway.send("direct:llm-model-gpt-x", "{}").getMessage().getBody(TokenStream.class);
    }

    @Test
    void showsAModelBeforeItsFirstCall() {
        assertThat(gateway.scrape().labels("llm_active_requests")).containsExactly("model");
        assertThat(gateway.scrape().names()).contains("llm_active_requests");
        assertThat(active()).isZero();
    }

    @Test
    void countsACallUntilItsAnswer() {
        model = exchange -> {
            assertThat(active()).isEqualTo(1);
            exchange.getMessage().setBody(new Answer(null, Json.object()));
        };

        assertThat(gateway.send("direct:llm-model-gpt-x", "{}").getException()).isNull();
        assertThat(active()).isZero();
    }

    @Test
    void countsACallUntilItFails() {
        model = exchange -> {
            throw Problem.of(ErrorCode.UPSTREAM_ERROR, "no luck");
        };

        assertThat(gateway.send("direct:llm-model-gpt-x", "{}").getException()).isInstanceOf(Problem.class);
        assertThat(active()).isZero();
    }

    @Test
    void countsAStreamUntilItsEnd() {
        TokenStream stream = streamOf(TokenStream.of(List.of(EVENT)));

        assertThat(active()).isEqualTo(1);
        stream.next();
        assertThat(active()).isEqualTo(1);
        assertThat(stream.next()).isNull();
        assertThat(active()).isZero();
        stream.close();
        assertThat(active()).isZero();
    }

    @Test
    void countsAStreamUntilItIsGivenUp() {
        TokenStream stream = streamOf(TokenStream.of(List.of(EVENT)));

        stream.close();
        stream.close();

        assertThat(active()).isZero();
    }

    @Test
    void countsAStreamUntilItBreaksOff() {
        TokenStream stream = streamOf(TokenStream.of(List.of(EVENT)).map(event -> {
            throw Problem.of(ErrorCode.UPSTREAM_ERROR, "broken off");
        }));

        assertThat(catchThrowable(stream::next)).isInstanceOf(Problem.class);
        stream.close();

        assertThat(active()).isZero();
    }
}
