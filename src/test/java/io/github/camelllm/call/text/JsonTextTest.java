package io.github.camelllm.call.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {

    @Test
    void keepsEverythingButTheChangedValues() {
        String text = " {\n\t\"a\\u0062\" : 1.50e+3,\"b\":[ -7 ,\"x\\\"y\\\\\"],\"c\":null,\"a\":{} }\n";
        assertThat(JsonText.rewrite(text, (label, value) -> value)).isSameAs(text);
        assertThat(JsonText.rewrite(text, (label, value) -> switch (value) {
                    case "ab" -> "k";
                    case "1.50e+3" -> "<N>";
                    case "x\"y\\" -> "new\n";
                    default -> value;
                }))
                .isEqualTo(" {\n\t\"k\" : \"<N>\",\"b\":[ -7 ,\"new\\n\"],\"c\":null,\"a\":{} }\n");
    }

    @Test
    void tellsTheNameThatAValueStandsUnder() {
        List<String> labels = new ArrayList<>();
        JsonText.rewrite("{\"ssn\":[1,[\"2\"]],\"x\":{\"y\":\"3\"}}", (label, value) -> {
            labels.add(label + "=" + value);
            return value;
        });
        assertThat(labels).containsExactly("null=ssn", "ssn=1", "ssn=2", "null=x", "null=y", "y=3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[1,2", "{\"a\":}", "{} {}", "[1] x]", "plain", "", "{'a':1}", "[\"\\q\"]"})
    void takesWhatIsNoJsonAsOneText(String text) {
        List<String> seen = new ArrayList<>();
        JsonText.rewrite(text, (label, value) -> {
            seen.add(label + "=" + value);
            return value;
        });
        assertThat(seen).containsExactly("null=" + text);
    }

    @Test
    void findsTheEndsOfValuesInALongText() {
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < 20_000; i++) {
            text.append(i == 0 ? "" : ",")
                    .append("\"ä\\u00e4")
                    .append(i)
                    .append("\", ")
                    .append(i);
        }
        String all = text.append("]").toString();
        String changed = JsonText.rewrite(all, (label, value) -> value.startsWith("ä") ? value + "!" : value);
        assertThat(changed).contains("\"ää19999!\", 19999]").startsWith("[\"ää0!\", 0,\"ää1!\", 1");
    }
}
