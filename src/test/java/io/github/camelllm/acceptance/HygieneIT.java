package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.Received;
import io.github.camelllm.testkit.Reply;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client sends stays with the gateway, and what a provider sends besides its answer does too. */
class HygieneIT extends GatewayAcceptance {

    private static final Set<String> WANTED = Set.of(
            "host",
            "authorization",
            "content-type",
            "content-length",
            "accept",
            "accept-encoding",
            "user-agent",
            "connection",
            "traceparent",
            "transfer-encoding");

    private static final String[] CLIENT_HEADERS = {
        "Authorization: Bearer sk-of-the-client",
        "x-api-key: sk-of-the-client",
        "Cookie: session=of-the-client",
        "Proxy-Authorization: Basic b2YtdGhlLWNsaWVudA==",
        "X-Forwarded-For: 203.0.113.9",
        "X-Forwarded-Host: client.example",
        "Forwarded: for=203.0.113.9",
        "X-Real-IP: 203.0.113.9",
        "Referer: https://client.example/",
        "Origin: https://client.example",
        "User-Agent: client-agent",
        "Accept-Language: tlh",
        "OpenAI-Organization: org-of-the-client",
        "OpenAI-Beta: of-the-client",
        "X-Stainless-Lang: java",
        "X-Request-Id: of-the-client",
        "X-LLM-User: ana",
        "X-LLM-Team: web",
        "X-LLM-Task: chat",
        "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "tracestate: client=1",
        "baggage: of=client",
        "CamelHttpUri: http://127.0.0.1:1/evil",
        "CamelHttpPath: /evil",
        "CamelHttpQuery: evil=1",
        "CamelHttpMethod: DELETE",
        "CamelHttpRawQuery: evil=1",
        "camelhttpuri: http://127.0.0.1:1/evil",
        "org.apache.camel.x: evil",
        "X-Anything: of-the-client"
    };

    @ParameterizedTest
    @ValueSource(strings = {"", "\"stream\":true"})
    void sendsNothingOfTheClientsHeadersOrQuery(String field) throws Exception {
        String query = "?key=of-the-client&CamelHttpUri=http://127.0.0.1:1/evil&CamelHttpPath=/evil"
                + "&CamelHttpMethod=DELETE&CamelHttpQuery=evil%3D1&Authorization=Bearer%20evil&bridgeEndpoint=true";
        String json = field.isEmpty() ? chatJson(STEADY) : chatJson(STEADY, field);
        RawResponse response = post(CHAT + query, json, CLIENT_HEADERS);
        assertThat(response.status()).as(response.toString()).isEqualTo(200);

        Received sent = upstream.lastRequest();
        assertThat(upstream.received()).hasSize(1);
        assertThat(sent.method()).isEqualTo("POST");
        assertThat(sent.target()).isEqualTo(CHAT);
        assertThat(sent.header("authorization")).isEqualTo("Bearer " + GatewaySetup.UPSTREAM_KEY);
        assertThat(sent.header("content-type")).startsWith("application/json");
        assertThat(sent.header("host")).isEqualTo("127.0.0.1:" + upstream.port());
        assertThat(sent.headerNames()).isSubsetOf(WANTED).doesNotHaveDuplicates();
        assertThat(sent.headers().toString()).doesNotContain("client", "evil", "203.0.113", "ana", "tlh");
    }

    @Test
    void sendsTheTraceOnWithItsOwnSpan() throws Exception {
        post(CHAT, chatJson(STEADY), CLIENT_HEADERS);
        String sent = upstream.lastRequest().header("traceparent");
        if (sent != null) {
            assertThat(sent).startsWith("00-4bf92f3577b34da6a3ce929d0e0e4736-").doesNotContain("00f067aa0ba902b7");
        }
    }

    @Test
    void sendsNothingOfTheClientsWithEmbeddings() throws Exception {
        RawResponse response = post(
                EMBEDDINGS + "?CamelHttpPath=/evil", "{\"model\":\"" + EMBED + "\",\"input\":\"a\"}", CLIENT_HEADERS);
        assertThat(response.status()).isEqualTo(200);
        assertThat(upstream.lastRequest().target()).isEqualTo(EMBEDDINGS);
        assertThat(upstream.lastRequest().headerNames()).isSubsetOf(WANTED);
        assertThat(upstream.lastRequest().header("authorization")).isEqualTo("Bearer " + GatewaySetup.UPSTREAM_KEY);
    }

    @Test
    void keepsTheProvidersHeadersToItself() throws Exception {
        Reply[] replies = {
            Reply.json(200, ChatScript.of("hi").json()),
            Reply.sse(ChatScript.of("hi").sse()),
            Reply.error(400),
            Reply.error(500)
        };
        for (int i = 0; i < replies.length; i++) {
            upstream.next(dirty(replies[i]));
            RawResponse response = i == 1 ? chat(STEADY, "\"stream\":true") : chat(STEADY);
            assertThat(response.headers())
                    .extracting(header -> header.name().toLowerCase(Locale.ROOT))
                    .doesNotContain(
                            "set-cookie",
                            "server",
                            "openai-organization",
                            "openai-processing-ms",
                            "x-upstream",
                            "x-ratelimit-remaining-requests",
                            "strict-transport-security",
                            "alt-svc",
                            "cf-ray",
                            "camelhttpresponsecode",
                            "date-of-birth")
                    .doesNotHaveDuplicates();
            assertThat(response.header("x-request-id")).isNotEqualTo("req_upstream");
            assertThat(response.toString()).doesNotContain("of-the-provider");
        }
    }

    private static Reply dirty(Reply reply) {
        for (String name : List.of(
                "Set-Cookie",
                "Server",
                "openai-organization",
                "openai-processing-ms",
                "X-Upstream",
                "x-ratelimit-remaining-requests",
                "Strict-Transport-Security",
                "alt-svc",
                "CF-RAY",
                "CamelHttpResponseCode",
                "X-LLM-Cache")) {
            reply = reply.header(name, "of-the-provider");
        }
        return reply.header("x-request-id", "req_upstream");
    }

    @Test
    void takesOutOfTextsWhatHidesThings() throws Exception {
        String content = "a\\u0000b\\u001b[31mc\\u007fd\\ud800e\\u0085f\\tg\\nh";
        String json = chatJson(STEADY).replace("Say hello to the nice people", content);
        assertThat(post(CHAT, json).status()).isEqualTo(200);
        assertThat(upstream.lastRequest().json().at("/messages/0/content").asText())
                .isEqualTo("ab[31mcd\ufffdef\tg\nh");
    }

    @Test
    void followsNoRedirect() throws Exception {
        upstream.next(Reply.of(307, null, new byte[0]).header("Location", upstream.baseUrl() + "/elsewhere"));
        Problems.assertProblem(chat(STEADY), 502, "upstream_error");
        assertThat(upstream.received()).hasSize(1);
    }

    @Test
    void keepsNoCookies() throws Exception {
        upstream.next(Reply.json(200, ChatScript.of("hi").json()).header("Set-Cookie", "a=b; Path=/"));
        chat(STEADY);
        chat(STEADY);
        assertThat(upstream.lastRequest().header("cookie")).isNull();
    }

    @Test
    void reusesItsConnectionsToTheProvider() throws Exception {
        chat(STEADY);
        int before = upstream.connectionsAccepted();
        for (int i = 0; i < 10; i++) {
            chat(STEADY);
            chat(STEADY, "\"stream\":true");
        }
        assertThat(upstream.connectionsAccepted() - before).isLessThanOrEqualTo(2);
    }
}
