package io.github.camelllm.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.Cut;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The path of Anthropic's clients on a real server. */
@Timeout(60)
class AnthropicTriggerTest {

    private static final String MESSAGES = "/v1/messages";
    private static final String GOOD = "{'max_tokens':9,'messages':[{'role':'user','content':'x'}]}".replace('\'', '"');
    private static final Processor READS = exchange -> exchange.getMessage()
            .setBody(new Answer(null, completion(Calls.of(exchange).getRequest().tree())));

    private HttpGateway gateway;

    @AfterEach
    void stop() {
        if (gateway != null) {
            gateway.close();
        }
    }

    private static ObjectNode completion(ObjectNode request) {
        ObjectNode tree = Json.object().put("id", "1").put("model", "m");
        tree.putArray("choices")
                .addObject()
                .put("finish_reason", "stop")
                .putObject("message")
                .put("content", request.path("messages").path(0).path("content").asText());
        return tree;
    }

    private RawResponse post(String body, String... headers) throws Exception {
        return RawClient.post(gateway.port(), MESSAGES, body, headers);
    }

    @Test
    void answersWithAMessage() throws Exception {
        gateway = HttpGateway.start(READS);

        RawResponse response = post(GOOD, "x-api-key: sk-1", "anthropic-version: 2023-06-01", "anthropic-beta: a,b");

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.json().at("/type").asText()).isEqualTo("message");
        assertThat(response.json().at("/content/0/text").asText()).isEqualTo("x");
        assertThat(gateway.awaitEnded().credential()).isEqualTo("sk-1");
    }

    @Test
    void translatesWhatARouteAnswersByHand() throws Exception {
        gateway = HttpGateway.start(exchange -> exchange.getMessage()
                .setBody(
                        Calls.of(exchange).isStream()
                                ? "no JSON"
                                : "{\"choices\":[{\"message\":{\"content\":\"hi\"}}]}"));

        assertThat(post(GOOD).json().at("/content/0/text").asText()).isEqualTo("hi");
        assertThat(post(GOOD.replace("{\"max", "{\"stream\":true,\"max")).text())
                .contains("\"text\":\"no JSON\"")
                .contains("event: message_stop");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]|The body is a JSON array; an object is expected.",
                "{|The body is not valid JSON (line 1, column 2).",
                "{'messages':[]}|max_tokens is missing; expected the most tokens that the answer may have, as a whole number.",
                "{'max_tokens':1.5,'messages':[]}|max_tokens is a number;",
                "{'max_tokens':1}|messages is missing; expected a non-empty array of messages.",
                "{'max_tokens':1,'messages':[]}|messages is an empty array;",
                "{'max_tokens':1,'messages':[1]}|messages[0] is a number; expected an object with role and content.",
                "{'max_tokens':1,'messages':[{'role':'tool','content':'x'}]}|messages[0].role is \"tool\";",
                "{'max_tokens':1,'messages':[{'role':'user'}]}|messages[0].content is missing;",
                "{'max_tokens':1,'messages':[{'role':'user','content':[{'type':'text','text':'x'},{'type':'image','source':{'type':5}}]}]}|messages[0].content[1].source.type is a number; expected the type of the source, such as base64 or url.",
                "{'max_tokens':1,'messages':[{'role':'user','content':[{'type':5}]}]}|messages[0].content[0].type is a number;",
                "{'max_tokens':1,'messages':[{'role':'assistant','content':[{'type':'tool_use','id':'a','name':'f','input':'x'}]}]}|messages[0].content[0].input is a string;",
                "{'max_tokens':1,'messages':[{'role':'user','content':[{'type':'tool_result','tool_use_id':'a','content':[{'type':'image','source':{}}]}]}]}|messages[0].content[0].content[0].source.type is missing;",
                "{'max_tokens':1,'system':5,'messages':[{'role':'user','content':'x'}]}|system is a number;",
                "{'max_tokens':1,'messages':[{'role':'user','content':'x'}],'tools':[{'type':5,'name':'web_search'}]}|tools[0].type is a number;",
                "{'max_tokens':1,'messages':[{'role':'user','content':'x'}],'tools':[{'name':'f'}]}|tools[0].input_schema is missing;",
                "{'max_tokens':1,'messages':[{'role':'user','content':'x'}],'tool_choice':{'type':'some'}}|tool_choice.type is \"some\";",
                "{'max_tokens':1,'messages':[{'role':'user','content':'x'}],'stop_sequences':'x'}|stop_sequences is a string;"
            })
    void namesTheFieldAsTheClientWroteIt(String body, String message) throws Exception {
        gateway = HttpGateway.start(READS);

        RawResponse response = post(body.replace('\'', '"'));

        assertError(response, 400, "invalid_request_error", "invalid_request");
        assertThat(response.json().at("/error/message").asText()).startsWith(message);
    }

    @ParameterizedTest
    @CsvSource({
        "stop, stop_sequences is bad.",
        "tools[1].function.name, tools[1].name is bad.",
        "tools[1].function.parameters.x, tools[1].input_schema.x is bad.",
        "temperature, temperature is bad.",
        "messages[3].content, messages (messages[3].content once translated for the model) is bad."
    })
    void mapsThePlacesThatStepsName(String param, String message) throws Exception {
        gateway = HttpGateway.start(failing(Problem.invalid(param, param + " is bad.")));

        assertThat(post(GOOD).json().at("/error/message").asText()).isEqualTo(message);
    }

    @ParameterizedTest
    @CsvSource({
        "INVALID_API_KEY, authentication_error",
        "MODEL_NOT_ALLOWED, permission_error",
        "MODEL_NOT_FOUND, not_found_error",
        "CONTEXT_LENGTH_EXCEEDED, invalid_request_error",
        "USER_RATE_LIMITED, rate_limit_error",
        "UPSTREAM_ERROR, api_error",
        "NO_MODEL_AVAILABLE, overloaded_error",
        "STORE_UNAVAILABLE, overloaded_error",
        "UPSTREAM_TIMEOUT, timeout_error"
    })
    void givesEachProblemAnthropicsType(ErrorCode code, String type) throws Exception {
        gateway = HttpGateway.start(failing(Problem.of(code, "Why.").withRetryAfter(Duration.ofSeconds(3))));

        RawResponse response = post(GOOD);

        assertError(response, code.status(), type, code.code());
        assertThat(response.header("Retry-After")).isEqualTo("3");
    }

    @Test
    void whatTheServerItselfRefusesHasTheSameShape() throws Exception {
        gateway = HttpGateway.start(READS);
        int port = gateway.port();
        byte[] json = GOOD.getBytes(StandardCharsets.UTF_8);

        assertError(
                RawClient.exchange(port, "GET", MESSAGES, null), 405, "invalid_request_error", "method_not_allowed");
        assertError(
                RawClient.exchange(port, "POST", MESSAGES, json),
                415,
                "invalid_request_error",
                "unsupported_media_type");
        assertError(RawClient.post(port, MESSAGES + "/count_tokens", GOOD), 404, "not_found_error", "not_found");
        assertError(post("x".repeat(100_000)), 413, "request_too_large", "request_too_large");
        gateway.draining.set(true);
        assertError(post(GOOD), 503, "overloaded_error", "shutting_down");
    }

    @Test
    void aStreamThatBreaksEndsWithTheErrorAndNeverAsAWholeMessage() throws Exception {
        gateway = HttpGateway.start(exchange -> exchange.getMessage()
                .setBody(chunks(Problem.of(ErrorCode.UPSTREAM_ERROR, "cut"), new AtomicBoolean())));
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.postJson(MESSAGES, GOOD, "X-Request-Id: my-id");
            client.head();

            List<String> events = client.events();
            assertThat(events)
                    .last()
                    .isEqualTo("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\","
                            + "\"message\":\"cut\",\"code\":\"upstream_error\"},\"request_id\":\"my-id\"}");
            assertThat(events).noneMatch(event -> event.contains("message_stop") || event.contains("[DONE]"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatLeavesEndsTheSource(Cut cut) throws Exception {
        AtomicBoolean released = new AtomicBoolean();
        gateway = HttpGateway.start(exchange -> exchange.getMessage().setBody(chunks(null, released)));
        RawClient client = RawClient.connect(gateway.port());
        client.postJson(MESSAGES, GOOD);
        client.head();
        client.event();

        client.hangUp(cut);

        Call call = gateway.awaitEnded();
        Await.until("the call to be cancelled", () -> call.cancellation().cancelled());
        Await.until("the source to be released", released::get);
    }

    /** One chunk and then the failure, or chunks for ever. */
    private static TokenStream chunks(Problem failure, AtomicBoolean released) {
        byte[] chunk = ("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + "x".repeat(1000) + "\"}}]}")
                .getBytes(StandardCharsets.UTF_8);
        return new TokenStream() {
            private boolean begun;

            @Override
            protected StreamEvent pull() {
                if (begun && failure != null) {
                    throw failure;
                }
                begun = true;
                return new StreamEvent(chunk);
            }

            @Override
            protected void release() {
                released.set(true);
            }
        };
    }

    private static Processor failing(Exception failure) {
        return exchange -> {
            throw failure;
        };
    }

    private static void assertError(RawResponse response, int status, String type, String code) {
        assertThat(response.status()).as(response.toString()).isEqualTo(status);
        assertThat(response.header("Content-Type")).isEqualTo("application/json");
        assertThat(response.json().at("/type").asText()).isEqualTo("error");
        assertThat(response.json().at("/error/type").asText()).isEqualTo(type);
        assertThat(response.json().at("/error/code").asText()).isEqualTo(code);
        assertThat(response.json().at("/request_id").asText()).isEqualTo(response.header("X-Request-Id"));
    }
}
