package io.github.camelllm.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Abilities;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.ModelHealth;
import io.github.camelllm.call.Models;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.call.TokenCounter;
import io.github.camelllm.call.Usage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Counting a whole prompt, and learning from what it was. */
class TokensTest {

    private static final String TEXT = Samples.all().get("English");

    private final Tokens tokens = new Tokens();

    @ParameterizedTest
    @CsvSource({
        "gpt-4o, O200K",
        "gpt-4o-mini-2024-07-18, O200K",
        "o1, O200K",
        "gpt-4.1-nano, O200K",
        "openai/gpt-5, O200K",
        "gpt-4, CL100K",
        "gpt-4-turbo, CL100K",
        "gpt-3.5-turbo, CL100K",
        "text-embedding-3-small, CL100K",
        "claude-3-5-haiku-20241022, CLAUDE",
        "claude-haiku-4-5, CLAUDE",
        "anthropic/claude-sonnet-4.5, CLAUDE",
        "claude-opus-4-7, CLAUDE_LATER",
        "claude-opus-5-5, CLAUDE_LATER",
        "gemini-2.5-pro, GEMINI",
        "mistral-large-latest, MISTRAL",
        "Qwen/Qwen3-32B, QWEN",
        "llama-3.3-70b-versatile, LLAMA",
        "deepseek-chat, DEEPSEEK",
        "simulator, OTHER",
        "'', OTHER"
    })
    void modelsHaveFamilies(String model, Family family) {
        assertThat(Family.of(model)).isEqualTo(family);
        assertThat(Family.of(null)).isEqualTo(Family.OTHER);
    }

    @Test
    void countsMessagesByTheRuleOfOpenAi() {
        Call call = call("{'messages':[{'role':'system','content':'You are a helpful assistant.'},"
                + "{'role':'user','name':'ann','content':'hello world'}]}");

        // 3 a message, 1 for the name and 1 for what it is, 3 for the reply, and the texts
        assertThat(tokens.exact(call, "gpt-4o")).isEqualTo(3 + 6 + 3 + 1 + 1 + 2 + 3);
        assertThat(tokens.estimate(call, "gpt-4o")).isBetween(19L, 30L);
    }

    @Test
    void countsToolsByTheRuleOfOpenAi() {
        String tools = "'tools':[{'type':'function','function':{'name':'get_weather','description':'The weather now.',"
                + "'parameters':{'type':'object','properties':{'unit':{'type':'string','description':'The unit.',"
                + "'enum':['celsius','kelvin']}}}}}]";
        long bare = tokens.exact(call("{'messages':[]}"), "gpt-4o");
        Encodings o200k = Encodings.O200K;

        assertThat(tokens.exact(call("{'messages':[]," + tools + "}"), "gpt-4o") - bare)
                .isEqualTo(7
                        + o200k.tokens("get_weather:The weather now")
                        + 3
                        + 3
                        - 3
                        + 3
                        + o200k.tokens("celsius")
                        + 3
                        + o200k.tokens("kelvin")
                        + o200k.tokens("unit:string:The unit")
                        + 12);
        assertThat(tokens.exact(call("{'messages':[]," + tools + "}"), "gpt-4") - bare)
                .isBetween(40L, 60L);
        assertThat(tokens.exact(call("{'messages':[]," + tools + "}"), "claude-haiku-4-5") - bare)
                .isBetween(346L + 40, 346L + 130);
    }

    @Test
    void countsImagesByTheRuleOfTheModel() {
        String image = "{'messages':[{'role':'user','content':[{'type':'text','text':'hi'},"
                + "{'type':'image_url','image_url':{'url':'https://example.com/a.png'%s}}]}]}";
        Call high = call(image.formatted(""));
        Call low = call(image.formatted(",'detail':'low'"));
        Call none = call("{'messages':[{'role':'user','content':[{'type':'text','text':'hi'}]}]}");

        assertThat(tokens.exact(high, "gpt-4o") - tokens.exact(none, "gpt-4o")).isEqualTo(85 + 8 * 170);
        assertThat(tokens.exact(low, "gpt-4o") - tokens.exact(none, "gpt-4o")).isEqualTo(85);
        assertThat(tokens.estimate(high, "gpt-4o") - tokens.estimate(none, "gpt-4o"))
                .isEqualTo(85 + 8 * 170);
        assertThat(tokens.estimate(high, "claude-opus-5-5") - tokens.estimate(none, "claude-opus-5-5"))
                .isEqualTo(4784);
        assertThat(tokens.estimate(high, null) - tokens.estimate(none, null)).isEqualTo(1568);
    }

    @Test
    void anImagesBytesAreNoText() {
        ObjectNode request = Json.object();
        ArrayNode content =
                request.putArray("messages").addObject().put("role", "user").putArray("content");
        content.addObject()
                .put("type", "image_url")
                .putObject("image_url")
                .put("url", "data:image/png;base64," + "A".repeat(1_000_000));

        assertThat(tokens.estimate(call(request), "gpt-4o")).isLessThan(2_000);
        assertThat(tokens.exact(call(request), "gpt-4o")).isLessThan(2_000);
    }

    @Test
    void soundsAndFilesCountForSomething() {
        String sound = "{'messages':[{'content':[{'type':'input_audio','input_audio':{'format':'%s','data':'"
                + "A".repeat(400_000) + "'}}]}]}";
        assertThat(tokens.estimate(call(sound.formatted("wav")), "gpt-4o")).isBetween(300L, 400L);
        assertThat(tokens.estimate(call(sound.formatted("mp3")), "gpt-4o")).isBetween(1_200L, 1_300L);
        assertThat(tokens.estimate(
                        call("{'messages':[{'content':[{'type':'file','file':{'file_id':'f'}}]}]}"), "gpt-4o"))
                .isGreaterThan(1_500);
    }

    @Test
    void countsWhatToolsHaveSaidAndAnswerFormats() {
        long bare = tokens.exact(call("{'messages':[{'role':'assistant'}]}"), "gpt-4o");

        assertThat(tokens.exact(
                        call("{'messages':[{'role':'assistant','tool_calls':[{'id':'c','type':'function','function':"
                                + "{'name':'f','arguments':'" + "word ".repeat(100) + "'}}]}]}"),
                        "gpt-4o"))
                .isGreaterThan(bare + 100);
        assertThat(tokens.exact(
                        call("{'messages':[{'role':'assistant'}],'response_format':{'type':'json_schema','json_schema':"
                                + "{'name':'n','schema':{'description':'" + "word ".repeat(100) + "'}}}}"),
                        "gpt-4o"))
                .isGreaterThan(bare + 100);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {"'hello world' | 2", "['hello world','hello world'] | 4", "[1,2,3] | 3", "[[1,2],[3]] | 3"})
    void countsTheInputOfEmbeddings(String input, long expected) {
        Call call = call("{'model':'text-embedding-3-small','input':" + input + "}");

        assertThat(tokens.exact(call, "text-embedding-3-small")).isEqualTo(expected);
        assertThat(tokens.estimate(call, "text-embedding-3-small"))
                .isBetween(expected, input.contains("hello") ? 3 * expected : expected);
    }

    @Test
    void countsWhatIsPassedOnUnread() {
        String words = "word ".repeat(1000);
        for (String field : List.of(
                "'functions':[{'name':'f','description':'%s'}]",
                "'prediction':{'type':'content','content':'%s'}", "'documents':[{'text':'%s'}]")) {
            Call call = call("{'messages':[]," + field.formatted(words) + "}");

            assertThat(tokens.exact(call, "gpt-4o")).as(field).isBetween(1000L, 1020L);
            assertThat(tokens.estimate(call, "gpt-4o")).as(field).isBetween(1000L, 1300L);
        }
        String settings = "{'messages':[],'metadata':{'a':'%s'},'stop':['%s'],'logit_bias':{'1':2}}";
        assertThat(tokens.exact(call(settings.formatted(words, words)), "gpt-4o"))
                .isEqualTo(tokens.exact(call("{'messages':[]}"), "gpt-4o"));
    }

    @Test
    void aRequestThatIsNoneHasNoTokens() {
        Call call = new Call(
                Ticker.SYSTEM,
                Operation.CHAT,
                new CallHeaders(),
                null,
                new Request("[".getBytes(StandardCharsets.UTF_8)));

        assertThat(tokens.estimate(call, "gpt-4o")).isZero();
        assertThat(tokens.exact(call, "gpt-4o")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-4o", "gpt-4", "claude-opus-5-5", "gemini-3.5-flash", "whatever"})
    void anyTextIsCounted(String model) {
        Random random = new Random(17);
        for (int i = 0; i < 200; i++) {
            ObjectNode request = Json.object();
            request.putArray("messages").addObject().put("role", "user").put("content", Samples.noise(random, 100));
            assertThat(tokens.estimate(call(request), model)).isPositive();
            assertThat(tokens.exact(call(request), model)).isPositive();
        }
    }

    @Test
    void theEstimateOfAPromptIsNearItsExactCount() {
        Samples.all().forEach((kind, text) -> {
            Call call = chat(text);
            double ratio = (double) tokens.estimate(call, "gpt-4o") / tokens.exact(call, "gpt-4o");
            assertThat(ratio).as(kind).isBetween(0.9, 1.6);
        });
    }

    @Test
    void learnsAFamilysFactor() {
        Call call = chat(TEXT);
        long before = tokens.estimate(call, "gemini-3.5-flash");
        long exact = tokens.exact(call, "gemini-3.5-flash"); // loads the encoding, so that it learns too

        for (int i = 0; i < 30_000; i++) {
            tokens.learn(finished(TEXT, "gemini-3.5-flash", Usage.reported(before * 2 / 3, 5, 0, 0)));
        }

        assertThat(tokens.estimate(call, "gemini-3.5-flash")).isCloseTo(before * 2 / 3, withinPercentage(1));
        assertThat(tokens.exact(call, "gemini-3.5-flash"))
                .isLessThan(exact)
                .isCloseTo(before * 2 / 3, withinPercentage(1));
        assertThat(tokens.estimate(call, "claude-haiku-4-5"))
                .isEqualTo(new Tokens().estimate(call, "claude-haiku-4-5"));
    }

    @Test
    void theExactCountOfOpenAisModelsIsNotLearned() {
        Call call = chat(TEXT);
        long exact = tokens.exact(call, "gpt-4o");
        for (int i = 0; i < 500; i++) {
            tokens.learn(finished(TEXT, "gpt-4o", Usage.reported(exact * 2, 5, 0, 0)));
        }
        assertThat(tokens.exact(call, "gpt-4o")).isEqualTo(exact);
        assertThat(tokens.estimate(call, "gpt-4o")).isGreaterThan(exact * 3 / 2);
    }

    @Test
    void learnsNothingFromWhatSaysNothing() {
        Call call = chat(TEXT);
        long before = tokens.estimate(call, "gpt-4o");
        Usage wild = Usage.reported(100_000, 5, 0, 0);
        Call image = call("{'messages':[{'role':'user','content':[{'type':'text','text':'" + "word ".repeat(200)
                + "'},{'type':'image_url','image_url':{'url':'https://x/y'}}]}]}");
        Call continued = finished(TEXT, "gpt-4o", wild);
        continued.recovered("continued");
        for (int i = 0; i < 100; i++) {
            tokens.learn(call); // no attempt
            tokens.learn(finished(TEXT, "gpt-4o", Usage.estimate(100_000, 5)));
            tokens.learn(finished(TEXT, "gpt-4o", Usage.NONE));
            tokens.learn(finished(TEXT, "gpt-4o", null));
            tokens.learn(finished("short", "gpt-4o", wild));
            tokens.learn(continued);
            tokens.learn(tried(image, "gpt-4o", wild));
        }
        assertThat(tokens.estimate(call, "gpt-4o")).isEqualTo(before);
    }

    @Test
    void goesByWhatTheProviderCallsTheModel() throws Exception {
        DefaultCamelContext context = new DefaultCamelContext();
        Models models = new Models();
        models.add(new Model(
                "mine", "p", "claude-opus-5-5", Operation.CHAT, null, false, Abilities.ALL, ModelHealth.unwatched()));
        context.getRegistry().bind("models", models);
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(ResourceHelper.fromString(
                        "tokens.camel.yaml",
                        "- beans:\n    - { name: tokens, type: io.github.camelllm.cost.Tokens }\n"));
        context.start();
        try {
            TokenCounter counter = context.getRegistry().findSingleByType(TokenCounter.class);
            assertThat(counter.estimate(chat(TEXT), "mine")).isEqualTo(tokens.estimate(chat(TEXT), "claude-opus-5-5"));
            assertThat(counter.estimate(chat(TEXT), "mine")).isGreaterThan(tokens.estimate(chat(TEXT), "gpt-4o"));
        } finally {
            context.stop();
        }
    }

    @Test
    void aPromptOfAHundredThousandTokensIsCounted() {
        Call call = chat(TEXT.repeat(140));

        long exact = tokens.exact(call, "gpt-4o");
        assertThat(exact).isGreaterThan(100_000);
        assertThat(tokens.estimate(call, "gpt-4o")).isBetween(exact, exact * 3 / 2);
    }

    private static Call finished(String text, String model, Usage usage) {
        return tried(chat(text), model, usage);
    }

    private static Call tried(Call call, String model, Usage usage) {
        call.attempt(model, "p");
        if (usage != null) {
            call.used(usage);
        }
        return call;
    }

    private static Call chat(String text) {
        ObjectNode request = Json.object();
        request.putArray("messages").addObject().put("role", "user").put("content", text);
        return call(request);
    }

    private static Call call(String json) {
        Call call = new Call(
                Ticker.SYSTEM,
                Operation.CHAT,
                new CallHeaders(),
                null,
                new Request(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
        call.getRequest().tree();
        return call;
    }

    private static Call call(ObjectNode request) {
        return new Call(Ticker.SYSTEM, Operation.CHAT, new CallHeaders(), null, new Request(request));
    }
}
