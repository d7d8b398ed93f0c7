package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.testkit.Dialect;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.Received;
import io.github.camelllm.testkit.Reply;
import io.github.camelllm.testkit.Sse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Answers with an accent through the whole chain as shipped, to both kinds of clients, plain and streamed. */
class ProviderAnswersIT extends GatewayAcceptance {

    private static final String MESSAGES = "/v1/messages";
    private static final String CLAUDE = "claude-near";
    private static final String GEMINI = "gemini-near";
    private static final String MAIL = "ann.lee@corp.example";

    @Override
    void prepare(GatewaySetup setup) {
        setup.replace(
                "config/inspect.yaml", "  weapons:", "  fruit: { action: block, words: [blue banana] }\n  weapons:");
        setup.anthropic(upstream).gemini(upstream);
        setup.model(Dialect.ANTHROPIC, CLAUDE, NO_BREAKER);
        setup.model(Dialect.GEMINI, GEMINI, NO_BREAKER);
    }

    private RawResponse ask(String path, String model, boolean stream) throws IOException {
        return post(
                path,
                "{\"model\":\"" + model + "\",\"max_tokens\":500,\"messages\":[{\"role\":\"user\",\"content\":\"I am "
                        + MAIL + "\"}],\"stream\":" + stream + "}");
    }

    /** Content in parts, of one text that is cut as given. */
    private void answersInParts(String... pieces) {
        upstream.always((Received received) -> {
            StringBuilder events = new StringBuilder();
            for (String piece : pieces) {
                events.append("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":[{\"type\":\"text\",\"text\":\"")
                        .append(piece)
                        .append("\"}]},\"finish_reason\":\"stop\"}]}\n\n");
            }
            String whole =
                    "{\"choices\":[{\"message\":{\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\","
                            + "\"text\":\"hm\"}]},{\"type\":\"text\",\"text\":\"" + String.join("", pieces)
                            + "\"}]}}]}";
            return received.text().contains("\"stream\":true")
                    ? Reply.of(200, "text/plain", (events + "data:\n\ndata: [DONE]").getBytes(StandardCharsets.UTF_8))
                    : Reply.json(200, whole);
        });
    }

    private static String said(RawResponse response) throws IOException {
        StringBuilder said = new StringBuilder();
        List<String> lines = response.text().lines().toList();
        for (String line : lines) {
            String data = line.startsWith("data: ") ? line.substring(6) : line;
            if (data.startsWith("{")) {
                JsonNode json = Json.read(data.getBytes(StandardCharsets.UTF_8));
                said.append(json.at("/choices/0/delta/content").asText(""))
                        .append(json.at("/choices/0/message/content").asText(""))
                        .append(json.at("/delta/text").asText(""));
                json.path("content")
                        .forEach(block -> said.append(block.path("text").asText("")));
            }
        }
        return said.toString();
    }

    @Test
    void contentInPartsReachesBothClientsWithWhatWasHiddenPutBack() throws Exception {
        answersInParts("Dear <EM", "AIL_1", ">!");
        for (String path : List.of(CHAT, MESSAGES)) {
            for (boolean stream : new boolean[] {false, true}) {
                RawResponse response = ask(path, STEADY, stream);
                assertThat(response.status()).as(response.text()).isEqualTo(200);
                assertThat(said(response)).as("%s %s", path, stream).isEqualTo("Dear " + MAIL + "!");
                assertThat(upstream.lastRequest().text()).doesNotContain(MAIL);
            }
        }
        JsonNode message = ask(MESSAGES, STEADY, false).json();
        assertThat(message.at("/content/0/thinking").asText()).isEqualTo("hm");
        assertThat(message.path("stop_reason").asText()).isEqualTo("end_turn");
    }

    @Test
    void contentInPartsIsLookedAt() throws Exception {
        answersInParts("eat a blue ba", "nana now");
        for (String path : List.of(CHAT, MESSAGES)) {
            for (boolean stream : new boolean[] {false, true}) {
                RawResponse response = ask(path, STEADY, stream);
                assertThat(said(response)).as("%s %s", path, stream).doesNotContain("nana");
                assertThat(response.text()).contains("content_policy_violation");
            }
        }
    }

    @Test
    void aWholeAnswerToAWishForAStreamIsAStreamForBothClients() throws Exception {
        for (Dialect dialect : Dialect.values()) {
            String model = dialect == Dialect.OPENAI ? STEADY : dialect == Dialect.ANTHROPIC ? CLAUDE : GEMINI;
            upstream.always(Reply.json(200, dialect.json("one ", "two")));
            for (String path : List.of(CHAT, MESSAGES)) {
                RawResponse response = ask(path, model, true);
                assertThat(response.header("content-type")).startsWith("text/event-stream");
                assertThat(said(response)).as("%s %s", path, dialect).isEqualTo("one two");
                assertThat(response.text()).contains(path.equals(CHAT) ? "[DONE]" : "message_stop");
            }
        }
    }

    @Test
    void geminisStopWithEveryChunkCutsNothingForEitherClient() throws Exception {
        String event = "{\"candidates\":[{\"index\":0,\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"%s\"}]},"
                + "\"finishReason\":\"STOP\"}]}";
        upstream.always(
                Reply.sse(Sse.of(event.formatted("Dear <EMA"), event.formatted("IL_1>"), event.formatted("!"))));
        for (String path : List.of(CHAT, MESSAGES)) {
            assertThat(said(ask(path, GEMINI, true))).isEqualTo("Dear " + MAIL + "!");
        }
    }

    @Test
    void anOverloadOfAnthropicIsOneForItsClients() throws Exception {
        Reply[] overloads = {
            Dialect.ANTHROPIC.error(529, "Overloaded"),
            Reply.json(200, Dialect.ANTHROPIC.errorBody(529, "Overloaded")),
            Reply.sse(Sse.of(Dialect.ANTHROPIC.errorBody(529, "Overloaded")))
        };
        for (int i = 0; i < overloads.length; i++) {
            upstream.always(overloads[i]);
            for (boolean stream : new boolean[] {false, true}) {
                if (i == 2 && !stream) {
                    continue; // events are no answer to a plain request
                }
                RawResponse native_ = ask(MESSAGES, CLAUDE, stream);
                assertThat(native_.status()).isEqualTo(529);
                assertThat(native_.json().at("/error/type").asText()).isEqualTo("overloaded_error");
                RawResponse other = ask(CHAT, CLAUDE, stream);
                Problems.assertProblem(other, 502, "upstream_error");
                JsonNode record = gateway.awaitRecord(other.header("x-request-id"));
                assertThat(record.toString()).contains("status_529");
            }
        }
    }

    @Test
    void aReasonOfAFrameworkReachesBothClients() throws Exception {
        upstream.always(Reply.json(422, "{\"detail\":[{\"loc\":[\"body\",\"stop\"],\"msg\":\"too many\"}]}"));
        for (boolean stream : new boolean[] {false, true}) {
            JsonNode error = ask(CHAT, STEADY, stream).json().path("error");
            assertThat(error.path("message").asText()).isEqualTo("stop: too many");
            assertThat(error.path("param").asText()).isEqualTo("stop");
            assertThat(ask(MESSAGES, STEADY, stream).json().at("/error/message").asText())
                    .isEqualTo("stop_sequences: too many");
        }
    }
}
