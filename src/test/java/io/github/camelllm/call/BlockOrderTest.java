package io.github.camelllm.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlockOrderTest {

    private static final String TEXT = "{'type':'text','text':'%s'}";
    private static final String OTHER = "{'type':'thinking'}";
    private static final String TOOL = "{'type':'tool_use'}";

    private static ArrayNode blocks(String... blocks) throws IOException {
        String json = "[" + String.join(",", blocks).replace('\'', '"') + "]";
        return (ArrayNode) Json.read(json.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({"ab, true", "a, false", "abc, false"})
    void weavesWhatIsStillTheSame(String text, boolean same) throws IOException {
        ArrayNode blocks = blocks(TEXT.formatted("a"), OTHER, TOOL, TEXT.formatted("b"));
        ObjectNode message = Json.object();
        BlockOrder.note(blocks, message);

        ArrayNode woven = BlockOrder.weave(
                message.path(BlockOrder.FIELD), blocks(OTHER), blocks(TEXT.formatted(text)), blocks(TOOL));

        assertThat(woven).isEqualTo(same ? blocks : blocks(OTHER, TEXT.formatted(text), TOOL));
    }

    @Test
    void doesNotNoteTheUsualOrder() throws IOException {
        ObjectNode message = Json.object();
        BlockOrder.note(blocks(OTHER, OTHER, TEXT.formatted("a"), TEXT.formatted("b"), TOOL, TOOL), message);
        assertThat(message).isEmpty();

        assertThat(BlockOrder.weave(message.path(BlockOrder.FIELD), blocks(OTHER), blocks(), blocks(TOOL)))
                .isEqualTo(blocks(OTHER, TOOL));
    }
}
