package io.github.camelllm.degrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.StaleAnswers;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.Attribute;
import javax.management.ObjectName;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is answered when no model answers, through a route. */
class DegradeTest {

    private static final String ROUTE =
            """
            - route:
                errorHandler: { noErrorHandler: {} }
                from:
                  uri: direct:in
                  steps:
                    - policy: { ref: degrade }
                    - process: { ref: model }
            """;
    private static final String KNOWN = "{\"messages\":[{\"role\":\"user\",\"content\":\"When are you open?\"}]}";
    private static final String UNKNOWN = "{\"messages\":[{\"role\":\"user\",\"content\":\"What is life?\"}]}";

    @TempDir
    Path config;

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final Degrade degrade = new Degrade();
    private final AtomicInteger asked = new AtomicInteger();
    private Problem failure = Problem.of(ErrorCode.UPSTREAM_ERROR, "no luck");

    @BeforeEach
    void write() throws Exception {
        Files.writeString(
                config.resolve("static-answers.yaml"),
                "answers:\n  - id: hours\n    questions: [ When are you open? ]\n    answer: From nine to five.\n");
        degrade.setConfigDir(config.toString());
        degrade.setAnswersFile("static-answers.yaml");
        context.getRegistry().bind("degrade", degrade);
        context.getRegistry().bind("model", (Processor) exchange -> {
            asked.incrementAndGet();
            if (failure != null) {
                throw failure;
            }
            exchange.getMessage().setBody(new Answer(null, Json.object().put("from", "model")));
        });
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private Exchange send(String request) throws Exception {
        if (!context.isStarted()) {
            PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("test.camel.yaml", ROUTE));
            context.start();
        }
        return context.createProducerTemplate()
                .send("direct:in", exchange -> exchange.getMessage().setBody(request));
    }

    private static Call callOf(Exchange exchange) {
        return Calls.last(exchange);
    }

    @Test
    void leavesAnAnswerAlone() throws Exception {
        failure = null;
        Exchange exchange = send(KNOWN);

        assertThat(exchange.getMessage()
                        .getBody(Answer.class)
                        .tree()
                        .path("from")
                        .asText())
                .isEqualTo("model");
        assertThat(callOf(exchange).getDegraded()).isNull();
    }

    @Test
    void answersAKnownQuestionAndKeepsTheCause() throws Exception {
        Exchange exchange = send(KNOWN);

        assertThat(exchange.getException()).isNull();
        assertThat(exchange.getMessage()
                        .getBody(Answer.class)
                        .tree()
                        .at("/choices/0/message/content")
                        .asText())
                .isEqualTo("From nine to five.");
        assertThat(callOf(exchange).getDegraded()).isEqualTo("static");
        assertThat(callOf(exchange).degradedBy()).isSameAs(failure);
    }

    @Test
    void streamsTheAnswerToAClientThatWantsAStream() throws Exception {
        Exchange exchange = send(KNOWN.replace("{\"messages\"", "{\"stream\":true,\"messages\""));

        TokenStream stream = exchange.getMessage().getBody(TokenStream.class);
        StringBuilder text = new StringBuilder();
        for (var event = stream.next(); event != null; event = stream.next()) {
            text.append(event.json().at("/choices/0/delta/content").asText(""));
        }
        assertThat(text).hasToString("From nine to five.");
    }

    @Test
    void tellsTheErrorForAnUnknownQuestion() throws Exception {
        assertThat(Problem.from(send(UNKNOWN).getException())).isSameAs(failure);
    }

    @Test
    void answersNoRequestForJsonWithText() throws Exception {
        Exchange exchange =
                send(KNOWN.replace("{\"messages\"", "{\"response_format\":{\"type\":\"json_object\"},\"messages\""));
        assertThat(exchange.getException()).isNotNull();
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void standsInForOutagesAlone(ErrorCode code) throws Exception {
        failure = Problem.of(code, "no luck");
        boolean outage =
                switch (code) {
                    case UPSTREAM_ERROR,
                            UPSTREAM_TIMEOUT,
                            NO_MODEL_AVAILABLE,
                            STORE_UNAVAILABLE,
                            GLOBAL_RATE_LIMITED,
                            TOO_MANY_IN_FLIGHT -> true;
                    default -> false;
                };
        assertThat(send(KNOWN).getException() == null).isEqualTo(outage);
    }

    @Test
    void prefersAStaleAnswer() throws Exception {
        Answer stale = new Answer(null, Json.object().put("from", "cache"));
        context.getRegistry().bind("cache", StaleAnswers.class, (StaleAnswers) call -> Optional.of(stale));

        Exchange exchange = send(KNOWN);

        assertThat(exchange.getMessage().getBody()).isSameAs(stale);
        assertThat(callOf(exchange).getDegraded()).isEqualTo("stale");
    }

    @Test
    void asksNoModelWhileSwitchedByHand() throws Exception {
        failure = null;
        send(KNOWN);
        ObjectName name =
                new ObjectName("io.github.camelllm:type=Degrade,context=" + ObjectName.quote(context.getName()));
        ManagementFactory.getPlatformMBeanServer().setAttribute(name, new Attribute("Degraded", true));
        asked.set(0);

        assertThat(callOf(send(KNOWN)).getDegraded()).isEqualTo("static");
        assertThat(Problem.from(send(UNKNOWN).getException()).code()).isEqualTo(ErrorCode.NO_MODEL_AVAILABLE);
        assertThat(asked).hasValue(0);

        ManagementFactory.getPlatformMBeanServer().setAttribute(name, new Attribute("Degraded", false));
        assertThat(send(UNKNOWN).getException()).isNull();
        context.stop();
        assertThat(ManagementFactory.getPlatformMBeanServer().isRegistered(name))
                .isFalse();
    }

    @Test
    void doesNotStartWithABadFile() throws Exception {
        Files.writeString(config.resolve("static-answers.yaml"), "answers: nonsense");
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> send(KNOWN))
                .hasStackTraceContaining("static-answers.yaml:1: holds no list of answers");
    }
}
