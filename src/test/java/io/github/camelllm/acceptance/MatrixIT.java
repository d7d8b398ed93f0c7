package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.testkit.AnthropicScript;
import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.GeminiScript;
import io.github.camelllm.testkit.Reply;
import io.github.camelllm.testkit.Sse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Both SDKs, models of all three dialects, whole and streamed: the same question is answered alike. */
class MatrixIT extends GatewayAcceptance {

    private static final Map<String, Object> CITY = Map.of(
            "type",
            "object",
            "properties",
            Map.of("city", Map.of("type", "string")),
            "required",
            List.of("city"),
            "additionalProperties",
            false);
    private static final String PICTURE = "iVBORw0KGgo=";
    private static final String LINK = "https://example.com/a.png";

    private final Map<String, SdkUser> users = new HashMap<>();

    @Override
    void prepare(GatewaySetup setup) {
        setup.anthropic(upstream).gemini(upstream).oneAttempt();
        for (String dialect : new String[] {"anthropic", "gemini"}) {
            String yaml =
                    "- templatedRoute:\n    routeTemplateRef: %1$s\n    routeId: llm-model-%1$s\n    parameters:\n"
                            + "      - { name: model, value: %1$s }\n"
                            + "      - { name: minimumNumberOfCalls, value: \"100000\" }\n"
                            + "      - { name: slidingWindowSize, value: \"100000\" }\n";
            setup.append("routes/models.camel.yaml", yaml.formatted(dialect));
        }
    }

    @BeforeAll
    void connect() {
        users.put("openai", new SdkUser.OfOpenAi(gateway.url().toString()));
        users.put("anthropic", new SdkUser.OfAnthropic(gateway.url().toString()));
    }

    @AfterAll
    void disconnect() {
        users.values().forEach(SdkUser::close);
    }

    static Stream<Arguments> all() {
        List<Arguments> all = new ArrayList<>();
        for (String user : new String[] {"openai", "anthropic"}) {
            for (String model : new String[] {STEADY, "anthropic", "gemini"}) {
                all.add(Arguments.of(user, model, false));
                all.add(Arguments.of(user, model, true));
            }
        }
        return all.stream();
    }

    private SdkUser.Said ask(String user, String model, boolean stream, Object... more) {
        Map<String, Object> body = new HashMap<>(Map.of(
                "model", model, "max_tokens", 4000, "messages", List.of(Map.of("role", "user", "content", "one two"))));
        for (int i = 0; i < more.length; i += 2) {
            body.put((String) more[i], more[i + 1]);
        }
        return users.get(user).ask(body, stream);
    }

    private String sent() throws IOException {
        return upstream.lastRequest().json().toString();
    }

    private static Object tool(String user) {
        return user.equals("anthropic")
                ? Map.of("name", "weather", "input_schema", CITY)
                : Map.of("type", "function", "function", Map.of("name", "weather", "parameters", CITY));
    }

    @ParameterizedTest
    @MethodSource("all")
    void answers(String user, String model, boolean stream) throws IOException {
        boolean anthropic = user.equals("anthropic");
        List<Object> messages = new ArrayList<>(List.of(Map.of("role", "user", "content", "one two")));
        if (!anthropic) {
            messages.add(0, Map.of("role", "system", "content", "Be brief"));
        }
        Object[] more = anthropic
                ? new Object[] {"system", "Be brief", "stop_sequences", List.of("END")}
                : new Object[] {"messages", messages, "stop", List.of("END")};

        SdkUser.Said said = ask(user, model, stream, more);

        assertThat(said.text()).isEqualTo("echo: one two");
        assertThat(said.finish()).isEqualTo(anthropic ? "end_turn" : "stop");
        assertThat(said.cached()).isEqualTo(2);
        assertThat(said.input()).isGreaterThan(2);
        assertThat(said.output()).isEqualTo(model.equals("gemini") ? 4 : 3); // Gemini's has one of thought
        JsonNode sent = upstream.lastRequest().json();
        assertThat(sent.toString()).contains("Be brief");
        assertThat(sent.findValue(
                                switch (model) {
                                    case "anthropic" -> "stop_sequences";
                                    case "gemini" -> "stopSequences";
                                    default -> "stop";
                                })
                        .toString())
                .isEqualTo("[\"END\"]");
    }

    @ParameterizedTest
    @MethodSource("all")
    void callsTools(String user, String model, boolean stream) {
        SdkUser.Said said = ask(user, model, stream, "tools", List.of(tool(user)));

        assertThat(said.calls()).containsExactly("weather{\"city\":\"sample\"}");
        assertThat(said.finish()).isEqualTo(user.equals("anthropic") ? "tool_use" : "tool_calls");
    }

    @ParameterizedTest
    @MethodSource("all")
    void takesTheResultsOfParallelCalls(String user, String model, boolean stream) throws IOException {
        List<Object> messages = new ArrayList<>(List.of(Map.of("role", "user", "content", "one two")));
        if (user.equals("anthropic")) {
            messages.add(Map.of(
                    "role",
                    "assistant",
                    "content",
                    List.of(
                            Map.of("type", "tool_use", "id", "a", "name", "weather", "input", Map.of("city", "Ulm")),
                            Map.of("type", "tool_use", "id", "b", "name", "weather", "input", Map.of()))));
            messages.add(Map.of(
                    "role",
                    "user",
                    "content",
                    List.of(
                            Map.of("type", "tool_result", "tool_use_id", "a", "content", "sunny"),
                            Map.of("type", "tool_result", "tool_use_id", "b", "content", "rainy", "is_error", true))));
        } else {
            messages.add(Map.of(
                    "role",
                    "assistant",
                    "tool_calls",
                    List.of(
                            Map.of(
                                    "id",
                                    "a",
                                    "type",
                                    "function",
                                    "function",
                                    Map.of("name", "weather", "arguments", "{\"city\":\"Ulm\"}")),
                            Map.of(
                                    "id",
                                    "b",
                                    "type",
                                    "function",
                                    "function",
                                    Map.of("name", "weather", "arguments", "{}")))));
            messages.add(Map.of("role", "tool", "tool_call_id", "a", "content", "sunny"));
            messages.add(Map.of("role", "tool", "tool_call_id", "b", "content", "rainy"));
        }

        SdkUser.Said said = ask(user, model, stream, "messages", messages, "tools", List.of(tool(user)));

        assertThat(said.calls()).isEmpty();
        assertThat(said.text()).startsWith("echo: ");
        assertThat(sent().indexOf("sunny")).isPositive().isLessThan(sent().indexOf("rainy"));
        assertThat(sent()).contains("Ulm", "weather");
    }

    @ParameterizedTest
    @MethodSource("all")
    void showsImages(String user, String model, boolean stream) throws IOException {
        List<Object> content = user.equals("anthropic")
                ? List.of(
                        Map.of("type", "text", "text", "What?"),
                        Map.of(
                                "type",
                                "image",
                                "source",
                                Map.of("type", "base64", "media_type", "image/png", "data", PICTURE)),
                        Map.of("type", "image", "source", Map.of("type", "url", "url", LINK)))
                : List.of(
                        Map.of("type", "text", "text", "What?"),
                        Map.of("type", "image_url", "image_url", Map.of("url", "data:image/png;base64," + PICTURE)),
                        Map.of("type", "image_url", "image_url", Map.of("url", LINK)));

        ask(user, model, stream, "messages", List.of(Map.of("role", "user", "content", content)));

        assertThat(sent()).contains("What?", PICTURE, LINK, "image/png");
    }

    @ParameterizedTest
    @MethodSource("all")
    void keepsToASchema(String user, String model, boolean stream) {
        SdkUser.Said said = user.equals("anthropic")
                ? ask(
                        user,
                        model,
                        stream,
                        "output_config",
                        Map.of("format", Map.of("type", "json_schema", "schema", CITY)))
                : ask(
                        user,
                        model,
                        stream,
                        "response_format",
                        Map.of("type", "json_schema", "json_schema", Map.of("name", "city", "schema", CITY)));

        assertThat(said.text()).isEqualTo("{\"city\":\"sample\"}");
    }

    @ParameterizedTest
    @MethodSource("all")
    void saysThatTheAnswerIsCut(String user, String model, boolean stream) {
        Object script =
                switch (model) {
                    case "anthropic" -> AnthropicScript.of("a").stopReason("max_tokens");
                    case "gemini" -> GeminiScript.of("a").finish("MAX_TOKENS");
                    default -> ChatScript.of("a").finish("length");
                };
        upstream.next(reply(script, stream));

        assertThat(ask(user, model, stream).finish()).isEqualTo(user.equals("anthropic") ? "max_tokens" : "length");
    }

    private static Reply reply(Object script, boolean stream) {
        if (script instanceof AnthropicScript anthropic) {
            return stream ? Reply.sse(anthropic.sse()) : Reply.json(200, anthropic.json());
        } else if (script instanceof GeminiScript gemini) {
            return stream ? Reply.sse(gemini.sse()) : Reply.json(200, gemini.json());
        }
        ChatScript chat = (ChatScript) script;
        return stream ? Reply.sse(chat.sse()) : Reply.json(200, chat.json());
    }

    @ParameterizedTest
    @MethodSource("all")
    void showsWhatTheModelThought(String user, String model, boolean stream) throws IOException {
        upstream.next(
                switch (model) {
                    case "anthropic" -> reply(AnthropicScript.of("a").thinking("let me see"), stream);
                    case "gemini" -> {
                        ObjectNode answer = (ObjectNode)
                                Json.read(GeminiScript.of("a").json().getBytes(StandardCharsets.UTF_8));
                        ((ObjectNode) answer.at("/candidates/0/content"))
                                .putArray("parts")
                                .add(Json.object().put("text", "let me see").put("thought", true))
                                .add(Json.object().put("text", "a"));
                        yield stream ? Reply.sse(Sse.of(answer.toString())) : Reply.json(200, answer.toString());
                    }
                    default -> {
                        String choice =
                                "{\"id\":\"1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"finish_reason\":\"stop\","
                                        + "\"%s\":{\"role\":\"assistant\",\"content\":\"a\",\"reasoning_content\":\"let me see\"}}]}";
                        yield stream
                                ? Reply.sse(Sse.of(choice.formatted("delta"), "[DONE]"))
                                : Reply.json(200, choice.formatted("message"));
                    }
                });

        SdkUser.Said said = ask(user, model, stream);

        assertThat(said.thinking()).isEqualTo("let me see");
        assertThat(said.text()).isEqualTo("a");
    }

    @ParameterizedTest
    @MethodSource("all")
    void failsAsTheSdkExpects(String user, String model, boolean stream) {
        Map<Integer, String> expected =
                Map.of(400, "BadRequestException", 429, "RateLimitException", 500, "InternalServerException");
        expected.forEach((status, name) -> {
            String body = model.equals("gemini")
                    ? "{\"error\":{\"code\":%d,\"message\":\"no\",\"status\":\"X\"}}".formatted(status)
                    : "{\"type\":\"error\",\"error\":{\"type\":\"x\",\"message\":\"no\"}}";
            upstream.next(Reply.json(status, body));

            Throwable thrown = catchThrowable(() -> ask(user, model, stream));

            assertThat(thrown).as("of " + status).isNotNull();
            assertThat(thrown.getClass().getName())
                    .startsWith("com." + user + ".")
                    .endsWith(name);
        });
    }
}
