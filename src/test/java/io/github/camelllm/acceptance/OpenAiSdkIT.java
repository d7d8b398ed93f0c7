package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.RateLimitException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartImage;
import com.openai.models.chat.completions.ChatCompletionContentPartText;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.models.Model;
import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.Cut;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.Reply;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** OpenAI's own SDK, with nothing changed but its base URL. */
class OpenAiSdkIT extends GatewayAcceptance {

    @Override
    void prepare(GatewaySetup setup) {
        setup.oneAttempt();
    }

    private static final String IMAGE = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==";

    private OpenAIClient client;

    @BeforeAll
    void connect() {
        client = client(0);
    }

    @AfterAll
    void disconnect() {
        client.close();
    }

    private OpenAIClient client(int retries) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(gateway.url() + "/v1")
                .apiKey("sk-of-the-client")
                .maxRetries(retries)
                .build();
    }

    private static ChatCompletionCreateParams.Builder ask(String text) {
        return ChatCompletionCreateParams.builder().model(STEADY).addUserMessage(text);
    }

    @Test
    void completesAChat() {
        ChatCompletion answer =
                client.chat().completions().create(ask("Grüße, 世界 🐪!").n(2).build());
        assertThat(answer.choices()).hasSize(2);
        assertThat(answer.choices().get(1).message().content()).contains("echo: Grüße, 世界 🐪!");
        assertThat(answer.choices().get(0).finishReason()).hasToString("stop");
        assertThat(answer.usage().orElseThrow().totalTokens()).isPositive();
        assertThat(answer.systemFingerprint()).contains("fp_fake");
    }

    @Test
    void streamsAChat() {
        ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();
        List<ChatCompletionChunk> chunks = stream(ask("one two three").build());
        chunks.forEach(whole::accumulate);
        assertThat(whole.chatCompletion().choices().get(0).message().content()).contains("echo: one two three");
        assertThat(chunks).allMatch(chunk -> chunk.usage().isEmpty());
    }

    @Test
    void streamsUsageToWhoAsksForIt() {
        List<ChatCompletionChunk> chunks = stream(ask("one two three")
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build());
        assertThat(chunks.get(chunks.size() - 1).usage().orElseThrow().completionTokens())
                .isEqualTo(4);
        assertThat(chunks.subList(0, chunks.size() - 1))
                .allMatch(chunk -> chunk.usage().isEmpty());
    }

    /** A tool, described to the model by this class. */
    @JsonClassDescription("Tells the weather")
    public static class GetWeather {
        @JsonPropertyDescription("the town")
        public String city;

        public int days;
    }

    @Test
    void callsTools() {
        ChatCompletionCreateParams.Builder asked = ask("Weather?").addTool(GetWeather.class);
        ChatCompletion answer = client.chat().completions().create(asked.build());
        ChatCompletionMessageFunctionToolCall call = answer.choices()
                .get(0)
                .message()
                .toolCalls()
                .orElseThrow()
                .get(0)
                .asFunction();
        assertThat(call.function().arguments(GetWeather.class).city).isEqualTo("sample");

        ChatCompletion second = client.chat()
                .completions()
                .create(asked.addMessage(answer.choices().get(0).message())
                        .addMessage(ChatCompletionToolMessageParam.builder()
                                .toolCallId(call.id())
                                .content("sunny")
                                .build())
                        .build());
        assertThat(second.choices().get(0).message().content()).contains("echo: sunny");
        assertThat(upstream.lastRequest()
                        .json()
                        .at("/messages/1/tool_calls/0/function/arguments")
                        .asText())
                .isEqualTo(call.function().arguments());
        assertThat(upstream.lastRequest().json().at("/messages/2/tool_call_id").asText())
                .isEqualTo(call.id());
    }

    @Test
    void streamsTheArgumentsOfTools() {
        ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();
        List<ChatCompletionChunk> chunks =
                stream(ask("Weather?").addTool(GetWeather.class).build());
        chunks.forEach(whole::accumulate);
        ChatCompletion.Choice choice = whole.chatCompletion().choices().get(0);
        assertThat(choice.finishReason()).hasToString("tool_calls");
        assertThat(choice.message()
                        .toolCalls()
                        .orElseThrow()
                        .get(0)
                        .asFunction()
                        .function()
                        .arguments())
                .isEqualTo("{\"city\":\"sample\",\"days\":7}");
        assertThat(chunks).hasSizeGreaterThan(5);
    }

    @Test
    void sendsImages() {
        ChatCompletion answer = client.chat()
                .completions()
                .create(ChatCompletionCreateParams.builder()
                        .model(STEADY)
                        .addUserMessageOfArrayOfContentParts(List.of(
                                ChatCompletionContentPart.ofText(ChatCompletionContentPartText.builder()
                                        .text("What is this?")
                                        .build()),
                                ChatCompletionContentPart.ofImageUrl(ChatCompletionContentPartImage.builder()
                                        .imageUrl(ChatCompletionContentPartImage.ImageUrl.builder()
                                                .url(IMAGE)
                                                .build())
                                        .build())))
                        .build());
        assertThat(answer.choices().get(0).message().content()).contains("echo: What is this? [image_url]");
        assertThat(upstream.lastRequest()
                        .json()
                        .at("/messages/0/content/1/image_url/url")
                        .asText())
                .isEqualTo(IMAGE);
    }

    /** The shape of an answer. */
    public static class Person {
        public String name;
        public int age;
        public List<String> languages;
    }

    @Test
    void givesStructuredOutput() {
        Person person = client.chat()
                .completions()
                .create(ask("Who?").responseFormat(Person.class).build())
                .choices()
                .get(0)
                .message()
                .content()
                .orElseThrow();
        assertThat(person.name).isEqualTo("sample");
        assertThat(person.age).isEqualTo(7);
        assertThat(person.languages).containsExactly("sample");
        assertThat(upstream.lastRequest()
                        .json()
                        .at("/response_format/json_schema/strict")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void embeds() {
        CreateEmbeddingResponse base64 = embed(null);
        CreateEmbeddingResponse floats = embed(EmbeddingCreateParams.EncodingFormat.FLOAT);
        assertThat(floats.data()).hasSize(2);
        assertThat(floats.data().get(0).embedding()).hasSize(5);
        assertThat(base64.data().get(1).embedding())
                .isEqualTo(floats.data().get(1).embedding());
        assertThat(floats.usage().totalTokens()).isEqualTo(3);
    }

    private CreateEmbeddingResponse embed(EmbeddingCreateParams.EncodingFormat format) {
        EmbeddingCreateParams.Builder params = EmbeddingCreateParams.builder()
                .model(EMBED)
                .inputOfArrayOfStrings(List.of("one two", "three"))
                .dimensions(5);
        return client.embeddings().create((format == null ? params : params.encodingFormat(format)).build());
    }

    @Test
    void listsModels() {
        List<String> names =
                client.models().list().data().stream().map(Model::id).toList();
        assertThat(names)
                .contains("gpt-4o-mini", STEADY, EMBED, "auto", "simulator")
                .doesNotHaveDuplicates();
        assertThat(upstream.received()).isEmpty();
    }

    @Test
    void retrievesAModelAndAVersionOfIt() {
        assertThat(client.models().retrieve(STEADY).id()).isEqualTo(STEADY);
        assertThat(client.models().retrieve(STEADY + "-2024-08-06").ownedBy()).isEqualTo("openai");
        assertThatThrownBy(() -> client.models().retrieve("nobody/no"))
                .isInstanceOfSatisfying(
                        NotFoundException.class, e -> assertThat(e.code()).contains("model_not_found"));
        assertThat(upstream.received()).isEmpty();
    }

    @Test
    void asksForTheVersionThatTheClientPins() {
        ChatCompletion answer = client.chat()
                .completions()
                .create(ask("Hi").model(STEADY + "-2024-08-06").build());

        assertThat(upstream.lastRequest().json().path("model").asText()).isEqualTo(STEADY + "-2024-08-06");
        assertThat(answer.model()).isEqualTo(STEADY + "-2024-08-06");
    }

    @Test
    void raisesTheExceptionsThatItsUsersExpect() {
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .create(ask("x").temperature(9.0).build()))
                .isInstanceOfSatisfying(BadRequestException.class, e -> {
                    assertThat(e.code()).contains("invalid_request");
                    assertThat(e.param()).contains("temperature");
                    assertThat(e.type()).contains("invalid_request_error");
                });
        assertThatThrownBy(() -> create("no-such-model"))
                .isInstanceOfSatisfying(
                        NotFoundException.class, e -> assertThat(e.code()).contains("model_not_found"));
        assertThat(upstream.received()).isEmpty();

        upstream.next(Reply.error(429).header("Retry-After", "3"));
        assertThatThrownBy(() -> create(STEADY)).isInstanceOfSatisfying(RateLimitException.class, e -> {
            assertThat(e.code()).contains("global_rate_limited");
            assertThat(e.headers().values("Retry-After")).containsExactly("3");
        });
        upstream.next(Reply.error(401));
        assertThatThrownBy(() -> create(STEADY))
                .isInstanceOfSatisfying(InternalServerException.class, e -> assertThat(e.statusCode())
                        .isEqualTo(502));
    }

    @Test
    void isSparedAFailureThatASecondTryMends() {
        OpenAIClient patient = client(2);
        try {
            upstream.next(Reply.error(503));
            ChatCompletion answer =
                    patient.chat().completions().create(ask("again").build());
            assertThat(answer.choices().get(0).message().content()).contains("echo: again");
            assertThat(upstream.received()).hasSize(2);
        } finally {
            patient.close();
        }
    }

    @Test
    void isToldThatAStreamBrokeOff() {
        upstream.next(Reply.sse(ChatScript.of("a", "b", "c").sse().cutAfter(2, Cut.FIN)));
        try (StreamResponse<ChatCompletionChunk> response =
                client.chat().completions().createStreaming(ask("x").build())) {
            assertThatThrownBy(() -> response.stream().toList())
                    .isInstanceOf(OpenAIException.class)
                    .isInstanceOfSatisfying(OpenAIServiceException.class, e -> assertThat(e.code())
                            .contains("upstream_error"));
        }
    }

    private ChatCompletion create(String model) {
        return client.chat()
                .completions()
                .create(ChatCompletionCreateParams.builder()
                        .model(model)
                        .addUserMessage("x")
                        .build());
    }

    private List<ChatCompletionChunk> stream(ChatCompletionCreateParams params) {
        try (StreamResponse<ChatCompletionChunk> response =
                client.chat().completions().createStreaming(params)) {
            return response.stream().toList();
        }
    }
}
