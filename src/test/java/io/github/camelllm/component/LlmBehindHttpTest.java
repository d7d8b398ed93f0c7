package io.github.camelllm.component;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.ingress.EditedChain;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.Cut;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.Reply;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A route of the gateway's own HTTP edge that calls by {@code llm:} instead of the chain itself. */
@Timeout(60)
class LlmBehindHttpTest {

    private FakeUpstream upstream;

    @BeforeEach
    void start() throws Exception {
        upstream = FakeUpstream.start();
        upstream.always(request -> {
            JsonNode messages = request.json().path("messages");
            ChatScript script = ChatScript.of(
                    messages.get(0).path("content").asText() + " ",
                    messages.get(messages.size() - 1).path("content").asText());
            return request.json().path("stream").asBoolean() ? Reply.sse(script.sse()) : Reply.json(200, script.json());
        });
    }

    @AfterEach
    void stop() throws Exception {
        upstream.close();
    }

    @Test
    void theClientGetsTheAnswerInItsForm() throws Exception {
        try (EditedChain chain = new EditedChain.Setup()
                .http("- to: { uri: \"llm:chat?system=Be brief.\" }")
                .start(upstream)) {
            RawResponse plain = chain.chat("hello", false, "X-Request-Id: mine");

            assertThat(plain.status()).isEqualTo(200);
            assertThat(plain.json().at("/choices/0/message/content").asText()).isEqualTo("Be brief. hello");
            assertThat(plain.header("X-LLM-Model")).isEqualTo("m");
            assertThat(chain.awaitFinished().requestId()).isEqualTo("mine");
            RawResponse stream = chain.chat("hello", true);
            assertThat(stream.header("Content-Type")).startsWith("text/event-stream");
            assertThat(stream.text()).contains("Be brief.", "hello").endsWith("data: [DONE]\n\n");
            assertThat(chain.awaitFinished().errorCode()).isNull();
            assertThat(chain.finished()).isEmpty();
        }
    }

    @Test
    void aTextThatARouteAsksForGoesOutAsACompletion() throws Exception {
        try (EditedChain chain = new EditedChain.Setup()
                .http("- to: { uri: \"llm:chat?result=text\" }\n- setHeader: { name: X-Said, simple: \"${body}\" }")
                .start(upstream)) {
            RawResponse plain = chain.chat("hello", false);

            assertThat(plain.header("X-Said")).isEqualTo("hello hello");
            assertThat(plain.json().at("/choices/0/message/content").asText()).isEqualTo("hello hello");
            assertThat(plain.json().at("/usage/total_tokens").asInt()).isPositive();
        }
    }

    @ParameterizedTest
    @CsvSource({"llm:chat, true", "llm:chat?apiKey=own, true", "llm:chat, false", "llm:chat?apiKey=own, false"})
    void aClientThatLeavesStopsTheProvider(String uri, boolean stream) throws Exception {
        upstream.always(request ->
                stream ? Reply.sse(ChatScript.of("one", "two", "three").sse().stallAfter(2)) : Reply.silence());
        try (EditedChain chain =
                new EditedChain.Setup().http("- to: { uri: \"" + uri + "\" }").start(upstream)) {
            try (RawClient client = RawClient.connect(chain.port())) {
                client.postJson(
                        "/v1/chat/completions",
                        "{\"model\":\"m\",\"stream\":" + stream
                                + ",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
                if (stream) {
                    client.head();
                    client.event();
                } else {
                    Await.until(
                            "the provider is asked", () -> !upstream.received().isEmpty());
                }
                client.hangUp(Cut.FIN);
            }
            upstream.lastRequest().awaitClientClosed(Duration.ofSeconds(10));
            assertThat(chain.awaitFinished().errorCode()).isEqualTo("client_gone");
        }
    }

    @Test
    void theRequestOfTheClientIsAsItWasForTheCallAfterIt() throws Exception {
        try (EditedChain chain = new EditedChain.Setup()
                .http("- enrich:\n    constant: direct:aside\n    aggregationStrategy: \"#class:"
                        + LlmComponentTest.Original.class.getName() + "\"\n" + EditedChain.CALL)
                .more(EditedChain.route(
                        "direct:aside", "- to: { uri: \"llm:chat?model=n&system=Aside.&result=text\" }"))
                .start(upstream)) {
            RawResponse plain = chain.chat("hello", false);

            assertThat(plain.json().at("/choices/0/message/content").asText()).isEqualTo("hello hello");
            assertThat(upstream.received().get(1).json().path("messages")).hasSize(1);
            assertThat(List.of(
                            chain.awaitFinished().callId(),
                            chain.awaitFinished().callId()))
                    .doesNotHaveDuplicates();
        }
    }
}
