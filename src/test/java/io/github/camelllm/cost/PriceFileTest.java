package io.github.camelllm.cost;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Usage;
import io.github.camelllm.config.ConfigProblem;
import io.github.camelllm.config.WatchedFile;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriceFileTest {

    @TempDir
    Path directory;

    @Test
    void readsNumbersAndNumbersInQuotesWithEveryDigit() throws IOException {
        PriceList prices = read(
                """
                {"a": {"input_cost_per_token": 2.5e-06, "output_cost_per_token": "1e-05"},
                 "b": {"input_cost_per_token": 0.00000012345678901234567890, "output_cost_per_token": 0}}
                """);

        assertThat(cost(prices, "a", Usage.reported(3, 2, 0, 0))).isEqualByComparingTo("0.0000275");
        assertThat(cost(prices, "b", Usage.reported(1, 1000, 0, 0)))
                .isEqualByComparingTo("0.00000012345678901234567890");
    }

    @Test
    void passesOverWhatItDoesNotKnow() throws IOException {
        PriceList prices = read(
                """
                {"sample_spec": {"max_tokens": "LEGACY", "input_cost_per_token": "text"},
                 "a": {"input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06, "supports_vision": true,
                       "input_cost_per_token_above_272k_tokens_priority": 5, "input_cost_per_token_batches": "none",
                       "search_context_cost_per_query": {"search_context_size_low": 0.03},
                       "supported_regions": ["eu", {"x": [1]}], "cache_read_input_token_cost": null,
                       "max_output_tokens": "4096", "litellm_provider": "openai"}}
                """);

        assertThat(prices.size()).isEqualTo(1);
        assertThat(cost(prices, "a", Usage.reported(1_000_000, 0, 0, 0))).isEqualByComparingTo("1");
        assertThat(prices.find("a", null, null).mostOutput()).isEqualTo(4096);
    }

    @Test
    void hasNoPriceForModelsThatChargeForOtherThings() throws IOException {
        PriceList prices = read("{\"dall-e\": {\"output_cost_per_image\": 0.04, \"mode\": \"image_generation\"}}");

        assertThat(prices.find("dall-e", null, null)).isNull();
    }

    @Test
    void readsTheMostTokensOfAnAnswer() throws IOException {
        PriceList prices = read(
                """
                {"a": {"max_output_tokens": 10, "max_tokens": 20, "input_cost_per_token": 1},
                 "b": {"max_tokens": 20, "input_cost_per_token": 1},
                 "c": {"max_tokens": "many", "input_cost_per_token": 1}}
                """);

        assertThat(prices.find("a", null, null).mostOutput()).isEqualTo(10);
        assertThat(prices.find("b", null, null).mostOutput()).isEqualTo(20);
        assertThat(prices.find("c", null, null).mostOutput()).isZero();
    }

    @Test
    void ofANameThatStandsTwiceTheLastCounts() throws IOException {
        PriceList prices = read(
                """
                {"a": {"input_cost_per_token": 1, "input_cost_per_token": 2},
                 "a": {"input_cost_per_token": 3, "input_cost_per_token": 4}}
                """);

        assertThat(cost(prices, "a", Usage.reported(1, 0, 0, 0))).isEqualByComparingTo("4");
    }

    @Test
    void noFileHasNoPrices() {
        WatchedFile.Read<PriceList> read = PriceList.read(directory.resolve("none.json"));

        assertThat(read.problems()).isEmpty();
        assertThat(read.value().size()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | :1: is empty; expected an object of models, as in LiteLLM's model_prices_and_context_window.json",
                "[] | :1: is no object; expected an object of models, as in LiteLLM's model_prices_and_context_window.json",
                "{\"a\": 1} | :1: 'a' is no object; expected its prices in { }",
                "{\"a\": {\"input_cost_per_token\": \"dear\"}} | :1: 'a': input_cost_per_token is 'dear'; expected dollars, a number from 0 to 1000",
                "{\"a\": {\"input_cost_per_token\": -1}} | :1: 'a': input_cost_per_token is '-1'; expected dollars, a number from 0 to 1000",
                "{\"a\": {\"input_cost_per_token\": true}} | :1: 'a': input_cost_per_token is 'true'; expected dollars, a number from 0 to 1000",
                "{\"a\": {\"output_cost_per_token\": 1e-999999}} | :1: 'a': output_cost_per_token is '1e-999999'; expected dollars, a number from 0 to 1000",
                "{\"a\": {\"output_cost_per_token\": 1e9}} | :1: 'a': output_cost_per_token is '1e9'; expected dollars, a number from 0 to 1000",
                "{\"a\": {\"output_cost_per_token_above_200k_tokens\": {}}} | :1: 'a': output_cost_per_token_above_200k_tokens is an object; expected dollars, a number from 0 to 1000",
                "{\"a\": {\"output_cost_per_reasoning_token\": [1]}} | :1: 'a': output_cost_per_reasoning_token is a list; expected dollars, a number from 0 to 1000",
                "{\"a\": {}} {} | :1: goes on after its end; expected an object of models, as in LiteLLM's model_prices_and_context_window.json",
            })
    void tellsWhatIsWrong(String json, String problem) throws IOException {
        Path file = write(json);

        assertThat(PriceList.read(file).problems())
                .extracting(ConfigProblem::toString)
                .containsExactly(file + problem);
    }

    @Test
    void tellsTheLineWhereJsonBreaks() throws IOException {
        Path file = write("{\n  \"a\": {\n    \"input_cost_per_token\": 1e-06,\n  }\n}\n");

        assertThat(PriceList.read(file).problems()).singleElement().satisfies(problem -> {
            assertThat(problem.line()).isEqualTo(4);
            assertThat(problem.message()).startsWith("is not valid JSON (").endsWith("in the line above");
        });
    }

    @Test
    void tellsEveryProblemOfAFile() throws IOException {
        Path file = write(
                "{\"a\": {\"input_cost_per_token\": -1, \"output_cost_per_token\": \"x\"},\n \"b\": 7,\n \"c\": null}");

        assertThat(PriceList.read(file).problems())
                .extracting(ConfigProblem::line)
                .containsExactly(1, 1, 2, 3);
    }

    @Test
    void aDirectoryIsNoFile() {
        assertThat(PriceList.read(directory).problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).startsWith("cannot be read"));
    }

    @Test
    void readsALargeListOnce() throws IOException {
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; i < 20_000; i++) {
            json.append(i == 0 ? "" : ",\n")
                    .append("\"model-")
                    .append(i)
                    .append(
                            "\": {\"input_cost_per_token\": 1e-06, \"output_cost_per_token\": 2e-06, \"mode\": \"chat\"}");
        }
        PriceList prices = read(json.append("}").toString());

        assertThat(prices.size()).isEqualTo(20_000);
        assertThat(cost(prices, "model-19999", Usage.reported(1, 1, 0, 0))).isEqualByComparingTo("0.000003");
    }

    private static BigDecimal cost(PriceList prices, String model, Usage usage) {
        return prices.find(model, null, null).cost(usage, 0);
    }

    private PriceList read(String json) throws IOException {
        WatchedFile.Read<PriceList> read = PriceList.read(write(json));
        assertThat(read.problems()).isEmpty();
        return read.value();
    }

    private Path write(String json) throws IOException {
        return Files.writeString(directory.resolve("prices.json"), json);
    }
}
