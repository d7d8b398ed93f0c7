package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.AnthropicServiceException;
import com.anthropic.errors.BadRequestException;
import com.anthropic.errors.InternalServerException;
import com.anthropic.errors.NotFoundException;
import com.anthropic.errors.RateLimitException;
import com.anthropic.errors.SseException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.Base64ImageSource;
import com.anthropic.models.messages.ContentBlock;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.ImageBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.TextBlockParam;
import com.anthropic.models.messages.Tool;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.ToolUseBlock;
import com.anthropic.models.models.ModelListParams;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.Cut;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.Reply;
import io.github.camelllm.testkit.Sse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Anthropic's own SDK, with nothing changed but its base URL, in front of a model of OpenAI's dialect. */
class MessagesIT extends GatewayAcceptance {

    private static final Tool WEATHER = Tool.builder()
            .name("weather")
            .description("Tells the weather")
            .inputSchema(Tool.InputSchema.builder()
                    .properties(JsonValue.from(Map.of("city", Map.of("type", "string"))))
                    .putAdditionalProperty("required", JsonValue.from(List.of("city")))
                    .build())
            .build();

    private AnthropicClient client;

    @Override
    void prepare(GatewaySetup setup) {
        setup.oneAttempt();
    }

    @BeforeAll
    void connect() {
        client = AnthropicOkHttpClient.builder()
                .baseUrl(gateway.url().toString())
                .apiKey("sk-of-the-client")
                .maxRetries(0)
                .build();
    }

    @AfterAll
    void disconnect() {
        client.close();
    }

    private static MessageCreateParams.Builder ask(String text) {
        return MessageCreateParams.builder().model(STEADY).maxTokens(100).addUserMessage(text);
    }

    private Message create(MessageCreateParams.Builder asked) {
        return client.messages().create(asked.build());
    }

    private Message stream(MessageCreateParams.Builder asked) {
        MessageAccumulator whole = MessageAccumulator.create();
        try (StreamResponse<RawMessageStreamEvent> events = client.messages().createStreaming(asked.build())) {
            events.stream().forEach(whole::accumulate);
        }
        return whole.message();
    }

    private static String text(Message message) {
        return message.content().get(0).text().orElseThrow().text();
    }

    private JsonNode sent() {
        return upstream.lastRequest().json();
    }

    @Test
    void listsAndRetrievesModels() {
        List<String> names = new java.util.ArrayList<>();
        client.models()
                .list(ModelListParams.builder().limit(2).build())
                .autoPager()
                .forEach(model -> names.add(model.id()));
        assertThat(names).contains("auto", STEADY).doesNotContain(EMBED).doesNotHaveDuplicates();
        assertThat(client.models().retrieve(STEADY + "-20240806").displayName()).isEqualTo(STEADY + "-20240806");
        assertThatThrownBy(() -> client.models().retrieve("nobody")).isInstanceOf(NotFoundException.class);
        assertThat(upstream.received()).isEmpty();
    }

    @Test
    void answers() {
        Message message = create(
                ask("Grüße, 世界 🐪!").system("Be brief.").addStopSequence("END").topK(4));
        assertThat(text(message)).isEqualTo("echo: Grüße, 世界 🐪!");
        assertThat(message.id()).startsWith("msg_");
        assertThat(message.stopReason()).contains(StopReason.END_TURN);
        assertThat(message.usage().outputTokens()).isEqualTo(4);
        assertThat(message.usage().cacheReadInputTokens()).contains(2L);
        assertThat(sent().at("/messages/0/role").asText()).isEqualTo("system");
        assertThat(sent().at("/stop/0").asText()).isEqualTo("END");
        assertThat(sent().at("/max_tokens").asInt()).isEqualTo(100);
        assertThat(sent().has("top_k")).isFalse();
    }

    @Test
    void streams() {
        Message message = stream(ask("one two three"));
        assertThat(text(message)).isEqualTo("echo: one two three");
        assertThat(message.stopReason()).contains(StopReason.END_TURN);
        assertThat(message.usage().outputTokens()).isEqualTo(4);
    }

    @Test
    void callsToolsAndTakesTheirResults() {
        MessageCreateParams.Builder asked = ask("Weather?").addTool(WEATHER);
        Message message = create(asked);
        assertThat(message.stopReason()).contains(StopReason.TOOL_USE);
        ToolUseBlock use = message.content().get(0).toolUse().orElseThrow();
        assertThat(use._input()).isEqualTo(JsonValue.from(Map.of("city", "sample")));

        ToolResultBlockParam result = ToolResultBlockParam.builder()
                .toolUseId(use.id())
                .content("sunny")
                .build();
        Message second = create(
                asked.addMessage(message).addUserMessageOfBlockParams(List.of(ContentBlockParam.ofToolResult(result))));
        assertThat(text(second)).isEqualTo("echo: sunny");
        assertThat(sent().at("/messages/2/tool_call_id").asText()).isEqualTo(use.id());
    }

    @Test
    void streamsTheArgumentsOfTools() {
        Message message = stream(ask("Weather?").addTool(WEATHER));
        assertThat(message.stopReason()).contains(StopReason.TOOL_USE);
        assertThat(message.content().get(0).toolUse().orElseThrow()._input())
                .isEqualTo(JsonValue.from(Map.of("city", "sample")));
    }

    @Test
    void streamsParallelCalls() {
        String delta = "{\"id\":\"1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[%s]}}]}";
        upstream.next(Reply.sse(Sse.of(
                delta.formatted("{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"weather\",\"arguments\":\"{\"}}"),
                delta.formatted("{\"index\":0,\"function\":{\"arguments\":\"}\"}}"),
                delta.formatted("{\"index\":1,\"id\":\"b\",\"function\":{\"name\":\"weather\",\"arguments\":\"{}\"}}"),
                "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}",
                "[DONE]")));

        Message message = stream(ask("Weather?").addTool(WEATHER));

        assertThat(message.content()).allMatch(ContentBlock::isToolUse);
        assertThat(message.content())
                .extracting(block -> block.toolUse().orElseThrow().id())
                .containsExactly("a", "b");
    }

    @Test
    void streamsCallsWhosePiecesTakeTurnsWithEachOtherAndWithText() {
        String delta = "{\"id\":\"1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":%s}]}";
        String calls = delta.formatted("{\"tool_calls\":[%s]}");
        upstream.next(Reply.sse(Sse.of(
                delta.formatted("{\"content\":\"Let me see.\"}"),
                calls.formatted("{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"weather\",\"arguments\":\"\"}}"),
                calls.formatted("{\"index\":1,\"id\":\"b\",\"function\":{\"arguments\":\"{\"}}"),
                calls.formatted("{\"index\":0,\"function\":{\"arguments\":\"{\\\"city\\\":\"}}"),
                delta.formatted("{\"content\":\" Soon.\"}"),
                calls.formatted("{\"index\":1,\"function\":{\"name\":\"weather\",\"arguments\":\"}\"}}"),
                calls.formatted("{\"index\":0,\"function\":{\"arguments\":\"\\\"Ulm\\\"}\"}}"),
                "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}",
                "[DONE]")));

        Message message = stream(ask("Weather?").addTool(WEATHER));

        assertThat(message.content()).hasSize(4);
        assertThat(message.content().get(0).asText().text()).isEqualTo("Let me see.");
        assertThat(message.content().get(1).asToolUse()._input()).isEqualTo(JsonValue.from(Map.of("city", "Ulm")));
        assertThat(message.content().get(2).asText().text()).isEqualTo(" Soon.");
        assertThat(message.content().get(3).asToolUse().id())
                .as("a call begins with its name, which came after the text")
                .isEqualTo("b");
    }

    @Test
    void sendsImages() {
        ImageBlockParam image = ImageBlockParam.builder()
                .source(Base64ImageSource.builder()
                        .mediaType(Base64ImageSource.MediaType.IMAGE_PNG)
                        .data("iVBORw0KGgo=")
                        .build())
                .build();
        Message message = create(MessageCreateParams.builder()
                .model(STEADY)
                .maxTokens(10)
                .addUserMessageOfBlockParams(List.of(
                        ContentBlockParam.ofText(
                                TextBlockParam.builder().text("What is this?").build()),
                        ContentBlockParam.ofImage(image))));
        assertThat(text(message)).isEqualTo("echo: What is this? [image_url]");
        assertThat(sent().at("/messages/0/content/1/image_url/url").asText())
                .isEqualTo("data:image/png;base64,iVBORw0KGgo=");
    }

    @Test
    void saysWhyTheModelStopped() {
        upstream.next(Reply.json(200, ChatScript.of("a").finish("length").json()));
        assertThat(create(ask("x")).stopReason()).contains(StopReason.MAX_TOKENS);
    }

    @Test
    void raisesTheExceptionsThatItsUsersExpect() {
        assertThatThrownBy(() -> create(ask("x").temperature(9.0)))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("temperature");
        assertThatThrownBy(() -> create(ask("x").model("no-such-model"))).isInstanceOf(NotFoundException.class);
        assertThat(upstream.received()).isEmpty();

        upstream.next(Reply.error(429).header("Retry-After", "3"));
        assertThatThrownBy(() -> create(ask("x"))).isInstanceOfSatisfying(RateLimitException.class, e -> assertThat(
                        e.headers().values("Retry-After"))
                .containsExactly("3"));
        upstream.next(Reply.error(401));
        assertThatThrownBy(() -> create(ask("x"))).isInstanceOf(InternalServerException.class);
    }

    @Test
    void isToldThatAStreamBrokeOff() {
        upstream.next(Reply.sse(ChatScript.of("a", "b", "c").sse().cutAfter(2, Cut.FIN)));
        assertThatThrownBy(() -> stream(ask("x")))
                .isInstanceOf(AnthropicServiceException.class)
                .isInstanceOfSatisfying(
                        SseException.class, e -> assertThat(e.body().toString()).contains("upstream_error"));
    }
}
