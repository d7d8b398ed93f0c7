package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Call;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import io.github.camelllm.testkit.Dialect;
import io.github.camelllm.testkit.RawUpstream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that are kept, and that the provider has closed meanwhile: no failure of the provider, and not seen. */
@Timeout(60)
class KeptConnectionsTest {

    private static final String PLAIN = "{'model':'x','messages':[{'role':'user','content':'Hi'}]}";
    private static final String STREAM = "{'model':'x','stream':true,'messages':[{'role':'user','content':'Hi'}]}";
    private static final int MANY = 20;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private RawUpstream upstream;
    private ModelRoutes routes;

    @AfterEach
    void stop() throws IOException {
        if (routes != null) {
            routes.close();
        }
        upstream.close();
        threads.shutdownNow();
    }

    private void start(Dialect dialect, RawUpstream.Conversation conversation) throws Exception {
        upstream = RawUpstream.start(conversation);
        Map<String, String> parameters = new HashMap<>();
        parameters.put("baseUrl", dialect.baseUrl(upstream.port()));
        parameters.put("key", "k");
        routes = ModelRoutes.start(dialect.template(), parameters);
    }

    private static void answer(RawUpstream.Talk talk, Dialect dialect, String request) throws IOException {
        boolean stream = request.contains("text/event-stream");
        if (!stream) {
            talk.answer(200, "application/json", dialect.json("Hello"));
            return;
        }
        talk.answer(
                200,
                "text/event-stream",
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"},\"finish_reason\":\"stop\"}]}\n\n"
                        + "data: [DONE]\n\n");
    }

    private Problem problem(Call call) {
        Exception failure = routes.ask(call).getException();
        return failure == null ? null : Problem.from(failure);
    }

    /** Asks so often at once. */
    private List<Call> together(int times, String body) throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(times);
        List<Future<Call>> asked = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            asked.add(threads.submit(() -> {
                barrier.await();
                Call call = Tries.chat(body);
                assertThat(problem(call)).isNull();
                return call;
            }));
        }
        List<Call> calls = new ArrayList<>();
        for (Future<Call> call : asked) {
            calls.add(call.get());
        }
        return calls;
    }

    @ParameterizedTest
    @CsvSource({"OPENAI, false", "OPENAI, true", "ANTHROPIC, false", "GEMINI, false"})
    void aRestartOfTheProviderFailsNoCall(Dialect dialect, boolean stream) throws Exception {
        CyclicBarrier all = new CyclicBarrier(MANY); // so that there are so many connections
        start(dialect, talk -> {
            for (String request = talk.request(); request != null; request = talk.request()) {
                await(all);
                answer(talk, dialect, request);
            }
        });
        String body = stream ? STREAM : PLAIN;
        together(MANY, body);
        assertThat(upstream.accepted()).isEqualTo(MANY);
        int port = upstream.port();
        upstream.close();

        upstream = RawUpstream.startAt(port, talk -> {
            for (String request = talk.request(); request != null; request = talk.request()) {
                answer(talk, dialect, request);
            }
        });
        List<Call> calls = together(MANY, body);

        assertThat(calls).allSatisfy(call -> assertThat(call.getAttempts()).hasSize(1));
        assertThat(upstream.requests()).isEqualTo(MANY);
    }

    private static void await(CyclicBarrier barrier) throws IOException {
        try {
            barrier.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {PLAIN, STREAM})
    void aProviderThatClosesInSilenceAfterEachAnswerFailsNoCall(String body) throws Exception {
        start(Dialect.OPENAI, talk -> answer(talk, Dialect.OPENAI, talk.request()));

        for (int i = 0; i < 30; i++) {
            Call call = Tries.chat(body);
            assertThat(problem(call)).isNull();
            assertThat(call.getAttempts()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {PLAIN, STREAM})
    void norDoesItManyAtOnce(String body) throws Exception {
        start(Dialect.OPENAI, talk -> answer(talk, Dialect.OPENAI, talk.request()));

        for (int i = 0; i < 5; i++) {
            together(MANY, body);
        }
        assertThat(upstream.requests()).isEqualTo(5 * MANY);
    }

    /** It has closed nothing when it is looked at, and takes the request: the worst moment. */
    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aKeptConnectionThatDiesWithTheRequestIsReplacedOnce(Dialect dialect) throws Exception {
        start(dialect, talk -> {
            answer(talk, dialect, talk.request());
            talk.request();
        });

        for (int i = 0; i < 5; i++) {
            Call call = Tries.chat(PLAIN);
            assertThat(problem(call)).isNull();
            assertThat(call.getAttempts()).hasSize(1);
        }
        assertThat(upstream.requests()).isEqualTo(1 + 4 * 2);
        assertThat(upstream.accepted()).isEqualTo(5);
    }

    @Test
    void aNewConnectionThatDiesIsAFailure() throws Exception {
        start(Dialect.OPENAI, RawUpstream.Talk::request);

        assertThat(problem(Tries.chat(PLAIN)).upstream()).contains(UpstreamFailure.RESET);
        assertThat(upstream.requests()).isEqualTo(1);
    }

    @Test
    void theReplacementThatDiesIsAFailure() throws Exception {
        start(Dialect.OPENAI, talk -> {
            String request = talk.request();
            if (upstream.accepted() == 1) {
                answer(talk, Dialect.OPENAI, request);
                talk.request();
            }
        });
        assertThat(problem(Tries.chat(PLAIN))).isNull();

        assertThat(problem(Tries.chat(PLAIN)).upstream()).contains(UpstreamFailure.RESET);
        assertThat(upstream.requests()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"H", "HTTP/1.1 103 Early Hints\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Le"})
    void aKeptConnectionThatDiesAfterAByteOfTheAnswerIsAFailure(String bytes) throws Exception {
        start(Dialect.OPENAI, talk -> {
            answer(talk, Dialect.OPENAI, talk.request());
            talk.request();
            talk.say(bytes);
        });
        assertThat(problem(Tries.chat(PLAIN))).isNull();

        assertThat(problem(Tries.chat(PLAIN)).upstream()).contains(UpstreamFailure.RESET);
        assertThat(upstream.requests()).isEqualTo(2);
    }

    @Test
    void aConnectionServesAgain() throws Exception {
        start(Dialect.OPENAI, talk -> {
            for (String request = talk.request(); request != null; request = talk.request()) {
                answer(talk, Dialect.OPENAI, request);
            }
        });

        for (int i = 0; i < 5; i++) {
            assertThat(problem(Tries.chat(i % 2 == 0 ? PLAIN : STREAM))).isNull();
        }
        assertThat(upstream.accepted()).isEqualTo(1);
    }
}
