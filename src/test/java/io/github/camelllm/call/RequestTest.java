package io.github.camelllm.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTest {

    static Stream<Arguments> bodiesThatAreNoRequest() {
        return Stream.of(
                Arguments.of("", "The request has no body; a JSON object is expected."),
                Arguments.of("  \n", "The request has no JSON value in its body; an object is expected."),
                Arguments.of("[]", "The body is a JSON array; an object is expected."),
                Arguments.of("null", "The body is a JSON null; an object is expected."),
                Arguments.of("\"text\"", "The body is a JSON string; an object is expected."),
                Arguments.of("7", "The body is a JSON number; an object is expected."),
                Arguments.of("true", "The body is a JSON boolean; an object is expected."),
                Arguments.of("{} {}", "The body goes on after its JSON object (line 1, column 4)."),
                Arguments.of("{}]", "The body is not valid JSON (line 1, column 3)."),
                Arguments.of("{\"a\":1", "The body is not valid JSON (line 1, column 7)."),
                Arguments.of("{\n\"a\":tru}", "The body is not valid JSON (line 2, column 9)."),
                Arguments.of("{'a':1}", "The body is not valid JSON (line 1, column 2)."),
                Arguments.of("{\"a\":1,}", "The body is not valid JSON (line 1, column 8)."),
                Arguments.of("{\"a\":01}", "The body is not valid JSON (line 1, column 7)."),
                Arguments.of("{\"a\":NaN}", "The body is not valid JSON (line 1, column 9)."),
                Arguments.of("// hi\n{}", "The body is not valid JSON (line 1, column 1)."),
                Arguments.of("{\"a\":\"\u0001\"}", "The body is not valid JSON (line 1, column 7)."),
                Arguments.of("{\"a\":1,\"a\":2}", "The body names a field twice in one object (line 1, column 12)."),
                Arguments.of(
                        "{\"m\":[{\"a\":1,\"a\":2}]}",
                        "The body names a field twice in one object (line 1, column 18)."));
    }

    @ParameterizedTest
    @MethodSource("bodiesThatAreNoRequest")
    void saysWhatIsWrongWithABody(String body, String message) {
        Problem problem = refusal(body.getBytes(StandardCharsets.UTF_8));

        assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(problem).hasMessage(message);
    }

    @Test
    void takesNoBodyForAnEmptyOne() {
        assertThatThrownBy(() -> new Request((byte[]) null).tree()).hasMessageContaining("has no body");
    }

    @Test
    void refusesWhatIsNestedDeeperThanTheBound() {
        assertThat(new Request(nested(Json.MAX_DEPTH)).tree()).hasSize(1);
        assertThat(refusal(nested(Json.MAX_DEPTH + 1)))
                .hasMessage(
                        "The body is nested more than 200 levels deep, has a number of more than 1000 digits or with"
                                + " a giant exponent, or a field name of more than 50000 characters.");
        assertThat(refusal(("[".repeat(100_000)).getBytes(StandardCharsets.UTF_8))
                        .code())
                .isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    private static byte[] nested(int depth) {
        int arrays = depth - 1;
        return ("{\"a\":" + "[".repeat(arrays) + "]".repeat(arrays) + "}").getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void refusesNumbersAndNamesOfAbsurdLength() {
        assertThat(parse("{\"a\":" + "7".repeat(1000) + "}").path("a").isBigInteger())
                .isTrue();
        assertThat(refusal("{\"a\":" + "7".repeat(1001) + "}")).hasMessageContaining("more than 1000 digits");
        assertThat(refusal("{\"a\":0." + "7".repeat(1001) + "}")).hasMessageContaining("more than 1000 digits");
        assertThat(refusal("{\"" + "a".repeat(50_001) + "\":1}")).hasMessageContaining("more than 50000 characters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e99999999999", "1e-99999999999", "-1e2147483649"})
    void refusesExponentsBeyondAnyMeaning(String number) {
        assertThat(refusal("{\"a\":" + number + "}").code()).isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    static Stream<byte[]> bytesThatAreNoUtf8() {
        byte[] quote = "{\"a\":\"".getBytes(StandardCharsets.US_ASCII);
        byte[] end = "\"}".getBytes(StandardCharsets.US_ASCII);
        return Stream.of(
                        new int[] {0xff},
                        new int[] {0xc3}, // a character cut off
                        new int[] {0x80}, // a continuation of nothing
                        new int[] {0xe2, 0x28, 0xa1},
                        new int[] {0xf8, 0x88, 0x80, 0x80, 0x80}) // five bytes
                .map(bad -> {
                    byte[] all = new byte[quote.length + bad.length + end.length];
                    System.arraycopy(quote, 0, all, 0, quote.length);
                    for (int i = 0; i < bad.length; i++) {
                        all[quote.length + i] = (byte) bad[i];
                    }
                    System.arraycopy(end, 0, all, quote.length + bad.length, end.length);
                    return all;
                });
    }

    @ParameterizedTest
    @MethodSource("bytesThatAreNoUtf8")
    void refusesInvalidUtf8(byte[] body) {
        assertThat(refusal(body).code()).isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32LE", "UTF-32BE", "UTF-32"})
    void refusesEveryEncodingButUtf8(String charset) {
        assertThat(refusal("{\"model\":\"ä\"}".getBytes(Charset.forName(charset)))
                        .code())
                .isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @Test
    void passesOverAByteOrderMark() {
        assertThat(new Request("\ufeff{\"model\":\"m\"}".getBytes(StandardCharsets.UTF_8)).model())
                .isEqualTo("m");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1.0}",
                "{\"a\":1.10,\"b\":-0.5}",
                "{\"a\":1E+400}",
                "{\"a\":1e400}",
                "{\"a\":123456789012345678901234567890}",
                "{\"a\":0.123456789012345678901234567890}",
                "{\"z\":null,\"a\":{\"y\":[],\"b\":{}},\"unknown\":[true,false,\"\\\\\\\"\"]}",
                "{\"a\":\"ä€\\u0000\"}"
            })
    void leavesAsItCame(String body) {
        Request request = new Request(body.getBytes(StandardCharsets.UTF_8));

        request.tree();

        assertThat(new String(request.bytes(), StandardCharsets.UTF_8)).isEqualTo(body);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":\"\\uD83D\\uDE00\"}",
                "{\"a\":\"\\uD800\"}",
                "{\"a\":\"\\uDC00\\uD800\"}",
                "{\"a\":[\"\\uD83Dx\"]}",
                "{\"\\uD800\":1}"
            })
    void carriesHalfASurrogatePairAsAnEscape(String body) {
        assertThat(new String(new Request(body.getBytes(StandardCharsets.UTF_8)).bytes(), StandardCharsets.UTF_8))
                .isEqualTo(body);
    }

    @Test
    void writesCharactersOutsideTheBasicPlaneAsEscapes() {
        assertThat(new String(new Request("{\"a\":\"😀\"}".getBytes(StandardCharsets.UTF_8)).bytes()))
                .isEqualTo("{\"a\":\"\\uD83D\\uDE00\"}");
    }

    @Test
    void parsesOnceAndKeepsChanges() {
        Request request = new Request("{\"model\":\"a\"}".getBytes(StandardCharsets.UTF_8));
        assertThat(request.parsed()).isFalse();
        ObjectNode tree = request.tree();

        tree.put("model", "b");

        assertThat(request.parsed()).isTrue();
        assertThat(request.tree()).isSameAs(tree);
        assertThat(request.model()).isEqualTo("b");
        assertThat(request.receivedBytes()).isEqualTo(13);
    }

    @Test
    void readsOnlyWhatHasTheRightType() {
        Request odd =
                new Request("{\"model\":7,\"stream\":\"true\",\"stream_options\":[]}".getBytes(StandardCharsets.UTF_8));

        assertThat(odd.model()).isNull();
        assertThat(odd.stream()).isFalse();
        assertThat(odd.wantsStreamUsage()).isFalse();
    }

    @Test
    void neverShowsThePrompt() {
        assertThat(new Request("{\"messages\":\"secret\"}".getBytes(StandardCharsets.UTF_8)))
                .hasToString("Request[21 bytes]");
    }

    private static ObjectNode parse(String body) {
        return new Request(body.getBytes(StandardCharsets.UTF_8)).tree();
    }

    private static Problem refusal(String body) {
        return refusal(body.getBytes(StandardCharsets.UTF_8));
    }

    private static Problem refusal(byte[] body) {
        return catchThrowableOfType(Problem.class, () -> new Request(body).tree());
    }
}
