package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.testkit.AnthropicScript;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.Dialect;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.Received;
import io.github.camelllm.testkit.Reply;
import io.github.camelllm.testkit.VirtualKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The packaged gateway with its privacy as shipped: values come back, and are found nowhere else. */
class PrivacyIT extends GatewayAcceptance {

    private static final String KEY = "sk-llm-app-0123456789";
    private static final String CLAUDE = "claude-near";
    private static final String MAIL = "ann.lee@corp-secret.example";
    private static final String SSN = "536-90-4399";
    private static final List<String> SECRETS = List.of(MAIL, "corp-secret", SSN, "ann.lee");
    private static final String TEXT = "I am " + MAIL + ", my SSN is " + SSN + ".";
    private static final List<String> PIECES =
            List.of("Dear <EM", "AIL_1", ">, your <us_ss", "n_1> is ", "EMAIL_1's", ".");
    private static final String SAID = "Dear " + MAIL + ", your " + SSN + " is " + MAIL + "'s.";

    @Override
    void prepare(GatewaySetup setup) throws IOException {
        setup.write(
                "config/keys.yaml",
                "keys:\n  - { id: app, sha256: " + VirtualKey.sha256(KEY) + ", tenant: acme, user: ann }\n");
        setup.property("llm.log.level", "trace")
                .property("llm.files.enabled", "true")
                .property("llm.files.settle", "0s")
                .property("llm.files.key-id", "app");
        setup.model(Dialect.ANTHROPIC, CLAUDE, with(NO_BREAKER, "baseUrl", Dialect.ANTHROPIC.baseUrl(upstream.port())));
    }

    private void answers() {
        upstream.always((Received received) -> {
            boolean stream = received.text().contains("\"stream\":true");
            if (received.path().endsWith("/messages")) {
                return stream
                        ? Reply.sse(AnthropicScript.of(PIECES).sse())
                        : Reply.json(200, AnthropicScript.of(PIECES).json());
            }
            return stream
                    ? Reply.sse(ChatScript.of(PIECES).sse())
                    : Reply.json(200, ChatScript.of(PIECES).json());
        });
    }

    private RawResponse ask(String path, String model, boolean stream, String... fields) throws IOException {
        return post(
                path,
                "{\"model\":\"" + model + "\",\"max_tokens\":90,\"messages\":[{\"role\":\"user\",\"content\":\"" + TEXT
                        + "\"}]" + String.join("", fields) + (stream ? ",\"stream\":true}" : "}"),
                "Authorization: Bearer " + KEY);
    }

    private static String said(RawResponse response) throws IOException {
        assertThat(response.status()).as(response.text()).isEqualTo(200);
        StringBuilder said = new StringBuilder();
        for (String line : response.text().split("\n")) {
            String data = line.startsWith("data: ") ? line.substring(6) : line;
            if (data.startsWith("{")) {
                JsonNode json = Json.read(data.getBytes(StandardCharsets.UTF_8));
                said.append(json.at("/choices/0/delta/content").asText(""))
                        .append(json.at("/choices/0/message/content").asText(""))
                        .append(json.at("/delta/text").asText(""))
                        .append(json.at("/content/0/text").asText(""));
            }
        }
        return said.toString();
    }

    @Test
    void aUserWithAMailAddressIsTheSameUserInEveryCallAndNobodyElse() throws Exception {
        answers();
        Set<String> users = new HashSet<>();
        for (String mail : List.of(MAIL, MAIL, "bob@example.org")) {
            for (String field : List.of("\"user\":\"%s\"", "\"safety_identifier\":\"%s\"")) {
                for (String model : List.of(STEADY, CLAUDE)) {
                    ask(CHAT, model, false, "," + field.formatted(mail));
                    users.add(mail + " is " + user());
                }
            }
            ask("/v1/messages", CLAUDE, true, ",\"metadata\":{\"user_id\":\"" + mail + "\"}");
            users.add(mail + " is " + user());
        }

        assertThat(users).hasSize(2).allMatch(user -> user.matches(".* is [0-9a-f]{16}"));
        assertThat(users.stream().map(user -> user.replaceAll(".* is ", ""))).doesNotHaveDuplicates();
    }

    private String user() throws IOException {
        JsonNode sent = upstream.lastRequest().json();
        return sent.path("user").asText("")
                + sent.path("safety_identifier").asText("")
                + sent.at("/metadata/user_id").asText("");
    }

    @Test
    void valuesComeBackAndAreFoundNowhereElse() throws Exception {
        answers();
        for (String model : List.of(STEADY, CLAUDE)) {
            for (String path : List.of(CHAT, "/v1/messages")) {
                for (boolean stream : new boolean[] {false, true}) {
                    RawResponse response = ask(path, model, stream);
                    assertThat(said(response)).as("%s of %s", path, model).isEqualTo(SAID);
                }
            }
        }
        RawResponse kept = ask(CHAT, STEADY, false, ",\"temperature\":0");
        RawResponse hit = ask(CHAT, STEADY, true, ",\"temperature\":0");
        assertThat(said(kept)).isEqualTo(SAID);
        assertThat(hit.header("x-llm-cache")).isEqualTo("hit");
        assertThat(said(hit)).isEqualTo(SAID);
        file();
        refused();

        JsonNode record = gateway.awaitRecord(kept.header("x-request-id"));
        assertThat(record.path("classification").asText()).isEqualTo("restricted");
        assertThat(record.path("redactions"))
                .hasToString(
                        "[{\"type\":\"EMAIL_ADDRESS\",\"direction\":\"request\",\"action\":\"pseudonym\",\"count\":1},"
                                + "{\"type\":\"US_SSN\",\"direction\":\"request\",\"action\":\"pseudonym\",\"count\":1}]");
        assertThat(gateway.metrics().sum("llm_redactions_total")).isGreaterThan(10);

        assertThat(upstream.received()).hasSizeGreaterThan(8);
        for (Received received : upstream.received()) {
            assertThat(received.text()).contains("<EMAIL_1>").contains("placeholders");
            assertHasNone(received.text(), "what an upstream got");
        }
        assertHasNone(gateway.output(), "the log");
        try (Stream<Path> files = Files.walk(gateway.directory())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String folder = gateway.directory().relativize(file).getName(0).toString();
                if (!List.of("inbox", "outbox", "done", "failed").contains(folder)) {
                    assertHasNone(Files.readString(file, StandardCharsets.ISO_8859_1), file.toString());
                }
            }
        }
    }

    private void file() throws Exception {
        Path inbox = gateway.directory().resolve("inbox");
        Path made = Files.writeString(
                gateway.directory().resolve("made.tmp"),
                "{\"model\":\"" + STEADY + "\",\"messages\":[{\"role\":\"user\",\"content\":\"" + TEXT + "\"}]}");
        Files.move(made, inbox.resolve("one.json"));
        Path answer = gateway.directory().resolve("outbox/one.json");
        Await.until(SOON, "the answer to a file", () -> Files.exists(answer));
        assertThat(Json.read(Files.readAllBytes(answer))
                        .at("/choices/0/message/content")
                        .asText())
                .isEqualTo(SAID);
    }

    /** An upstream that quotes what it got, and fails. */
    private void refused() throws IOException {
        upstream.always((Received received) -> Reply.json(
                500, "{\"error\":{\"message\":\"cannot do " + received.text().replace("\"", "'") + "\"}}"));
        RawResponse failed = ask(CHAT, STEADY, false, ",\"temperature\":1");
        assertThat(failed.status()).isGreaterThanOrEqualTo(500);
        assertHasNone(failed.text(), "an error");
    }

    private static void assertHasNone(String text, String where) {
        assertThat(SECRETS.stream().filter(text::contains).toList()).as(where).isEmpty();
    }
}
