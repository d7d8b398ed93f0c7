package io.github.camelllm.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerSettingsTest {

    private static LedgerSettings settings(String url) {
        return new LedgerSettings(url, "", "s3cret", 0, Path.of("logs"), 10, Duration.ZERO);
    }

    @Test
    void isAnH2FileUnlessSaidOtherwise() {
        LedgerSettings settings = settings("");

        assertThat(settings.url())
                .isEqualTo("jdbc:h2:file:" + Path.of("data/ledger").toAbsolutePath()
                        + ";AUTO_SERVER=TRUE;MODE=PostgreSQL;CACHE_SIZE=8192;TRACE_LEVEL_FILE=0;WRITE_DELAY=0");
        assertThat(settings.user()).isEqualTo("sa");
        assertThat(settings.shownUrl())
                .isEqualTo("jdbc:h2:file:" + Path.of("data/ledger").toAbsolutePath());
    }

    @Test
    void keepsWhatTheAddressSays() {
        assertThat(settings("jdbc:h2:file:~/x;auto_server=false;CACHE_SIZE=1").url())
                .isEqualTo(
                        "jdbc:h2:file:~/x;auto_server=false;CACHE_SIZE=1;MODE=PostgreSQL;TRACE_LEVEL_FILE=0;WRITE_DELAY=0");
        assertThat(settings("jdbc:postgresql://db/x?socketTimeout=1&ssl=true").url())
                .isEqualTo("jdbc:postgresql://db/x?socketTimeout=1&ssl=true&connectTimeout=5"
                        + "&ApplicationName=camel-llm-gateway");
        assertThat(settings("jdbc:postgresql://db/x").url())
                .isEqualTo(
                        "jdbc:postgresql://db/x?connectTimeout=5&socketTimeout=30&ApplicationName=camel-llm-gateway");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data/ledger",
                "jdbc:mysql://db/x",
                "jdbc:h2:tcp://db/x",
                "jdbc:h2:file:",
                "jdbc:postgresql://db/x?password=hunter2",
                "jdbc:postgresql://db/x?a=b&PASSWORD=hunter2",
                "jdbc:postgresql://me:hunter2@db/x",
                "jdbc:h2:file:x;PASSWORD=hunter2"
            })
    void refusesOtherAddressesAndPasswordsInThem(String url) {
        assertThatThrownBy(() -> settings(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ledger.url")
                .hasMessageContaining("jdbc:postgresql:")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void theSchemaThatIsLookedForIsTheNewestMigration() throws Exception {
        try (var files = Files.list(Path.of("src/main/resources/io/github/camelllm/ledger/migration"))) {
            assertThat(files.map(file -> file.getFileName().toString().replaceFirst("V(\\d+)__.*\\.sql", "$1"))
                            .mapToInt(Integer::parseInt)
                            .max())
                    .hasValue(Integer.parseInt(Database.SCHEMA_VERSION));
        }
    }

    @Test
    void neverShowsThePassword() {
        assertThat(settings("jdbc:postgresql://db/x?ssl=true").toString())
                .isEqualTo("LedgerSettings[jdbc:postgresql://db/x]");
    }
}
