package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.models.Model;
import io.github.camelllm.testkit.GatewayProcess;
import io.github.camelllm.testkit.GatewaySetup;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gateway just unpacked: no key, no file, nothing prepared. */
class SimulatorIT {

    private static GatewayProcess gateway;
    private static OpenAIClient client;

    @BeforeAll
    static void start() throws Exception {
        gateway = GatewaySetup.shipped().start();
        client = OpenAIOkHttpClient.builder()
                .baseUrl(gateway.url() + "/v1")
                .apiKey("none")
                .maxRetries(0)
                .build();
    }

    @AfterAll
    static void stop() throws IOException {
        client.close();
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "simulator", "fast", "smart"})
    void answersAndSaysThatItIsASimulator(String model) {
        ChatCompletion answer = client.chat().completions().create(ask(model).build());
        assertThat(answer.choices().get(0).message().content().orElseThrow())
                .containsIgnoringCase("simulator")
                .contains("Good morning");
        assertThat(answer.choices().get(0).finishReason()).hasToString("stop");
        assertThat(answer.usage().orElseThrow().promptTokens()).isPositive();
        assertThat(answer.usage().orElseThrow().completionTokens()).isPositive();
    }

    @Test
    void streamsAndReportsUsage() {
        ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();
        ChatCompletionCreateParams params = ask("auto")
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
        List<ChatCompletionChunk> chunks;
        try (StreamResponse<ChatCompletionChunk> response =
                client.chat().completions().createStreaming(params)) {
            chunks = response.stream().toList();
        }
        chunks.forEach(whole::accumulate);
        assertThat(whole.chatCompletion().choices().get(0).message().content().orElseThrow())
                .contains("Good morning");
        assertThat(chunks).hasSizeGreaterThan(4);
        assertThat(chunks.get(chunks.size() - 1).usage().orElseThrow().completionTokens())
                .isPositive();
    }

    @Test
    void embeds() {
        CreateEmbeddingResponse answer = client.embeddings()
                .create(EmbeddingCreateParams.builder()
                        .model("simulator-embedding")
                        .inputOfArrayOfStrings(List.of("one", "two", "one"))
                        .build());
        assertThat(answer.data()).hasSize(3);
        assertThat(answer.data().get(0).embedding())
                .isNotEmpty()
                .isEqualTo(answer.data().get(2).embedding())
                .isNotEqualTo(answer.data().get(1).embedding());
    }

    @Test
    void listsOnlyWhatCanAnswer() {
        assertThat(client.models().list().data().stream().map(Model::id))
                .contains("auto", "simulator", "simulator-embedding")
                .doesNotContain("gpt-4o-mini", "text-embedding-3-small");
    }

    @Test
    void saysAtStartWhatIsLiveAndWhatLacksAKey() throws Exception {
        gateway.awaitOutput("simulator");
        gateway.awaitOutput("gpt-4o-mini.*OPENAI_API_KEY");
        gateway.awaitOutput("(?i)listening on " + gateway.url());
    }

    private static ChatCompletionCreateParams.Builder ask(String model) {
        return ChatCompletionCreateParams.builder().model(model).addUserMessage("Good morning");
    }
}
