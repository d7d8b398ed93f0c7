package io.github.camelllm.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.resilience4j.ResilienceProcessor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a step can do, shown through routes in both ways that YAML can write them. */
class StepInRouteTest {

    /** A flat list, where a policy wraps the lines after it; and steps nested by hand. */
    enum Writing {
        FLOW,
        NESTED;

        String route(String... lines) {
            StringBuilder yaml = new StringBuilder("- route:\n    errorHandler: { noErrorHandler: {} }\n"
                    + "    from:\n      uri: direct:in\n      steps:\n");
            String indent = "        ";
            for (String line : lines) {
                yaml.append(indent).append("- ");
                if (this == NESTED && line.startsWith("policy:")) {
                    String ref = line.substring(line.indexOf("ref:") + 4, line.indexOf('}'))
                            .strip();
                    yaml.append("policy:\n")
                            .append(indent)
                            .append("    ref: ")
                            .append(ref)
                            .append('\n');
                    yaml.append(indent).append("    steps:\n");
                    indent += "      ";
                } else {
                    yaml.append(line).append('\n');
                }
            }
            return yaml.toString();
        }
    }

    private final CamelContext context = new DefaultCamelContext();
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void bindSteps() {
        context.getRegistry().bind("outer", new Noting("outer"));
        context.getRegistry().bind("inner", new Noting("inner"));
        context.getRegistry().bind("model", (Processor) exchange -> {
            log.add("model");
            exchange.getMessage().setBody(new Answer(null, Json.object().put("answer", 42)));
        });
        context.getRegistry().bind("failing", (Processor) exchange -> {
            log.add("model");
            throw Problem.of(ErrorCode.UPSTREAM_ERROR, "no luck");
        });
        context.getRegistry().bind("broken", (Processor) exchange -> {
            throw new IllegalStateException("a bug");
        });
        context.getRegistry().bind("streaming", (Processor) exchange -> exchange.getMessage()
                .setBody(TokenStream.of(List.of(
                        new StreamEvent(Json.object().put("n", 1)),
                        new StreamEvent(Json.object().put("n", 2))))));
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    @ParameterizedTest
    @EnumSource
    void runsBeforeAndAfterWhatFollows(Writing writing) throws Exception {
        start(writing.route("policy: { ref: outer }", "policy: { ref: inner }", "process: { ref: model }"));

        Exchange answer = send("{}");

        assertThat(log).containsExactly("outer in", "inner in", "model", "inner out", "outer out");
        assertThat(answer.getMessage().getBody(String.class)).isEqualTo("{\"answer\":42}");
    }

    @ParameterizedTest
    @EnumSource
    void orderOfLinesIsOrderOfSteps(Writing writing) throws Exception {
        start(writing.route("policy: { ref: inner }", "policy: { ref: outer }", "process: { ref: model }"));

        send("{}");

        assertThat(log).containsExactly("inner in", "outer in", "model", "outer out", "inner out");
    }

    @ParameterizedTest
    @EnumSource
    void answersInsteadOfWhatFollows(Writing writing) throws Exception {
        context.getRegistry().bind("cached", new Step() {
            @Override
            protected void around(Call call, Exchange exchange, Chain next) {
                exchange.getMessage().setBody(new Answer(null, Json.object().put("cached", true)));
            }
        });
        start(writing.route("policy: { ref: outer }", "policy: { ref: cached }", "process: { ref: model }"));

        Exchange answer = send("{}");

        assertThat(log).containsExactly("outer in", "outer out");
        assertThat(answer.getMessage().getBody(String.class)).isEqualTo("{\"cached\":true}");
    }

    @ParameterizedTest
    @EnumSource
    void failuresComeAsExceptions(Writing writing) throws Exception {
        start(writing.route("policy: { ref: outer }", "policy: { ref: inner }", "process: { ref: failing }"));

        Exchange answer = send("{}");

        assertThat(log)
                .containsExactly(
                        "outer in", "inner in", "model", "inner failed upstream_error", "outer failed upstream_error");
        assertThat(answer.getException()).isInstanceOf(Problem.class).hasMessage("no luck");
    }

    @ParameterizedTest
    @EnumSource
    void aFailureCanBecomeAnAnswer(Writing writing) throws Exception {
        context.getRegistry().bind("degrade", new Step() {
            @Override
            protected void around(Call call, Exchange exchange, Chain next) throws Exception {
                try {
                    next.proceed();
                } catch (Problem e) {
                    exchange.getMessage().setBody(new Answer(null, Json.object().put("stale", true)));
                }
            }
        });
        start(writing.route("policy: { ref: outer }", "policy: { ref: degrade }", "process: { ref: failing }"));

        Exchange answer = send("{}");

        assertThat(answer.getException()).isNull();
        assertThat(log).containsExactly("outer in", "model", "outer out");
        assertThat(answer.getMessage().getBody(String.class)).isEqualTo("{\"stale\":true}");
    }

    @ParameterizedTest
    @EnumSource
    void aBugIsAnInternalErrorThatTellsTheClientNothing(Writing writing) throws Exception {
        start(writing.route("policy: { ref: outer }", "process: { ref: broken }"));

        Problem problem = Problem.from(send("{}").getException());

        assertThat(problem.code()).isEqualTo(ErrorCode.INTERNAL_ERROR);
        assertThat(problem.getMessage()).doesNotContain("bug").doesNotContain("Exception");
        assertThat(problem).hasRootCauseMessage("a bug");
    }

    @ParameterizedTest
    @EnumSource
    void streamsAreWrappedOnTheirWayBack(Writing writing) throws Exception {
        context.getRegistry().bind("doubling", new Step() {
            @Override
            protected void around(Call call, Exchange exchange, Chain next) throws Exception {
                next.proceed();
                TokenStream stream = exchange.getMessage().getBody(TokenStream.class);
                exchange.getMessage()
                        .setBody(stream.map(event -> new StreamEvent(Json.object()
                                        .put("n", 2 * event.json().path("n").asInt())))
                                .onEnd(end -> log.add(end.kind().toString())));
            }
        });
        start(writing.route("policy: { ref: outer }", "policy: { ref: doubling }", "process: { ref: streaming }"));

        Exchange answer = send("{\"stream\":true}");

        assertThat(log).containsExactly("outer in", "outer out");
        assertThat(answer.getMessage().getBody(String.class))
                .isEqualTo("data: {\"n\":2}\n\ndata: {\"n\":4}\n\ndata: [DONE]\n\n");
        assertThat(log).containsExactly("outer in", "outer out", "WHOLE");
    }

    @ParameterizedTest
    @EnumSource
    void startsWhatItWraps(Writing writing) throws Exception {
        start(
                writing.route("policy: { ref: outer }", "toD: { uri: \"direct:${body[model]}\" }")
                                .replace("${body[model]}", "model")
                        + """
                - route:
                    from:
                      uri: direct:model
                      steps:
                        - process: { ref: model }
                """);

        assertThat(send("{}").getException()).isNull();
        assertThat(log).containsExactly("outer in", "model", "outer out");
    }

    @ParameterizedTest
    @EnumSource
    void waitsForWhatIsAsynchronous(Writing writing) throws Exception {
        start(writing.route("policy: { ref: outer }", "threads: { poolSize: 1 }", "process: { ref: model }"));

        send("{}");

        assertThat(log).containsExactly("outer in", "model", "outer out");
    }

    @ParameterizedTest
    @EnumSource
    void circuitBreakersUnderItCanBeFound(Writing writing) throws Exception {
        start(writing.route(
                "policy: { ref: outer }", "circuitBreaker: { id: breaker, steps: [ { process: { ref: model } } ] }"));

        send("{}");

        assertThat(log).containsExactly("outer in", "model", "outer out");
        assertThat(context.getProcessor("breaker", ResilienceProcessor.class)).isNotNull();
        assertThat(context.getRoutes().get(0).filter("breaker")).hasSize(1);
    }

    @Test
    void oneBeanInTwoRoutesIsOneStep() throws Exception {
        start(
                Writing.FLOW.route("policy: { ref: outer }", "process: { ref: model }")
                        + """
                - route:
                    from:
                      uri: direct:other
                      steps:
                        - policy: { ref: outer }
                        - process: { ref: model }
                """);
        Noting shared = context.getRegistry().lookupByNameAndType("outer", Noting.class);

        send("{}");
        context.createProducerTemplate()
                .request("direct:other", exchange -> exchange.getIn().setBody("{}"));

        assertThat(shared.calls).hasSize(2);
    }

    @Test
    void callsByManyThreadsDoNotMix() throws Exception {
        context.getRegistry().bind("echo", (Processor) exchange -> exchange.getMessage()
                .setBody(new Answer(null, Calls.of(exchange).getRequest().tree())));
        start(Writing.FLOW.route("policy: { ref: outer }", "policy: { ref: inner }", "process: { ref: echo }"));
        ExecutorService threads = Executors.newFixedThreadPool(8);
        CountDownLatch go = new CountDownLatch(1);
        List<String> wrong = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 800; i++) {
            String body = "{\"n\":" + i + ",\"model\":\"m\"}";
            threads.submit(() -> {
                go.await();
                String answer = send(body).getMessage().getBody(String.class);
                if (!answer.equals(body)) {
                    wrong.add(body + " got " + answer);
                }
                return null;
            });
        }

        go.countDown();
        threads.shutdown();

        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(wrong).isEmpty();
        assertThat(log).hasSize(3200);
    }

    private void start(String yaml) throws Exception {
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("test.camel.yaml", yaml));
        context.start();
    }

    private Exchange send(String body) {
        return context.createProducerTemplate()
                .request("direct:in", exchange -> exchange.getIn().setBody(body));
    }

    private final class Noting extends Step {
        private final String name;
        private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

        Noting(String name) {
            this.name = name;
        }

        @Override
        protected void around(Call call, Exchange exchange, Chain next) throws Exception {
            calls.add(call.getId());
            log.add(name + " in");
            try {
                next.proceed();
            } catch (Problem e) {
                log.add(name + " failed " + e.code().code());
                throw e;
            }
            log.add(name + " out");
        }
    }
}
