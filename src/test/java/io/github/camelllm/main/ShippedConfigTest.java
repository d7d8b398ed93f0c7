package io.github.camelllm.main;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What stands in {@code config/} and {@code routes/} of the project. */
class ShippedConfigTest {

    private static final Path CONFIG = Path.of("config");

    @Test
    void everySettingStandsInTheFileWithItsDefault() {
        Map<String, String> written = new LinkedHashMap<>();
        PropertiesFile.read(CONFIG.resolve(Settings.FILE), "file")
                .entries()
                .forEach(entry -> written.put(entry.key(), entry.value()));
        Map<String, String> known = new LinkedHashMap<>();
        SettingsTable.ALL.forEach(setting -> known.put(setting.name(), setting.defaultValue()));
        assertThat(written).containsExactlyEntriesOf(known);
    }

    @Test
    void everySettingIsDescribedInTheFile() throws Exception {
        String text = Files.readString(CONFIG.resolve(Settings.FILE))
                .replaceAll("(?m)^# ?", "")
                .replaceAll("\\s+", " ");
        assertThat(SettingsTable.ALL).allSatisfy(setting -> assertThat(text).contains(setting.description()));
    }

    @Test
    void nothingIsWrongWithRoutesAndConfig() {
        Preflight preflight =
                Preflight.of(new Preflight.Options(Path.of("routes"), CONFIG, SettingsReader.Flags.NONE, Map.of()));
        assertThat(preflight.problems()).isEmpty();
        assertThat(preflight.routeProblems()).isEmpty();
    }

    @Test
    void nothingIsWrongWithEverythingSwitchedOn() {
        Map<String, String> environment =
                Map.of("LLM_FILES_ENABLED", "true", "LLM_QUEUE_ENABLED", "true", "OPENAI_API_KEY", "sk-1");
        Preflight preflight =
                Preflight.of(new Preflight.Options(Path.of("routes"), CONFIG, SettingsReader.Flags.NONE, environment));
        assertThat(preflight.problems()).isEmpty();
        assertThat(preflight.routeProblems()).isEmpty();
    }
}
