package io.github.camelllm.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddingsRulesTest {

    private static final EmbeddingsRules RULES = new EmbeddingsRules(ValidateSettings.DEFAULTS);

    private static ObjectNode request(String json) throws IOException {
        return (ObjectNode) Json.read(json.getBytes(StandardCharsets.UTF_8));
    }

    private static void check(EmbeddingsRules rules, ObjectNode request) {
        rules.check(new Fields(request, Where.ROOT));
    }

    private static Problem refused(EmbeddingsRules rules, String json) throws IOException {
        ObjectNode request = request(json);
        Problem problem = catchThrowableOfType(Problem.class, () -> check(rules, request));
        assertThat(problem).as("refused").isNotNull();
        assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        return problem;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"input\":\"a\"}",
                "{\"input\":[\"a\",\"b\"]}",
                "{\"input\":[0,50256,2147483647]}",
                "{\"input\":[[1,2],[3]]}",
                "{\"input\":\"a\",\"dimensions\":1,\"encoding_format\":\"base64\",\"user\":\"u\",\"x\":[null]}",
                "{\"input\":\"a\",\"dimensions\":null,\"encoding_format\":null,\"user\":null,\"stream\":false}"
            })
    void letsPassUntouched(String json) throws IOException {
        ObjectNode request = request(json);

        check(RULES, request);

        assertThat(request).isEqualTo(request(json));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {}                                    | input           | input is missing; expected a string, or a non-empty array of strings, of tokens or of token arrays.
                    {"input":null}                        | input           | input is null; expected a string, or a non-empty array of strings, of tokens or of token arrays.
                    {"input":5}                           | input           | input is a number; expected a string, or a non-empty array of strings, of tokens or of token arrays.
                    {"input":{}}                          | input           | input is an object; expected a string, or a non-empty array of strings, of tokens or of token arrays.
                    {"input":[]}                          | input           | input is an empty array; expected a string, or a non-empty array of strings, of tokens or of token arrays.
                    {"input":""}                          | input           | input is an empty string; expected a string of at least 1 character.
                    {"input":"\\u0000"}                   | input           | input is an empty string; expected a string of at least 1 character.
                    {"input":["a",""]}                    | input[1]        | input[1] is an empty string; expected a string of at least 1 character.
                    {"input":["a",5]}                     | input[1]        | input[1] is a number; expected a string of at least 1 character.
                    {"input":["a",["b"]]}                 | input[1]        | input[1] is an array; expected a string of at least 1 character.
                    {"input":[null]}                      | input[0]        | input[0] is null; expected a string of at least 1 character, or a non-empty array of tokens.
                    {"input":[[]]}                        | input[0]        | input[0] is an empty array; expected a string of at least 1 character, or a non-empty array of tokens.
                    {"input":[[1],"a"]}                   | input[1]        | input[1] is a string; expected a non-empty array of tokens.
                    {"input":[1,"a"]}                     | input[1]        | input[1] is a string; expected a token: an integer of at least 0.
                    {"input":[[1],[2,-1]]}                | input[1][1]     | input[1][1] is a number; expected a token: an integer of at least 0.
                    {"input":[1.5]}                       | input[0]        | input[0] is a number; expected a token: an integer of at least 0.
                    {"input":[1e999999999]}               | input[0]        | input[0] is a number; expected a token: an integer of at least 0.
                    {"input":"a","dimensions":0}          | dimensions      | dimensions is 0; expected an integer of at least 1.
                    {"input":"a","dimensions":"1"}        | dimensions      | dimensions is '1'; expected an integer of at least 1.
                    {"input":"a","dimensions":1e30}       | dimensions      | dimensions is 1e30; expected an integer of at least 1.
                    {"input":"a","encoding_format":"hex"} | encoding_format | encoding_format is 'hex'; expected one of float, base64.
                    {"input":"a","encoding_format":1}     | encoding_format | encoding_format is 1; expected one of float, base64.
                    {"input":"a","user":1}                | user            | user is 1; expected a string.
                    {"input":"a","stream":"yes"}          | stream          | stream is 'yes'; expected true or false.
                    {"input":"a","stream":true}           | stream          | stream is true; expected no stream: embeddings come whole.
                    """)
    void refusesWithFieldValueAndWhatIsAllowed(String json, String param, String message) throws IOException {
        Problem problem = refused(RULES, json);

        assertThat(problem).hasMessage(message);
        assertThat(problem.param()).contains(param);
    }

    @Test
    void holdsToTheSettings() throws IOException {
        EmbeddingsRules rules = new EmbeddingsRules(new ValidateSettings(8, 1, 1, 3, Set.of("text")));

        check(rules, request("{\"input\":[\"12345\",\"67\",\"8\"]}"));
        check(rules, request("{\"input\":[[1],[2]]}"));
        assertThat(refused(rules, "{\"input\":\"123456789\"}"))
                .hasMessage("input is too long: 9 characters in all (a token counts as 4); expected at most 8.");
        assertThat(refused(rules, "{\"input\":[1,2,3]}"))
                .hasMessage("input is too long: 12 characters in all (a token counts as 4); expected at most 8.");
        assertThat(refused(rules, "{\"input\":[\"1\",\"2\",\"3\",\"4\"]}"))
                .hasMessage("input is an array of 4; expected at most 3 items.");
    }

    @Test
    void takesControlCharactersOut() throws IOException {
        ObjectNode one = request("{\"input\":\"a\\u0000b\\ud800\"}");
        ObjectNode many = request("{\"input\":[\"a\",\"\\u0007b\"]}");

        check(RULES, one);
        check(RULES, many);

        assertThat(one).isEqualTo(request("{\"input\":\"ab\\ufffd\"}"));
        assertThat(many).isEqualTo(request("{\"input\":[\"a\",\"b\"]}"));
    }
}
