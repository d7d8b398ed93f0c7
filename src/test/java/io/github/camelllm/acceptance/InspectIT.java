package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.Received;
import io.github.camelllm.testkit.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The packaged gateway with its checks on answers: as shipped, but for a category that is blocked and forms that are asked for again. */
class InspectIT extends GatewayAcceptance {

    private static final String[] LEAK = {
        "See ", "![ch", "art](htt", "ps://good.example@ev", "il.example/?q=se", "cret) now"
    };

    @Override
    void prepare(GatewaySetup setup) {
        setup.replace("config/inspect.yaml", "  invalid: flag ", "  invalid: failover ");
        setup.replace(
                "config/inspect.yaml", "  weapons:", "  fruit: { action: block, words: [blue banana] }\n  weapons:");
    }

    private void answers(String... pieces) {
        upstream.always((Received received) -> received.text().contains("\"stream\":true")
                ? Reply.sse(ChatScript.of(pieces).sse())
                : Reply.json(200, ChatScript.of(pieces).json()));
    }

    private RawResponse ask(int way, String more) throws IOException {
        boolean anthropic = way >= 2;
        return post(
                anthropic ? "/v1/messages" : CHAT,
                "{\"model\":\"" + STEADY + "\",\"max_tokens\":50,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]"
                        + more + (way % 2 == 1 ? ",\"stream\":true}" : "}"));
    }

    private static String said(RawResponse response, int way) throws IOException {
        if (way % 2 == 0) {
            return response.json()
                    .at(way == 0 ? "/choices/0/message/content" : "/content/0/text")
                    .asText();
        }
        StringBuilder text = new StringBuilder();
        List<String> events = response.text()
                .lines()
                .filter(line -> line.startsWith("data: {"))
                .toList();
        for (String event : events) {
            JsonNode json = Json.read(event.substring(6).getBytes(StandardCharsets.UTF_8));
            text.append(json.at(way == 3 ? "/delta/text" : "/choices/0/delta/content")
                    .asText(""));
        }
        return text.toString();
    }

    @Test
    void anImageOfAnUnknownHostLosesItsAddressInBothDialects() throws Exception {
        for (int way = 0; way < 4; way++) {
            answers(LEAK);
            RawResponse response = ask(way, "");
            assertThat(response.status()).isEqualTo(200);
            assertThat(said(response, way)).as("way %d", way).isEqualTo("See ![chart](about:blank) now");
            JsonNode record = gateway.awaitRecord(response.header("x-request-id"));
            assertThat(record.path("flags")).hasToString("[\"unknown_image\"]");
        }
        Await.value(
                "the metric",
                gateway::metrics,
                found -> found.sum("llm_answers_flagged_total", "reason", "unknown_image") == 4);
    }

    @Test
    void aBlockedAnswerIsAnErrorInBothDialects() throws Exception {
        for (int way = 0; way < 4; way++) {
            answers("Eat a ", "blue b", "anana, ", "please");
            RawResponse response = ask(way, "");
            assertThat(response.text())
                    .contains("content_policy_violation", "unsafe_fruit")
                    .doesNotContain("blue");
            assertThat(response.status()).isEqualTo(way % 2 == 0 ? 400 : 200);
            assertThat(response.text()).doesNotContain("[DONE]", "message_stop");
        }
    }

    @Test
    void aWrongFormIsAskedForAgain() throws Exception {
        upstream.next(Reply.json(200, ChatScript.of("Sure, here it is.").json()));
        upstream.next(Reply.json(200, ChatScript.of("```json\n{\"a\":1}\n```").json()));
        RawResponse response = ask(
                0,
                ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"schema\":{\"type\":\"object\",\"required\":[\"a\"]}}}");
        assertThat(said(response, 0)).isEqualTo("{\"a\":1}");
        assertThat(response.header("x-llm-attempts")).isEqualTo("2");
        JsonNode record = gateway.awaitRecord(response.header("x-request-id"));
        assertThat(record.at("/attempts/0/failure").asText()).isEqualTo("wrong_form");
        assertThat(record.path("flags")).isEmpty();
    }
}
