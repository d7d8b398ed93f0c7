package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReadmeToolsTest {

    @Test
    void findsFencedBlocks() {
        List<MarkdownBlocks.Block> blocks = MarkdownBlocks.of("a\n```yaml\n- x\n  y\n```\nb\n```\nplain\n```\n");
        assertThat(blocks)
                .containsExactly(
                        new MarkdownBlocks.Block("yaml", 2, "- x\n  y\n"), new MarkdownBlocks.Block("", 7, "plain\n"));
    }

    @Test
    void readsCurlCommands() {
        String shell = "export A=b\ncurl -s http://h/p -H 'A: b c' \\\n  -d '{\"x\": \"y z\"}'\ncurl \"http://h/q\"\n";
        assertThat(CurlCommand.in(shell))
                .containsExactly(
                        new CurlCommand("POST", "http://h/p", List.of("A: b c"), "{\"x\": \"y z\"}"),
                        new CurlCommand("GET", "http://h/q", List.of(), null));
        assertThat(CurlCommand.in("curl http://h -d '{\n \"a\": 1\n}'").get(0).body())
                .isEqualTo("{\n \"a\": 1\n}");
    }

    @Test
    void refusesAnOptionThatItDoesNotKnow() {
        assertThatThrownBy(() -> CurlCommand.in("curl --evil http://h"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("--evil");
    }
}
