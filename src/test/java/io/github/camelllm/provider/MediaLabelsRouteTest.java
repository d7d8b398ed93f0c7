package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.testkit.FakeUpstream;
import java.io.IOException;
import java.util.Base64;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images and documents whose labels or data are not as providers want them, in user messages and in results of tools. */
@Timeout(60)
class MediaLabelsRouteTest {

    /** Bytes that have + and / in base64, and no length that divides by 3. */
    private static final byte[] PNG = {
        (byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', (byte) 0xfb, (byte) 0xef, (byte) 0xbe, (byte) 0xff, 1
    };

    private static final byte[] JPEG = {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xe0, 0, 16, 'J', 'F', 'I', 'F'};
    private static final byte[] PDF = {'%', 'P', 'D', 'F', '-', '1', '.', '7', '\n'};
    private static final byte[] GIF = {'G', 'I', 'F', '8', '9', 'a', 1, 0};
    private static final byte[] WEBP = {'R', 'I', 'F', 'F', 1, 2, 3, 4, 'W', 'E', 'B', 'P', 'V'};
    private static final Map<String, byte[]> BYTES =
            Map.of("PNG", PNG, "JPEG", JPEG, "PDF", PDF, "GIF", GIF, "WEBP", WEBP);

    private static FakeUpstream upstream;
    private static ModelRoutes routes;

    @BeforeAll
    static void start() throws Exception {
        upstream = FakeUpstream.start();
        routes = ModelRoutes.ofAllDialects(upstream.port(), Map.of());
    }

    @AfterAll
    static void stop() throws IOException {
        routes.close();
        upstream.close();
    }

    private Exchange ask(String template, ObjectNode part, boolean result) throws Exception {
        ObjectNode request = Json.object().put("model", "x");
        ObjectNode user = request.putArray("messages").addObject().put("role", "user");
        if (result) {
            user.put("content", "Hi");
            ObjectNode toolCall = request.withArrayProperty("messages")
                    .addObject()
                    .put("role", "assistant")
                    .putArray("tool_calls")
                    .addObject()
                    .put("id", "t")
                    .put("type", "function");
            toolCall.putObject("function").put("name", "f").put("arguments", "{}");
            request.withArrayProperty("messages")
                    .addObject()
                    .put("role", "tool")
                    .put("tool_call_id", "t")
                    .putArray("content")
                    .add(part);
        } else {
            user.putArray("content").add(part);
        }
        Call call = Tries.chat(request.toString());
        return routes.ask(template, call, body -> {}, Map.of());
    }

    private static ObjectNode image(String url) {
        ObjectNode part = Json.object().put("type", "image_url");
        part.putObject("image_url").put("url", url);
        return part;
    }

    private void assertShown(Exchange asked, String type, byte[] bytes) throws IOException {
        assertThat(asked.getException()).isNull();
        JsonNode sent = upstream.lastRequest().json();
        JsonNode inline = sent.findValue("inlineData");
        JsonNode source = inline != null ? inline : sent.findValue("source");
        assertThat(source).as(sent.toString()).isNotNull();
        assertThat(source.path(inline != null ? "mimeType" : "media_type").asText())
                .isEqualTo(type);
        assertThat(source.path("data").asText()).isEqualTo(Base64.getEncoder().encodeToString(bytes));
    }

    @ParameterizedTest
    @CsvSource({
        "anthropic, image/jpg, JPEG, image/jpeg",
        "anthropic, image/pjpeg, JPEG, image/jpeg",
        "anthropic, IMAGE/PNG, PNG, image/png",
        "anthropic, ' image/png ', PNG, image/png",
        "anthropic, image/png;charset=utf-8;name=x.png, PNG, image/png",
        "anthropic, '', PNG, image/png",
        "anthropic, application/octet-stream, GIF, image/gif",
        "anthropic, image/*, WEBP, image/webp",
        "anthropic, image/png, JPEG, image/jpeg",
        "gemini, image/jpg, JPEG, image/jpeg",
        "gemini, IMAGE/PNG, PNG, image/png",
        "gemini, image/png;charset=utf-8;name=x.png, PNG, image/png",
        "gemini, '', PNG, image/png",
        "gemini, image/*, WEBP, image/webp",
        "gemini, image/png, JPEG, image/jpeg"
    })
    void aLabelBecomesTheRegisteredOne(String template, String label, String bytes, String type) throws Exception {
        String data = Base64.getEncoder().encodeToString(BYTES.get(bytes));
        for (boolean result : new boolean[] {false, true}) {
            assertShown(ask(template, image("data:" + label + ";base64," + data), result), type, BYTES.get(bytes));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "anthropic, url",
        "anthropic, lines",
        "anthropic, spaces",
        "anthropic, percent",
        "anthropic, bare",
        "anthropic, BASE64",
        "anthropic, raw",
        "gemini, url",
        "gemini, lines",
        "gemini, spaces",
        "gemini, percent",
        "gemini, bare",
        "gemini, BASE64",
        "gemini, raw"
    })
    void dataBecomesStandardBase64(String template, String form) throws Exception {
        String data = Base64.getEncoder().encodeToString(PNG);
        String url =
                switch (form) {
                    case "url" ->
                        "data:image/png;base64,"
                                + Base64.getUrlEncoder().withoutPadding().encodeToString(PNG);
                    case "lines" -> "data:image/png;base64," + data.replaceAll("(.{5})", "$1\r\n");
                    case "spaces" -> " data:image/png; base64, " + data.replaceAll("(.{5})", "$1 ");
                    case "percent" ->
                        "data:image/png;base64,"
                                + data.replace("+", "%2B").replace("/", "%2f").replace("=", "%3D");
                    case "bare" -> data;
                    case "raw" -> {
                        StringBuilder raw = new StringBuilder("data:image/png,");
                        for (byte b : PNG) {
                            raw.append("%%%02x".formatted(b & 0xff));
                        }
                        yield raw.toString();
                    }
                    default -> "DATA:image/png;BASE64," + data;
                };
        for (boolean result : new boolean[] {false, true}) {
            assertShown(ask(template, image(url), result), "image/png", PNG);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "anthropic, data:application/PDF;name=x.pdf;base64",
        "anthropic, data:application/x-pdf;base64",
        "anthropic, data:;base64",
        "anthropic, ",
        "gemini, data:application/PDF;name=x.pdf;base64",
        "gemini, data:;base64",
        "gemini, "
    })
    void aDocumentIsKnownByItsLabelOrItsBytes(String template, String label) throws Exception {
        ObjectNode part = Json.object().put("type", "file");
        part.putObject("file")
                .put("filename", "a")
                .put(
                        "file_data",
                        (label == null ? "" : label + ",") + Base64.getEncoder().encodeToString(PDF));

        assertShown(ask(template, part, false), "application/pdf", PDF);
    }

    @ParameterizedTest
    @ValueSource(strings = {"data:;base64,AAAA", "data:image/bmp;base64,Qk0=", "data:image/png", "ftp://x/y.png"})
    void whatAnthropicTakesNotIsToldByItsPlace(String url) throws Exception {
        Exchange asked = ask("anthropic", image(url), false);

        assertThat(asked.getException()).isInstanceOf(Problem.class);
        assertThat(((Problem) asked.getException()).param()).contains("messages[0].content[0].image_url");
    }
}
