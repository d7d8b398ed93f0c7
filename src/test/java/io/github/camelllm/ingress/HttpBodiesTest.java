package io.github.camelllm.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.step.Calls;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.Cut;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How bodies are taken in: whose, how much of one, how much of all together, in which coding. */
@Timeout(60)
class HttpBodiesTest {

    private static final String CHAT = "/v1/chat/completions";
    private static final String JSON = "Content-Type: application/json";
    private static final Duration SOON = Duration.ofSeconds(10);

    private static final int MEBIBYTE = 1 << 20;

    /** Room for 2 MiB of bodies. */
    private static final HttpLimits LIMITS = HttpGateway.limits(100L * MEBIBYTE, 2L * MEBIBYTE * BodyMemory.FACTOR);

    /** Bytes of a body that is two thirds of what there is room for. */
    private static final int MOST_OF_IT = (int) (LIMITS.bodiesBytes() / BodyMemory.FACTOR * 2 / 3);

    private static final String DOORS =
            """
            - beans:
                - name: door
                  type: io.github.camelllm.ingress.DoorStep
            - route:
                from:
                  uri: platform-http:/v1/door
                  parameters: { httpMethodRestrict: POST }
                  steps:
                    - policy: { ref: http }
                    - to: { uri: "direct:inner" }
            - route:
                from:
                  uri: direct:inner
                  steps:
                    - policy: { ref: door }
                    - process: { ref: chain }
            - route:
                from:
                  uri: platform-http:/v1/anthropic/{name}/door
                  parameters: { httpMethodRestrict: "GET,POST" }
                  steps:
                    - setProperty: { name: mine, constant: "1" }
                    - policy: { ref: httpMessages }
                    - policy: { ref: door }
                    - process: { ref: chain }
            - route:
                from:
                  uri: platform-http:/v1/vouched
                  parameters: { httpMethodRestrict: POST }
                  steps:
                    - policy: { ref: http }
                    - setProperty: { name: llm.keyId, constant: "a" }
                    - policy: { ref: door }
                    - process: { ref: chain }
            - route:
                from:
                  uri: platform-http:/v1/own
                  parameters: { httpMethodRestrict: POST }
                  steps:
                    - policy: { ref: http }
                    - process: { ref: own }
                    - policy: { ref: door }
                    - process: { ref: chain }
            """;

    private HttpGateway gateway;

    @BeforeEach
    void nobodyKnowsAWord() {
        DoorStep.WORDS.clear();
    }

    @AfterEach
    void stop() {
        if (gateway != null) {
            gateway.close();
        }
    }

    private void start(Processor chain) throws Exception {
        gateway = HttpGateway.start(LIMITS, DOORS.replace("    - process: { ref: own }\n", OWN), chain);
    }

    private static final String OWN = "    - setBody: { simple: \"${body}\" }\n";

    private static void answer(Exchange exchange) {
        exchange.getMessage().setBody(new Answer(null, Json.object()));
    }

    private static void echoSize(Exchange exchange) {
        Call call = Calls.of(exchange);
        exchange.getMessage()
                .setBody(new Answer(
                        null,
                        Json.object()
                                .put("bytes", call.getRequest().receivedBytes())
                                .put(
                                        "a",
                                        call.getRequest()
                                                .tree()
                                                .path("a")
                                                .asText()
                                                .length())));
    }

    private static String head(String path, long length, String... more) {
        return "POST " + path + " HTTP/1.1\r\nHost: a\r\n" + JSON + "\r\nContent-Length: " + length + "\r\n"
                + String.join("", Arrays.stream(more).map(line -> line + "\r\n").toList()) + "\r\n";
    }

    private static byte[] json(int bytes) {
        return ("{\"a\":\"" + "x".repeat(bytes - 8) + "\"}").getBytes(StandardCharsets.US_ASCII);
    }

    // ------------------------------------------------------------------ whose

    @ParameterizedTest
    @ValueSource(strings = {"/v1/door", "/v1/door/", "//v1/./door", "/v1/anthropic/x/door"})
    void whoHasNoKeyIsRefusedBeforeItsBodyIsThere(String path) throws Exception {
        start(HttpBodiesTest::answer);
        for (String body : new String[] {"", "{\"a\""}) {
            try (RawClient client = RawClient.connect(gateway.port())) {
                client.send(head(path, 5_000_000, "Authorization: Bearer wrong") + body);
                RawResponse response = client.response();
                assertThat(response.status()).isEqualTo(401);
                assertThat(response.text()).contains("not you", "invalid_api_key");
                assertThat(response.text().contains("\"type\":\"error\"")).isEqualTo(path.contains("anthropic"));
                assertThat(response.header("connection")).isEqualTo("close");
            }
        }
    }

    @Test
    void aRefusalIsReadByAClientThatSendsAllOfItsBodyFirst() throws Exception {
        start(HttpBodiesTest::answer);
        byte[] body = new byte[5_000_000];
        for (int i = 0; i < 5; i++) {
            assertThat(RawClient.exchange(gateway.port(), "POST", "/v1/door", body, JSON)
                            .status())
                    .isEqualTo(401);
        }
    }

    @Test
    void theKeysThatHoldAreThoseOfThisMoment() throws Exception {
        start(HttpBodiesTest::answer);
        String key = "x-api-key: sesame";
        assertThat(RawClient.post(gateway.port(), "/v1/door", "{}", key).status())
                .isEqualTo(401);
        DoorStep.WORDS.add("sesame");
        assertThat(RawClient.post(gateway.port(), "/v1/door", "{}", key).status())
                .isEqualTo(200);
    }

    @Test
    void whoWaitsToBeAskedIsAskedOnlyIfTheBodyWillBeTaken() throws Exception {
        start(HttpBodiesTest::answer);
        DoorStep.WORDS.add("sesame");
        String expect = "Expect: 100-continue";
        for (String path : new String[] {"/v1/door", "/v1/anthropic/x/door"}) {
            assertThat(firstStatus(head(path, 2, expect))).isEqualTo(401);
            assertThat(firstStatus(head(path, 2, expect, "x-api-key: sesame"))).isEqualTo(100);
            assertThat(firstStatus(head(path, 2_000_000_000, expect, "x-api-key: sesame")))
                    .isEqualTo(413);
            assertThat(firstStatus(head(path, 2, expect, "x-api-key: sesame", "Content-Encoding: br")))
                    .isEqualTo(415);
        }
        assertThat(firstStatus(head("/v1/nothing", 2, expect))).isEqualTo(404);
    }

    private int firstStatus(String head) throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            return client.send(head).interimOrFinalHead().status();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {CHAT, "/v1/vouched"})
    void nobodyIsRefusedEarlyByAChainThatWouldLetThemIn(String path) throws Exception {
        start(HttpBodiesTest::echoSize);
        RawResponse response = RawClient.post(gateway.port(), path, "{\"a\":\"xyz\"}");
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.json().path("a").asInt()).isEqualTo(3);
    }

    @Test
    void whereAnotherLineComesFirstTheBodyIsTakenIn() throws Exception {
        start(HttpBodiesTest::answer);
        assertThat(firstStatus(head("/v1/own", 2, "Expect: 100-continue"))).isEqualTo(100);
        assertThat(RawClient.post(gateway.port(), "/v1/own", "{}").status()).isEqualTo(401);
    }

    // ------------------------------------------------------------------ how much

    @Test
    void theRoomIsForAllBodiesTogetherUntilTheirCallsHaveEnded() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        start(exchange -> {
            inside.countDown();
            open.await();
            echoSize(exchange);
        });
        byte[] body = json(MOST_OF_IT);
        try (RawClient first = RawClient.connect(gateway.port())) {
            first.request("POST", CHAT, body, JSON);
            inside.await();
            assertOverloaded(RawClient.exchange(gateway.port(), "POST", CHAT, body, JSON));
            assertOverloaded(chunked(body));
            open.countDown();
            assertThat(first.response().json().path("bytes").asInt()).isEqualTo(MOST_OF_IT);
        }
        awaitRoom(body);
    }

    private void awaitRoom(byte[] body) throws Exception {
        Await.until(
                SOON,
                "room for the next body",
                () -> RawClient.exchange(gateway.port(), "POST", CHAT, body, JSON)
                                .status()
                        == 200);
    }

    private RawResponse chunked(byte[] body) throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send("POST " + CHAT + " HTTP/1.1\r\nHost: a\r\n" + JSON + "\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int from = 0; from < body.length; from += 100_000) {
                int size = Math.min(100_000, body.length - from);
                client.send(Integer.toHexString(size) + "\r\n");
                client.send(Arrays.copyOfRange(body, from, from + size));
                client.send("\r\n");
            }
            return client.send("0\r\n\r\n").response();
        }
    }

    private static void assertOverloaded(RawResponse response) {
        assertThat(response.status()).as(response.toString()).isEqualTo(503);
        assertThat(response.json().path("error").path("code").asText()).isEqualTo("overloaded");
        assertThat(response.header("retry-after")).isEqualTo("1");
        assertThat(response.header("connection")).isEqualTo("close");
    }

    @Test
    void whatIsRefusedAndHeldIsMetered() throws Exception {
        gateway = HttpGateway.start(2, HttpBodiesTest::echoSize);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        int port = gateway.port();
        RawClient.exchange(port, "GET", "/nowhere", null);
        gateway.context.getRegistry().findByType(MeterBinder.class).forEach(binder -> binder.bindTo(meters));
        RawClient.exchange(port, "GET", "/nowhere", null);
        RawClient.exchange(port, "POST", CHAT, new byte[10], "Content-Type: text/plain");
        try (RawClient client = RawClient.connect(port)) {
            client.send("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(client.response().status()).isEqualTo(404);
            assertThat(meters.get("llm.http.connections").gauge().value()).isPositive();
            client.send("GET / HTTP/1.1\r\n\r\n"); // no Host
            assertThat(client.response().status()).isEqualTo(400);
        }

        assertThat(meters.get("llm.http.refused")
                        .tag("code", "not_found")
                        .functionCounter()
                        .count())
                .as("what was counted before there were meters included")
                .isEqualTo(3);
        assertThat(meters.get("llm.http.refused")
                        .tag("code", "unsupported_media_type")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
        assertThat(meters.get("llm.http.refused")
                        .tag("code", "invalid_request")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
        Await.until(
                "no connection to be left",
                () -> meters.get("llm.http.connections").gauge().value() == 0);
        assertThat(meters.get("llm.http.bodies").gauge().value()).isZero();
    }

    @Test
    void aLengthThatIsOnlyToldTakesNoRoom() throws Exception {
        start(HttpBodiesTest::echoSize);
        List<RawClient> waiting = new ArrayList<>();
        try {
            for (int i = 0; i < 50; i++) {
                waiting.add(RawClient.connect(gateway.port()).send(head(CHAT, MOST_OF_IT)));
            }
            assertThat(RawClient.exchange(gateway.port(), "POST", CHAT, json(MOST_OF_IT), JSON)
                            .status())
                    .isEqualTo(200);
        } finally {
            for (RawClient client : waiting) {
                client.close();
            }
        }
    }

    @Test
    void aClientThatLeavesAmidItsBodyGivesItsRoomBack() throws Exception {
        start(HttpBodiesTest::echoSize);
        byte[] body = json(MOST_OF_IT);
        for (Cut cut : new Cut[] {Cut.RST, Cut.FIN}) {
            RawClient client = RawClient.connect(gateway.port());
            client.send(head(CHAT, body.length)).send(Arrays.copyOf(body, body.length - 1));
            client.hangUp(cut);
            awaitRoom(body);
        }
    }

    @Test
    void aClientThatLeavesAmidItsCallKeepsItsRoomUntilTheCallHasEnded() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        start(exchange -> {
            if (open.getCount() > 0) {
                inside.countDown();
                open.await();
            }
            echoSize(exchange);
        });
        byte[] body = json(MOST_OF_IT);
        RawClient client = RawClient.connect(gateway.port()).request("POST", CHAT, body, JSON);
        inside.await();
        client.hangUp(Cut.RST);
        for (int i = 0; i < 5; i++) {
            assertOverloaded(RawClient.exchange(gateway.port(), "POST", CHAT, body, JSON));
        }
        open.countDown();
        awaitRoom(body);
    }

    @Test
    void manySmallPartsTakeTheRoomThatTheirTreeNeeds() throws Exception {
        start(HttpBodiesTest::echoSize);
        byte[] flat = json(MOST_OF_IT / 2);
        byte[] parts = ("{\"b\":[" + "{},".repeat(flat.length / 3) + "{}]}").getBytes(StandardCharsets.US_ASCII);
        assertThat(RawClient.exchange(gateway.port(), "POST", CHAT, flat, JSON).status())
                .isEqualTo(200);
        RawResponse refused = RawClient.exchange(gateway.port(), "POST", CHAT, parts, JSON);
        assertThat(refused.status()).isEqualTo(413);
        assertThat(refused.text()).contains("memory");
        awaitRoom(json(MOST_OF_IT));
    }

    @Test
    void whatStandsInAStringIsNoPartOfATree() {
        byte[] text = "{\"a\":\"{{[[,,::\\\"{\\\\\"}".getBytes(StandardCharsets.US_ASCII);
        byte[] plain = "{\"a\":\"\"}".getBytes(StandardCharsets.US_ASCII);
        assertThat(BodyMemory.structureOf(text, text.length)).isEqualTo(BodyMemory.structureOf(plain, plain.length));
    }

    @Test
    void whatCouldNeverBeHeldIsTooLarge() throws Exception {
        start(HttpBodiesTest::echoSize);
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head(CHAT, 3L * MEBIBYTE));
            assertThat(client.response().status()).isEqualTo(413);
        }
    }

    // ------------------------------------------------------------------ in which coding

    private static byte[] compress(String coding, byte[] bytes) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (OutputStream out = coding.equals("deflate") ? new DeflaterOutputStream(all) : new GZIPOutputStream(all)) {
            out.write(bytes);
        }
        return all.toByteArray();
    }

    private RawResponse coded(String coding, byte[] body) throws IOException {
        return RawClient.exchange(gateway.port(), "POST", CHAT, body, JSON, "Content-Encoding: " + coding);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "GZIP", "x-gzip", "deflate", "identity", ""})
    void aCompressedBodyIsReadAsWhatItStandsFor(String coding) throws Exception {
        start(HttpBodiesTest::echoSize);
        byte[] body = json(100_000);
        byte[] sent = coding.isEmpty() || coding.equals("identity") ? body : compress(coding, body);
        RawResponse response = coded(coding, sent);
        assertThat(response.status()).as(response.toString()).isEqualTo(200);
        assertThat(response.json().path("bytes").asInt()).isEqualTo(100_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "zstd", "compress", "gzip, gzip", "gzip, identity", "chunked", "aws-chunked"})
    void anotherCodingIsRefusedWithThoseThatAreTaken(String coding) throws Exception {
        start(HttpBodiesTest::echoSize);
        RawResponse response = coded(coding, "{}".getBytes(StandardCharsets.US_ASCII));
        assertThat(response.status()).isEqualTo(415);
        assertThat(response.header("accept-encoding")).isEqualTo("gzip, deflate");
        assertThat(response.text()).contains("unsupported_media_type", "gzip");
    }

    static Stream<Arguments> broken() throws IOException {
        byte[] whole = compress("gzip", json(1000));
        byte[] wrongSum = whole.clone();
        wrongSum[whole.length - 8] ^= 1;
        return Stream.of(
                Arguments.of("gzip", "{}".getBytes(StandardCharsets.US_ASCII)),
                Arguments.of("gzip", Arrays.copyOf(whole, whole.length / 2)),
                Arguments.of("gzip", wrongSum),
                Arguments.of("gzip", compress("deflate", json(1000))),
                Arguments.of("deflate", whole));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void whatIsNotWhatItsCodingSaysIsABadRequest(String coding, byte[] body) throws Exception {
        start(HttpBodiesTest::echoSize);
        RawResponse response = coded(coding, body);
        assertThat(response.status()).as(response.toString()).isEqualTo(400);
        assertThat(response.text())
                .contains("invalid_request", "Content-Encoding")
                .doesNotContain("Zip", "java");
    }

    @Test
    void aBombIsTooLargeLongBeforeItIsUnpacked() throws Exception {
        gateway = HttpGateway.start(HttpGateway.limits(10_000, MEBIBYTE), "", HttpBodiesTest::echoSize);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(all)) {
            for (int i = 0; i < 9; i++) {
                out.write(new byte[MEBIBYTE]);
            }
        }
        assertThat(all.size()).isLessThan(10_000);
        RawResponse response = coded("gzip", all.toByteArray());
        assertThat(response.status()).isEqualTo(413);
        assertThat(response.text()).contains("request_too_large");
    }

    @Test
    void compressedBodiesTakeTheRoomOfWhatTheyStandFor() throws Exception {
        start(HttpBodiesTest::echoSize);
        byte[] body = compress("gzip", json((int) (LIMITS.bodiesBytes() / BodyMemory.FACTOR * 3 / 2)));
        assertThat(coded("gzip", body).status()).isEqualTo(413);
        awaitRoom(json(MOST_OF_IT));
    }

    @Test
    void bodiesThatAreNotAllThereTakeNoPlaceOfACall() throws Exception {
        gateway = HttpGateway.start(2, HttpBodiesTest::echoSize);
        List<RawClient> waiting = new ArrayList<>();
        try {
            for (int i = 0; i < 5; i++) {
                waiting.add(RawClient.connect(gateway.port()).send(head(CHAT, 100) + "{"));
            }
            for (int i = 0; i < 5; i++) {
                assertThat(RawClient.post(gateway.port(), CHAT, "{}").status()).isEqualTo(200);
            }
        } finally {
            for (RawClient client : waiting) {
                client.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/own/a", "/own/a/b"})
    void bodiesOfOtherRoutesAreBoundAsWell(String path) throws Exception {
        String own =
                """
                - route:
                    from:
                      uri: platform-http:/own/*
                      steps:
                        - setBody: { simple: "${bodyAs(String)}" }
                """;
        gateway = HttpGateway.start(LIMITS, own, HttpBodiesTest::answer);
        for (String method : new String[] {"GET", "POST", "PUT", "DELETE"}) {
            byte[] body = json(1000);
            RawResponse response =
                    RawClient.exchange(gateway.port(), method, path, body, "Content-Type: application/octet-stream");
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.text()).hasSize(1000);
            assertThat(RawClient.exchange(gateway.port(), method, path, new byte[3 * MEBIBYTE])
                            .status())
                    .isEqualTo(413);
        }
    }

    @Test
    void aFormOfAnotherRouteIsReadAsAForm() throws Exception {
        String own =
                """
                - route:
                    from:
                      uri: platform-http:/form
                      steps:
                        - setBody: { simple: "${header.a}" }
                """;
        gateway = HttpGateway.start(LIMITS, own, HttpBodiesTest::answer);
        String form = "Content-Type: application/x-www-form-urlencoded";
        assertThat(RawClient.exchange(
                                gateway.port(), "POST", "/form", "a=xyz".getBytes(StandardCharsets.US_ASCII), form)
                        .text())
                .isEqualTo("xyz");
        byte[] large = new byte[3 * MEBIBYTE];
        assertThat(RawClient.exchange(gateway.port(), "POST", "/form", large, form)
                        .status())
                .isEqualTo(413);
    }
}
