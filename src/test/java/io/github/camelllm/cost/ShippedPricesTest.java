package io.github.camelllm.cost;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Usage;
import io.github.camelllm.config.WatchedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The list that comes with the gateway. */
class ShippedPricesTest {

    private static final Pattern MODEL = Pattern.compile("^ +- \\{ name: model, value: (\\S+) \\}", Pattern.MULTILINE);

    private final WatchedFile.Read<PriceList> read = PriceList.read(Path.of("config/prices.json"));

    @Test
    void pricesEveryModelOfTheShippedRoutes() throws IOException {
        List<String> models = MODEL.matcher(Files.readString(Path.of("routes/models.camel.yaml")))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();

        assertThat(read.problems()).isEmpty();
        assertThat(models).contains("gpt-4o", "claude-opus-5-5", "simulator").hasSizeGreaterThan(10);
        assertThat(models).allSatisfy(model -> assertThat(read.value().find(model, null, null))
                .as(model)
                .isNotNull()
                .satisfies(price ->
                        assertThat(price.cost(Usage.reported(1, 1, 0, 0), 0)).isNotNull()));
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-4o, 12.5",
        "claude-sonnet-5-5, 12",
        "gemini-3.5-flash, 10.5",
        "gemini-3.1-pro-preview, 22", // beyond 200,000 tokens
        "text-embedding-3-small, 0.02",
        "simulator, 0",
    })
    void aMillionTokensInAndOutCostWhatTheProviderSays(String model, String dollars) {
        assertThat(read.value().find(model, null, null).cost(Usage.reported(1_000_000, 1_000_000, 0, 0), 0))
                .isEqualByComparingTo(dollars);
    }
}
