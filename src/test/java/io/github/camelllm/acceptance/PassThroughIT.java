package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.Reply;
import io.github.camelllm.testkit.Sse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the gateway does not know goes through it untouched, digit by digit, in both directions. */
class PassThroughIT extends GatewayAcceptance {

    private static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"a\\u00e9\\ud83d\\ude00b\","
            + "\"unknown\":{\"z\":1.0,\"a\":[1e-7,{}]}}]";
    private static final String CHUNK = "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,"
            + "\"delta\":{%s},\"finish_reason\":%s}]%s}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.0",
                "1.50",
                "1e-7",
                "-0.0",
                "1E+400",
                "123456789012345678901234567890",
                "0.1000000000000000055511151231257827",
                "null",
                "\"\"",
                "[]",
                "{}",
                "{\"b\":{\"a\":[[],{\"é\":null}],\"\":0},\"a\":true}",
                "\"quote \\\" slash / \\u0000 tab \\t\""
            })
    void sendsUnknownFieldsOn(String value) throws Exception {
        String body = "{\"zz_first\":" + value + ",\"model\":\"" + STEADY + "\"," + MESSAGES + ",\"nested\":{\"zz\":"
                + value + "},\"aa_last\":" + value + "}";
        assertThat(post(CHAT, body).status()).isEqualTo(200);

        String sent = upstream.lastRequest().text();
        assertThat(upstream.lastRequest().json()).isEqualTo(json(body));
        assertThat(Problems.fieldNames(upstream.lastRequest().json()))
                .containsExactly("zz_first", "model", "messages", "nested", "aa_last");
        assertThat(digits(sent)).isEqualTo(digits(body));
    }

    @Test
    void changesNothingInARequestButWhatIsMeant() throws Exception {
        String body = "{\"model\":\"" + STEADY
                + "\",\"stream\":true,\"stream_options\":{\"x\":1.0},\"temperature\":1.0,"
                + "\"seed\":9223372036854775807,\"top_p\":1e-7,\"vendor\":{\"b\":2.50,\"a\":[]}," + MESSAGES + "}";
        assertThat(post(CHAT, body).status()).isEqualTo(200);

        assertThat(upstream.lastRequest().json())
                .isEqualTo(json(body.replace("{\"x\":1.0}", "{\"x\":1.0,\"include_usage\":true}")));
        assertThat(upstream.lastRequest().text())
                .contains("\"temperature\":1.0", "\"seed\":9223372036854775807", "\"b\":2.50");
    }

    @Test
    void sendsAnEmbeddingRequestOn() throws Exception {
        String body = "{\"model\":\"" + EMBED + "\",\"input\":\"one\",\"user\":\"u\",\"vendor\":{\"x\":1.0}}";
        assertThat(post(EMBEDDINGS, body).status()).isEqualTo(200);
        assertThat(upstream.lastRequest().text()).isEqualTo(body);
        assertThat(upstream.lastRequest().path()).isEqualTo("/v1/embeddings");
    }

    @Test
    void givesAnAnswerBackByteByByte() throws Exception {
        String answer = "{ \"vendor\" : { \"z\":1.0, \"big\":123456789012345678901234567890, \"tiny\":1e-7 },\n"
                + "  \"choices\":[{\"index\":0,\"x\":1e+5,\"message\":{\"role\":\"assistant\",\"content\":\"\\u00e9\\/\","
                + "\"reasoning\":\"hm\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,"
                + "\"cost\":0.00010} }\n";
        upstream.next(Reply.json(200, answer), Reply.json(200, answer).chunked().pieces(1, Duration.ZERO));
        assertThat(chat(STEADY).text()).isEqualTo(answer);
        assertThat(chat(STEADY).text()).isEqualTo(answer);
    }

    @Test
    void givesAnEmbeddingBackByteByByte() throws Exception {
        String answer = "{\"data\":[{\"embedding\":[0.10,-1e-7,1.0],\"index\":0,\"x\":{}}],\"vendor\":1.0}";
        upstream.next(Reply.json(200, answer));
        assertThat(post(EMBEDDINGS, "{\"model\":\"" + EMBED + "\",\"input\":[\"a\"]}")
                        .text())
                .isEqualTo(answer);
    }

    @Test
    void givesTheEventsOfAStreamBackByteByByte() throws Exception {
        assertStreamsUntouched(Sse.of(events()));
    }

    @Test
    void givesThemBackHoweverTheyAreCutUpOnTheWire() throws Exception {
        assertStreamsUntouched(Sse.of(events()).inOneWrite());
        assertStreamsUntouched(Sse.of(events()).splitEvery(1));
        assertStreamsUntouched(Sse.of(events()).splitEvery(7));
        assertStreamsUntouched(Sse.of(events()).lineEnd("\r\n").splitEvery(3));
        assertStreamsUntouched(Sse.of(events()).lineEnd("\r"));
        assertStreamsUntouched(Sse.of(events()).noSpace().comments());
        assertStreamsUntouched(Sse.of(events()).comments().lineEnd("\r\n").inOneWrite());
    }

    @Test
    void joinsAnEventOfSeveralLinesWithoutChangingItsMeaning() throws Exception {
        upstream.next(Reply.sse(Sse.of(events()).multiLine()));
        List<String> got = eventsOf(chatStream());
        assertThat(got).hasSameSizeAs(events());
        for (int i = 0; i < got.size() - 1; i++) {
            assertThat(json(got.get(i))).isEqualTo(json(events().get(i)));
        }
    }

    @Test
    void passesAHugeEvent() throws Exception {
        String huge = "x".repeat(3_000_000);
        List<String> events = List.of(
                CHUNK.formatted("\"role\":\"assistant\",\"content\":\"" + huge + "\"", "null", ""),
                CHUNK.formatted("", "\"stop\"", ""),
                "[DONE]");
        upstream.next(Reply.sse(Sse.of(events).splitEvery(65_536)));
        assertThat(eventsOf(chatStream())).isEqualTo(events);
    }

    private static List<String> events() {
        List<String> events = new ArrayList<>();
        events.add(CHUNK.formatted(
                "\"role\":\"assistant\",\"content\":\"\"", "null", ",\"vendor\":{\"z\":1.0,\"a\":1e-7}"));
        events.add(CHUNK.formatted(
                "\"content\":\"é 世界 \uD83D\uDE00\"", "null", ", \"spaced\" : 123456789012345678901234567890"));
        events.add(CHUNK.formatted("\"content\":\"\\u00e9\\/\\n\",\"reasoning_content\":\"hm\"", "null", ""));
        events.add(CHUNK.formatted("", "\"stop\"", ",\"x\":-0.0"));
        events.add("[DONE]");
        return events;
    }

    private void assertStreamsUntouched(Sse sse) throws Exception {
        upstream.next(Reply.sse(sse));
        assertThat(eventsOf(chatStream())).isEqualTo(events());
    }

    private RawResponse chatStream() throws Exception {
        try (RawClient client = stream(STEADY)) {
            RawResponse response = client.response();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.header("content-type")).startsWith("text/event-stream");
            return response;
        }
    }

    /** The data of the events, each of which must be exactly one {@code data: } line. */
    private static List<String> eventsOf(RawResponse response) {
        List<String> data = new ArrayList<>();
        String text = response.text();
        assertThat(text).endsWith("\n\n");
        for (String event : text.split("\n\n")) {
            assertThat(event).startsWith("data: ");
            data.add(event.substring("data: ".length()));
        }
        return data;
    }

    private static JsonNode json(String text) throws Exception {
        return Json.read(text.getBytes(StandardCharsets.UTF_8));
    }

    /** All numbers as they are written, in order. */
    private static List<String> digits(String json) {
        List<String> numbers = new ArrayList<>();
        var matcher = Pattern.compile("(?<=[:\\[,])-?\\d[\\d.eE+-]*").matcher(json);
        while (matcher.find()) {
            numbers.add(matcher.group());
        }
        return numbers;
    }
}
