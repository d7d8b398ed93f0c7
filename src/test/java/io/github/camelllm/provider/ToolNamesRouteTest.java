package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.Reply;
import io.github.camelllm.testkit.Sse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Names of tools that a provider would refuse, through the shipped routes of all three dialects, and back. */
@Timeout(60)
class ToolNamesRouteTest {

    private static final List<String> NAMES = List.of(
            "files.read/all",
            "files_read_all",
            "files read all",
            "1st",
            "größe",
            "天気",
            "天候",
            "a:b",
            "😀",
            "x".repeat(65),
            "x".repeat(64) + "y",
            "y".repeat(129),
            "plain-name_1");

    private static final Map<String, Pattern> RULES = Map.of(
            "openai", Pattern.compile("[a-zA-Z0-9_-]{1,64}"),
            "anthropic", Pattern.compile("[a-zA-Z0-9_-]{1,128}"),
            "gemini", Pattern.compile("[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}"));

    private static FakeUpstream upstream;
    private static ModelRoutes routes;
    private final List<String> called = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        upstream = FakeUpstream.start();
        routes = ModelRoutes.ofAllDialects(upstream.port(), Map.of("unsupported", "drop"));
    }

    @AfterAll
    static void stop() throws IOException {
        routes.close();
        upstream.close();
    }

    static Stream<Arguments> all() {
        return RULES.keySet().stream()
                .flatMap(template -> Stream.of(Arguments.of(template, false), Arguments.of(template, true)));
    }

    /** Offers all tools, in a conversation in which each has been called, and has the model call them by the names it was told. */
    private JsonNode ask(String template, boolean stream, Object choice) throws Exception {
        ObjectNode request = Json.object().put("model", "x").put("stream", stream);
        request.putArray("messages").addObject().put("role", "user").put("content", "Hi");
        ObjectNode assistant = request.withArrayProperty("messages").addObject().put("role", "assistant");
        for (String name : NAMES) {
            request.withArrayProperty("tools")
                    .addObject()
                    .put("type", "function")
                    .putObject("function")
                    .put("name", name);
            assistant
                    .withArrayProperty("tool_calls")
                    .addObject()
                    .put("id", "id-of-" + NAMES.indexOf(name))
                    .put("type", "function")
                    .putObject("function")
                    .put("name", name)
                    .put("arguments", "{}");
            request.withArrayProperty("messages")
                    .addObject()
                    .put("role", "tool")
                    .put("tool_call_id", "id-of-" + NAMES.indexOf(name))
                    .put("content", "r");
        }
        if (choice != null) {
            request.set("tool_choice", Json.MAPPER.valueToTree(choice));
        }
        JsonNode before = request.deepCopy();
        Call call = Tries.chat(request.toString());
        upstream.next(answer(template, stream, List.of("unknown")));
        routes.ask(
                template,
                call,
                body -> {
                    if (body instanceof TokenStream events) {
                        Tries.drain(events);
                    }
                },
                Map.of());
        List<String> told = told(upstream.lastRequest().json());
        upstream.next(answer(template, stream, told));
        routes.ask(
                template,
                call,
                body -> {
                    if (body instanceof Answer whole) {
                        Json.read(whole.bytes()).findValues("tool_calls").forEach(this::note);
                        return;
                    }
                    try (TokenStream events = (TokenStream) body) {
                        for (StreamEvent event = events.next(); event != null; event = events.next()) {
                            event.json().findValues("tool_calls").forEach(this::note);
                        }
                    }
                },
                Map.of());
        assertThat(call.getRequest().tree())
                .as("the request itself")
                .isEqualTo(Tries.chat(before.toString()).getRequest().tree());
        JsonNode sent = upstream.lastRequest().json();
        assertThat(told(sent)).as("the same names in each turn").isEqualTo(told);
        return sent;
    }

    private void note(JsonNode calls) {
        for (JsonNode toolCall : calls) {
            String name = toolCall.at("/function/name").asText("");
            if (!name.isEmpty()) {
                called.add(name);
            }
        }
    }

    private static List<String> told(JsonNode wire) {
        List<String> told = new ArrayList<>();
        for (JsonNode tool : wire.path("tools")) {
            if (tool.has("functionDeclarations")) {
                tool.get("functionDeclarations")
                        .forEach(function -> told.add(function.path("name").asText()));
            } else {
                told.add((tool.has("function") ? tool.get("function") : tool)
                        .path("name")
                        .asText());
            }
        }
        return told;
    }

    private static Reply answer(String template, boolean stream, List<String> names) {
        List<String> events = new ArrayList<>();
        switch (template) {
            case "anthropic" -> {
                ObjectNode message = Json.object().put("type", "message").put("stop_reason", "tool_use");
                message.putObject("usage").put("input_tokens", 1).put("output_tokens", 1);
                events.add("{\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":1}}}");
                for (String name : names) {
                    ObjectNode use = Json.object()
                            .put("type", "tool_use")
                            .put("id", "t" + events.size())
                            .put("name", name);
                    use.putObject("input");
                    message.withArrayProperty("content").add(use);
                    events.add(Json.object()
                            .put("type", "content_block_start")
                            .put("index", events.size())
                            .<ObjectNode>set("content_block", use)
                            .toString());
                }
                events.add("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"tool_use\"},"
                        + "\"usage\":{\"output_tokens\":1}}");
                events.add("{\"type\":\"message_stop\"}");
                return stream ? Reply.sse(Sse.of(events)) : Reply.json(200, message.toString());
            }
            case "gemini" -> {
                ObjectNode whole = Json.object();
                ObjectNode candidate = whole.putArray("candidates").addObject().put("finishReason", "STOP");
                for (String name : names) {
                    candidate
                            .withObjectProperty("content")
                            .withArrayProperty("parts")
                            .addObject()
                            .putObject("functionCall")
                            .put("name", name);
                }
                return stream ? Reply.sse(Sse.of(whole.toString())) : Reply.json(200, whole.toString());
            }
            default -> {
                ObjectNode message = Json.object().put("role", "assistant");
                int index = 0;
                for (String name : names) {
                    ObjectNode toolCall = message.withArrayProperty("tool_calls")
                            .addObject()
                            .put("index", index)
                            .put("id", "t" + index++)
                            .put("type", "function");
                    toolCall.putObject("function").put("name", name).put("arguments", "{}");
                }
                String body = "{\"choices\":[{\"index\":0,\"finish_reason\":\"tool_calls\",\""
                        + (stream ? "delta" : "message") + "\":" + message + "}]}";
                return stream ? Reply.sse(Sse.of(body, "[DONE]")) : Reply.json(200, body);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void areMappedEachToItsOwnAndMappedBack(String template, boolean stream) throws Exception {
        JsonNode sent = ask(template, stream, null);

        List<String> told = told(sent);
        assertThat(told)
                .hasSameSizeAs(NAMES)
                .doesNotHaveDuplicates()
                .allMatch(RULES.get(template).asMatchPredicate());
        assertThat(told).contains("files_read_all", "plain-name_1");
        assertThat(called).isEqualTo(NAMES);
        List<String> inHistory = new ArrayList<>();
        switch (template) {
            case "openai" ->
                sent.findValues("tool_calls")
                        .forEach(calls -> calls.forEach(toolCall ->
                                inHistory.add(toolCall.at("/function/name").asText())));
            case "anthropic" ->
                sent.at("/messages/1/content")
                        .forEach(use -> inHistory.add(use.path("name").asText()));
            default -> {
                sent.findValues("functionCall")
                        .forEach(use -> inHistory.add(use.path("name").asText()));
                List<String> answered = new ArrayList<>();
                sent.findValues("functionResponse")
                        .forEach(response -> answered.add(response.path("name").asText()));
                assertThat(answered).isEqualTo(told);
            }
        }
        assertThat(inHistory).isEqualTo(told);
    }

    @ParameterizedTest
    @CsvSource({"openai, /tool_choice/function/name", "gemini, /toolConfig/functionCallingConfig/allowedFunctionNames/0"
    })
    void areMappedWhereOneIsChosen(String template, String pointer) throws Exception {
        JsonNode sent = ask(template, false, Map.of("type", "function", "function", Map.of("name", "files.read/all")));

        assertThat(sent.at(pointer).asText()).isEqualTo(told(sent).get(0));
    }

    @Test
    void areMappedWhereOneIsChosenOfAnthropics() throws Exception {
        try (ModelRoutes forced = ModelRoutes.start(
                "anthropic",
                Map.of("baseUrl", "http://127.0.0.1:" + upstream.port(), "key", "sk", "forcedTools", "true"))) {
            upstream.next(answer("anthropic", false, List.of("f")));

            forced.ask(Tries.chat("{'messages':[{'role':'user','content':'x'}],'tools':[{'type':'function','function':"
                    + "{'name':'a.b'}}],'tool_choice':{'type':'function','function':{'name':'a.b'}}}"));
        }

        JsonNode sent = upstream.lastRequest().json();
        assertThat(sent.at("/tools/0/name").asText()).matches("a_b_[0-9a-f]{8}");
        assertThat(sent.at("/tool_choice/name")).isEqualTo(sent.at("/tools/0/name"));
    }
}
