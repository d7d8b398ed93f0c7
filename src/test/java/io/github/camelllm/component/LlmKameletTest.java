package io.github.camelllm.component;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.Reply;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The Kamelet {@code llm-chat-action}, a leaf over {@code llm:chat}. */
@Timeout(60)
class LlmKameletTest {

    @Test
    void eachRouteGetsWhatItsParametersSay() throws Exception {
        try (FakeUpstream upstream = FakeUpstream.start()) {
            upstream.always(request -> {
                var messages = request.json().path("messages");
                return Reply.json(
                        200,
                        ChatScript.of(request.json().path("model").asText() + "/"
                                        + messages.get(0).path("content").asText() + "/"
                                        + messages.get(messages.size() - 1)
                                                .path("content")
                                                .asText())
                                .json());
            });
            try (LlmContext llm = LlmContext.started(
                    upstream,
                    Map.of(),
                    LlmContext.route("direct:a", "- to: \"kamelet:llm-chat-action?model=gpt-4o\"\n")
                            + LlmContext.route("direct:b", "- to: \"kamelet:llm-chat-action?model=gpt-4.1\"\n")
                            + LlmContext.route("direct:c", "- to: \"kamelet:llm-chat-action?model=gpt-4o\"\n")
                            + LlmContext.route(
                                    "direct:d",
                                    "- to: { uri: kamelet:llm-chat-action, parameters: { model: gpt-4o, system: \"Be brief.\","
                                            + " temperature: 0.2, maxTokens: 9, timeout: 30s, result: text } }\n"))) {
                assertThat(llm.send("a", "1").getMessage().getBody()).isEqualTo("gpt-4o/1/1");
                assertThat(llm.send("b", "2").getMessage().getBody()).isEqualTo("gpt-4.1/2/2");
                assertThat(llm.send("c", "3").getMessage().getBody()).isEqualTo("gpt-4o/3/3");
                Exchange full = llm.send("d", "4");
                assertThat(full.getMessage().getBody()).isEqualTo("gpt-4o/Be brief./4");
                assertThat(full.getMessage().getHeader(LlmConstants.MODEL)).isEqualTo("gpt-4o");
                assertThat(upstream.received().get(3).json().path("max_tokens").asInt())
                        .isEqualTo(9);
            }
        }
    }
}
