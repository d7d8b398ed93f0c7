package io.github.camelllm.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewKeyTest {

    @Test
    void makes256RandomBitsBehindAPrefix() {
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            NewKey fresh = NewKey.generate();
            assertThat(fresh.key()).matches("sk-llm-[A-Za-z0-9_-]{43}");
            assertThat(fresh.sha256()).matches("[0-9a-f]{64}");
            keys.add(fresh.key());
        }
        assertThat(keys).hasSize(1000);
    }

    @Test
    void hashesAsSha256sumDoes() {
        // printf %s sk-llm-test | sha256sum
        assertThat(HexFormat.of().formatHex(NewKey.digest("sk-llm-test")))
                .isEqualTo("1277d21348be4be916bd69aee9657b143f125d8f894ee260aec93433f66e4d76");
    }

    @Test
    void writesLinesThatTheKeysFileTakes(@TempDir Path directory) throws IOException {
        NewKey fresh = NewKey.generate();
        Path file = Files.writeString(directory.resolve("keys.yaml"), "keys:\n" + fresh.yaml("2027"));

        Keys.Read read = Keys.read(file);

        assertThat(read.problems()).isEmpty();
        assertThat(read.keys().find(fresh.key()).orElseThrow().id()).isEqualTo("2027");
        assertThat(fresh.yaml("ci"))
                .doesNotContain(fresh.key())
                .isEqualTo("""
                  - id: "ci"
                    sha256: "%s"
                """
                        .formatted(fresh.sha256()));
    }

    @Test
    void refusesAnIdThatTheKeysFileWouldRefuse() {
        assertThatThrownBy(() -> NewKey.generate().yaml("my \"key\""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("id is 'my \"key\"'; expected 1 to 64 ASCII letters");
        assertThatThrownBy(() -> NewKey.generate().yaml(null)).hasMessageStartingWith("id is missing; expected");
        assertThatThrownBy(() -> NewKey.generate().yaml("anonymous")).hasMessageStartingWith("id is 'anonymous'");
    }
}
