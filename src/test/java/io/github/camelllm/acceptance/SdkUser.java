package io.github.camelllm.acceptance;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.fasterxml.jackson.databind.JsonNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Somebody with an official SDK, who writes bodies as they are and reads what the SDK has made of the answer. */
interface SdkUser extends AutoCloseable {

    /** What an answer said, in whose words ever; {@code input} includes what came from the cache. */
    record Said(
            String text, String thinking, List<String> calls, String finish, long input, long output, long cached) {}

    Said ask(Map<String, Object> body, boolean stream);

    @Override
    void close();

    /** With openai-java. */
    final class OfOpenAi implements SdkUser {
        private final OpenAIClient client;

        OfOpenAi(String gateway) {
            client = OpenAIOkHttpClient.builder()
                    .baseUrl(gateway + "/v1")
                    .apiKey("sk-of-the-client")
                    .maxRetries(0)
                    .build();
        }

        @Override
        @SuppressWarnings({"unchecked", "rawtypes"})
        public Said ask(Map<String, Object> body, boolean stream) {
            ChatCompletionCreateParams.Builder params = ChatCompletionCreateParams.builder();
            body.forEach((name, value) -> {
                com.openai.core.JsonField raw = com.openai.core.JsonValue.from(value);
                switch (name) {
                    case "model" -> params.model((String) value);
                    case "messages" -> params.messages(raw);
                    default -> params.putAdditionalBodyProperty(name, com.openai.core.JsonValue.from(value));
                }
            });
            if (!stream) {
                return said(List.of(tree(client.chat().completions().create(params.build()))), "message");
            }
            params.putAdditionalBodyProperty(
                    "stream_options", com.openai.core.JsonValue.from(Map.of("include_usage", true)));
            List<JsonNode> chunks = new ArrayList<>();
            try (var events = client.chat().completions().createStreaming(params.build())) {
                events.stream().forEach(chunk -> chunks.add(tree(chunk)));
            }
            return said(chunks, "delta");
        }

        private static JsonNode tree(Object object) {
            return com.openai.core.ObjectMappers.jsonMapper().valueToTree(object);
        }

        private static Said said(List<JsonNode> chunks, String field) {
            StringBuilder text = new StringBuilder();
            StringBuilder thinking = new StringBuilder();
            Map<Integer, String> calls = new TreeMap<>();
            String finish = "";
            JsonNode usage = chunks.get(chunks.size() - 1).path("usage");
            for (JsonNode chunk : chunks) {
                JsonNode said = chunk.at("/choices/0/" + field);
                text.append(said.path("content").asText("").replace("null", ""));
                thinking.append(said.path("reasoning_content").asText(""));
                int at = 0;
                for (JsonNode call : said.path("tool_calls")) {
                    JsonNode function = call.path("function");
                    calls.merge(
                            call.path("index").asInt(at++),
                            function.path("name").asText("")
                                    + function.path("arguments").asText(""),
                            String::concat);
                }
                finish = chunk.at("/choices/0/finish_reason").asText("").replace("null", "") + finish;
            }
            return new Said(
                    text.toString(),
                    thinking.toString(),
                    List.copyOf(calls.values()),
                    finish,
                    usage.path("prompt_tokens").asLong(),
                    usage.path("completion_tokens").asLong(),
                    usage.at("/prompt_tokens_details/cached_tokens").asLong());
        }

        @Override
        public void close() {
            client.close();
        }
    }

    /** With anthropic-java. */
    final class OfAnthropic implements SdkUser {
        private final AnthropicClient client;

        OfAnthropic(String gateway) {
            client = AnthropicOkHttpClient.builder()
                    .baseUrl(gateway)
                    .apiKey("sk-of-the-client")
                    .maxRetries(0)
                    .build();
        }

        @Override
        @SuppressWarnings({"unchecked", "rawtypes"})
        public Said ask(Map<String, Object> body, boolean stream) {
            MessageCreateParams.Builder params = MessageCreateParams.builder();
            body.forEach((name, value) -> {
                com.anthropic.core.JsonField raw = com.anthropic.core.JsonValue.from(value);
                switch (name) {
                    case "model" -> params.model((String) value);
                    case "messages" -> params.messages(raw);
                    case "max_tokens" -> params.maxTokens(((Number) value).longValue());
                    default -> params.putAdditionalBodyProperty(name, com.anthropic.core.JsonValue.from(value));
                }
            });
            if (!stream) {
                return said(client.messages().create(params.build()));
            }
            MessageAccumulator whole = MessageAccumulator.create();
            try (var events = client.messages().createStreaming(params.build())) {
                events.stream().forEach(whole::accumulate);
            }
            return said(whole.message());
        }

        private static Said said(Message answer) {
            JsonNode message = com.anthropic.core.ObjectMappers.jsonMapper().valueToTree(answer);
            StringBuilder text = new StringBuilder();
            StringBuilder thinking = new StringBuilder();
            List<String> calls = new ArrayList<>();
            for (JsonNode block : message.path("content")) {
                text.append(block.path("text").asText(""));
                thinking.append(block.path("thinking").asText(""));
                if (block.path("type").asText().equals("tool_use")) {
                    calls.add(block.path("name").asText() + block.path("input"));
                }
            }
            JsonNode usage = message.path("usage");
            long cached = usage.path("cache_read_input_tokens").asLong();
            return new Said(
                    text.toString(),
                    thinking.toString(),
                    calls,
                    message.path("stop_reason").asText(),
                    usage.path("input_tokens").asLong()
                            + cached
                            + usage.path("cache_creation_input_tokens").asLong(),
                    usage.path("output_tokens").asLong(),
                    cached);
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
