package io.github.camelllm.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Json;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many connections there may be, and how long they may be idle, on real sockets. */
@Timeout(60)
class HttpConnectionsTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String CHAT = "/v1/chat/completions";

    private HttpGateway gateway;
    private final List<RawClient> open = new ArrayList<>();

    @AfterEach
    void stop() throws IOException {
        for (RawClient client : open) {
            client.close();
        }
        gateway.close();
    }

    private void start(Duration timeout, int most, int mostOfAnAddress) throws Exception {
        HttpLimits limits =
                new HttpLimits(10_000_000, 100_000_000, timeout, timeout, 1024, timeout, most, mostOfAnAddress);
        gateway = HttpGateway.start(
                limits, "", exchange -> exchange.getMessage().setBody(new Answer(null, Json.object())));
    }

    private RawClient connect() throws IOException {
        RawClient client = RawClient.connect(gateway.port());
        open.add(client);
        return client;
    }

    private RawResponse answer() throws IOException {
        return RawClient.post(gateway.port(), CHAT, "{}");
    }

    @ParameterizedTest
    @CsvSource({"20,1000", "1000,20"})
    void thoseBeyondTheMostAreToldToComeBackAndTheOthersGoOn(int most, int ofAddress) throws Exception {
        start(Duration.ofMinutes(1), most, ofAddress);
        List<RawClient> taken = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            taken.add(connect());
        }
        for (int i = 0; i < 30; i++) {
            RawResponse refused = answer();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.json().path("error").path("code").asText()).isEqualTo("overloaded");
            assertThat(refused.header("retry-after")).isEqualTo("1");
        }
        assertThat(taken.get(0).postJson(CHAT, "{}").response().status()).isEqualTo(200);
        taken.get(1).close();
        Await.until(SOON, "a place for the next connection", () -> answer().status() == 200);
    }

    @Test
    void connectionsThatOnlyTakePlacesAreCleared() throws Exception {
        start(Duration.ofMillis(300), 40, 40);
        String head = "POST " + CHAT + " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
        for (int i = 0; i < 10; i++) {
            connect(); // says nothing
            connect().send("POST " + CHAT + " HTTP/1.1\r\nHo");
            connect().send(head + "Content-Length: 1000\r\n\r\n{");
            connect().send(head + "Transfer-Encoding: chunked\r\n\r\n5\r\n{");
        }
        Await.until(SOON, "places for others", () -> answer().status() == 200);
        for (int i = 0; i < open.size(); i++) {
            RawClient client = open.get(i);
            if (i % 4 == 0) {
                assertClosed(client);
            } else {
                assertThat(client.response().status()).isEqualTo(408);
            }
        }
    }

    private static void assertClosed(RawClient client) {
        try {
            throw new AssertionError("an answer: " + client.interimOrFinalHead());
        } catch (IOException expected) {
            assertThat(expected).hasMessageContaining("null");
        }
    }

    @Test
    void aCallMayTakeLongerThanAnyOfTheTimeouts() throws Exception {
        HttpLimits limits = new HttpLimits(
                10_000,
                1_000_000,
                Duration.ofMillis(100),
                Duration.ofMillis(100),
                1024,
                Duration.ofMillis(100),
                10,
                10);
        CountDownLatch others = new CountDownLatch(5);
        gateway = HttpGateway.start(limits, "", exchange -> {
            others.await();
            exchange.getMessage().setBody(new Answer(null, Json.object()));
        });
        RawClient waiting = connect().postJson(CHAT, "{}");
        for (int i = 0; i < 5; i++) { // each idle connection that is closed is a timeout that has passed
            assertClosed(connect());
            others.countDown();
        }
        assertThat(waiting.response().status()).isEqualTo(200);
    }
}
