package io.github.camelllm.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rules of chat requests, from two tables: {@code bad-chat.txt} has fields, the param and the message that refuse
 * them; {@code good-chat.txt} has fields that pass untouched. Fields are laid over a sound request.
 */
class ChatRulesTest {

    private static final Path TABLES = Path.of("src/test/resources/io/github/camelllm/access");
    private static final String SOUND = "{\"model\":\"sim\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    private static final ChatRules RULES = new ChatRules(ValidateSettings.DEFAULTS);

    record Bad(String fields, String param, String message) {}

    static List<Bad> bad() throws IOException {
        List<String> lines = lines("bad-chat.txt");
        assertThat(lines).isNotEmpty().hasSize(lines.size() / 3 * 3);
        List<Bad> cases = new ArrayList<>();
        for (int i = 0; i < lines.size(); i += 3) {
            cases.add(new Bad(lines.get(i), lines.get(i + 1), lines.get(i + 2)));
        }
        return cases;
    }

    static List<String> good() throws IOException {
        List<String> lines = lines("good-chat.txt");
        assertThat(lines).isNotEmpty();
        return lines;
    }

    private static List<String> lines(String table) throws IOException {
        return Files.readAllLines(TABLES.resolve(table)).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }

    private static ObjectNode request(String fields) throws IOException {
        ObjectNode request = (ObjectNode) Json.read(SOUND.getBytes(StandardCharsets.UTF_8));
        return request.setAll((ObjectNode) Json.read(fields.getBytes(StandardCharsets.UTF_8)));
    }

    private static Problem refused(ChatRules rules, ObjectNode request) {
        Problem problem = catchThrowableOfType(Problem.class, () -> rules.check(new Fields(request, Where.ROOT), true));
        assertThat(problem).as("refused").isNotNull();
        return problem;
    }

    @ParameterizedTest
    @MethodSource("bad")
    void refusesWithFieldValueAndWhatIsAllowed(Bad bad) throws IOException {
        Problem problem = refused(RULES, request(bad.fields()));

        assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(problem.status()).isEqualTo(400);
        assertThat(problem).hasMessage(bad.message());
        assertThat(problem.param()).contains(bad.param());
    }

    @ParameterizedTest
    @MethodSource("good")
    void letsPassUntouched(String fields) throws IOException {
        ObjectNode request = request(fields);

        RULES.check(new Fields(request, Where.ROOT), true);

        assertThat(request).isEqualTo(request(fields));
    }

    @Test
    void holdsToTheSettings() throws IOException {
        ChatRules rules = new ChatRules(new ValidateSettings(10, 100, 2, 1, Set.of("text", "video_url")));

        assertThat(refused(rules, request("{\"max_tokens\":101}")))
                .hasMessage("max_tokens is 101; expected an integer from 1 to 100.");
        assertThat(refused(rules, request("{\"n\":3}"))).hasMessage("n is 3; expected an integer from 1 to 2.");
        assertThat(
                        refused(
                                rules,
                                request(
                                        """
                        {"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"u"}}]}]}""")))
                .hasMessageStartingWith("messages[0].content[0].type is 'image_url'; expected one of ");
        rules.check(
                new Fields(
                        request(
                                """
                        {"messages":[{"role":"user","content":[{"type":"video_url","video_url":{"url":"u"}}]}]}"""),
                        Where.ROOT),
                true);
    }

    @Test
    void countsTheCharactersOfAllTextsThatTheModelReads() throws IOException {
        ChatRules rules = new ChatRules(new ValidateSettings(10, 1, 1, 1, Set.of("text", "image_url", "file")));
        String ten =
                """
                {"messages":[
                    {"role":"system","content":"1234"},
                    {"role":"user","name":"5","content":[
                        {"type":"text","text":"678"},
                        {"type":"image_url","image_url":{"url":"data:image/png;base64,aaaaaaaaaaaaaaaaaaaaaa","detail":"low"}},
                        {"type":"file","file":{"file_data":"aaaaaaaaaaaaaaaaaaaaaaaaaaa","filename":"9"}},
                        {"type":"text","text":"%s"}]}]}""";

        rules.check(new Fields(request(ten.formatted("\ud83d\ude00")), Where.ROOT), true);
        Problem over = refused(rules, request(ten.formatted("\ud83d\ude00\ud83d\ude00")));
        Problem tools = refused(
                rules,
                request("{\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"description\":\"d\"}}]}"));

        assertThat(over).hasMessage("messages is too long: 11 characters of text in all; expected at most 10.");
        assertThat(over.param()).contains("messages");
        assertThat(tools).hasMessageStartingWith("messages is too long: ");
    }

    @Test
    void namesTheFirstOfSeveralProblems() throws IOException {
        assertThat(refused(RULES, request("{\"temperature\":9,\"messages\":[],\"top_p\":9}"))
                        .param())
                .contains("messages");
    }

    @Test
    void shortensAndCleansTheValuesThatItShows() throws IOException {
        assertThat(refused(RULES, request("{\"messages\":[{\"role\":\"" + "r".repeat(100_000) + "\"}]}")))
                .hasMessageStartingWith("messages[0].role is '" + "r".repeat(40) + "...'; expected one of system, ");
        assertThat(refused(RULES, request("{\"messages\":[{\"role\":\"a\\r\\n\\u202eb\\ud800\"}]}")))
                .hasMessageStartingWith("messages[0].role is 'a???b?'; ");
    }

    @Test
    void costsNoMoreForNumbersWithGiantExponents() throws IOException {
        for (String giant : List.of("1e999999999", "-1e999999999", "1e-999999999", "9".repeat(1000), "1e2147483647")) {
            assertThat(refused(RULES, request("{\"max_tokens\":" + giant + "}")))
                    .as(giant)
                    .hasMessageEndingWith("; expected an integer from 1 to 1000000.");
        }
        assertThat(refused(RULES, request("{\"top_logprobs\":1e-999999999}")).param())
                .contains("top_logprobs");
        assertThat(refused(RULES, request("{\"temperature\":1e999999999}")))
                .hasMessage("temperature is 1e999999999; expected a number from 0 to 2.");
        RULES.check(
                new Fields(request("{\"temperature\":1e-999999999,\"top_logprobs\":0e999999999}"), Where.ROOT), true);
    }

    @Test
    void leavesLimitsThatAreOpenAisAloneToTheModelsOfOthers() throws IOException {
        String name = "f".repeat(128);
        String fields =
                """
                {"stop":["1","2","3","4","5"],"tools":[{"type":"function","function":{"name":"%s"}}]}""";
        RULES.check(new Fields(request(fields.formatted(name)), Where.ROOT), false);

        assertThat(refused(RULES, request(fields.formatted(name))).param()).contains("stop");
    }

    @ParameterizedTest
    @ValueSource(strings = {"files.read/all", "1st", "größe", "two words", "天気", "a:b"})
    void letsToolsBeCalledWhatProvidersWouldRefuse(String name) throws IOException {
        String fields =
                """
                {"tools":[{"type":"function","function":{"name":"%s"}},{"type":"custom","custom":{"name":"%1$s"}}],
                "functions":[{"name":"%1$s"}]}""";

        RULES.check(new Fields(request(fields.formatted(name)), Where.ROOT), true);
    }
}
