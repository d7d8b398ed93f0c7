package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bodies beyond the limit are refused before they are in memory. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BodySizeIT extends GatewayAcceptance {

    private static final int LIMIT = 2_000_000;

    @Override
    void prepare(GatewaySetup setup) {
        setup.env("LLM_HTTP_MAX_BODY_BYTES", String.valueOf(LIMIT)).env("LLM_VALIDATE_MAX_CHARACTERS", "100000000");
    }

    @Test
    void takesABodyOfExactlyTheLimit() throws Exception {
        assertThat(post(CHAT, ofSize(LIMIT)).status()).isEqualTo(200);
        assertThat(upstream.lastRequest().body().length).isEqualTo(LIMIT);
    }

    @Test
    void takesAChunkedBody() throws Exception {
        String body = ofSize(200_000);
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(chunkedHead());
            for (int from = 0; from < body.length(); from += 20_000) {
                client.send("4e20\r\n" + body.substring(from, from + 20_000) + "\r\n");
            }
            assertThat(client.send("0\r\n\r\n").response().status()).isEqualTo(200);
        }
        assertThat(upstream.lastRequest().body().length).isEqualTo(200_000);
    }

    @Test
    void refusesAByteMore() throws Exception {
        Problems.assertProblem(post(CHAT, ofSize(LIMIT + 1)), 413, "request_too_large");
        assertThat(upstream.received()).isEmpty();
    }

    @Test
    void refusesALargeBodyByItsLengthAlone() throws Exception {
        for (String length : new String[] {"2000001", "99999999999", "9223372036854775807"}) {
            try (RawClient client = RawClient.connect(gateway.port())) {
                client.send(
                        "POST " + CHAT + " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: "
                                + length + "\r\n\r\n");
                Problems.assertProblem(client.response(), 413, "request_too_large");
            }
        }
    }

    @Test
    void refusesALargeBodyThatDoesNotTellItsLength() throws Exception {
        String chunk = "10000\r\n" + "a".repeat(65_536) + "\r\n";
        long sent = 0;
        RawResponse response = null;
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(chunkedHead());
            while (sent < 100L * LIMIT) {
                client.send(chunk);
                sent += 65_536;
            }
        } catch (SocketException e) {
            assertThat(sent).as("bytes sent before the connection was closed").isLessThan(10L * LIMIT);
        }
        assertThat(sent).isLessThan(100L * LIMIT);

        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(chunkedHead());
            for (sent = 0; sent <= LIMIT; sent += 65_536) {
                client.send(chunk);
            }
            response = client.response();
        }
        Problems.assertProblem(response, 413, "request_too_large");
        assertThat(upstream.received()).isEmpty();
    }

    @Test
    void answersTheNextRequestAllTheSame() throws Exception {
        post(CHAT, ofSize(LIMIT + 1));
        assertThat(chat(STEADY).status()).isEqualTo(200);
    }

    @Test
    void answersWhoExpectsToBeAsked() throws Exception {
        byte[] body = chatJson(STEADY).getBytes(StandardCharsets.UTF_8);
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send("POST " + CHAT + " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                    + "Expect: 100-continue\r\nContent-Length: " + body.length + "\r\n\r\n");
            client.patience(Duration.ofSeconds(3));
            assertThat(client.interimOrFinalHead().status())
                    .as("curl asks before it sends a large body")
                    .isEqualTo(100);
            assertThat(client.send(body).response().status()).isEqualTo(200);
        }
    }

    @Test
    void doesNotAskForABodyThatIsTooLarge() throws Exception {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send("POST " + CHAT + " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                    + "Expect: 100-continue\r\nContent-Length: " + (LIMIT + 1) + "\r\n\r\n");
            assertThat(client.interimOrFinalHead().status()).isEqualTo(413);
        }
    }

    private static String chunkedHead() {
        return "POST " + CHAT
                + " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    }

    private static String ofSize(int bytes) throws IOException {
        String empty = "{\"model\":\"" + STEADY + "\",\"messages\":[{\"role\":\"user\",\"content\":\"\"}]}";
        return empty.replace("\"content\":\"\"", "\"content\":\"" + "a".repeat(bytes - empty.length()) + "\"");
    }
}
