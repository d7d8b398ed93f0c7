package io.github.camelllm.cost;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Usage;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelPriceTest {

    /** In dollars for one token, so that sums can be done in the head. */
    private static final Rates ALL = rates(0, "1", "10", "0.1", "1.25", "2", "100");

    @Test
    void eachKindOfTokenHasItsPrice() {
        Usage usage = new Usage(1000, 20, 300, 5, 200, 50, false);

        // 500 plain, 300 read, 150 written for minutes, 50 for an hour, 15 said, 5 thought
        assertThat(price(ALL).cost(usage, 0)).isEqualByComparingTo("1467.5"); // 500 + 30 + 187.5 + 100 + 150 + 500
    }

    @Test
    void whatHasNoPriceOfItsOwnCostsWhatItIsAPartOf() {
        ModelPrice price = price(rates(0, "1", "10", null, null, null, null));

        assertThat(price.cost(new Usage(1000, 20, 300, 5, 200, 50, false), 0)).isEqualByComparingTo("1200");
    }

    @Test
    void anHourCostsAsMuchAsMinutesWhereNothingElseIsListed() {
        ModelPrice price = price(rates(0, "1", "10", null, "1.25", null, null));

        assertThat(price.cost(new Usage(100, 0, 0, 0, 100, 100, false), 0)).isEqualByComparingTo("125");
    }

    @Test
    void whatWasUsedAndHasNoPriceMakesTheWholeUnknown() {
        ModelPrice price = price(rates(0, "1", null, null, null, null, null));

        assertThat(price.cost(Usage.reported(10, 0, 0, 0), 0)).isEqualByComparingTo("10");
        assertThat(price.cost(Usage.reported(10, 1, 0, 0), 0)).isNull();
        assertThat(price.cost(Usage.NONE, 0)).isEqualByComparingTo("0");
        assertThat(price.most(10, 1, CacheWrites.NONE, 0)).isNull();
    }

    @Test
    void partsThatAreMoreThanTheWholeAreNotBilledTwice() {
        assertThat(price(ALL).cost(new Usage(10, 5, 1000, 1000, 1000, 1000, false), 0))
                .isEqualByComparingTo("501"); // 10 read, 5 thought
    }

    @ParameterizedTest
    @CsvSource({"128000, 128000", "128001, 256002", "200000, 400000", "200001, 600003"})
    void theWholePromptCostsWhatItsLengthSays(long tokens, BigDecimal dollars) {
        ModelPrice price = new ModelPrice(
                null,
                0,
                null,
                List.of(
                        rates(0, "1", "0", null, null, null, null),
                        rates(128_000, "2", "0", null, null, null, null),
                        rates(200_000, "3", "0", null, null, null, null)));

        assertThat(price.cost(Usage.reported(tokens, 0, 0, 0), 0)).isEqualByComparingTo(dollars);
        assertThat(price.most(tokens, 0, CacheWrites.LONG, 0)).isEqualByComparingTo(dollars);
    }

    @Test
    void imagesCostMoreWhereTheyHaveAPrice() {
        ModelPrice price = new ModelPrice(null, 0, new BigDecimal("0.5"), List.of(ALL));

        assertThat(price.cost(Usage.reported(10, 0, 0, 0), 3)).isEqualByComparingTo("11.5");
        assertThat(price(ALL).cost(Usage.reported(10, 0, 0, 0), 3)).isEqualByComparingTo("10");
        assertThat(price.most(10, 0, CacheWrites.NONE, 3)).isEqualByComparingTo("11.5");
    }

    @ParameterizedTest
    @CsvSource({"NONE, 1100", "SHORT, 1125", "LONG, 1200"})
    void theMostIsAtTheDearest(CacheWrites writes, BigDecimal dollars) {
        assertThat(price(ALL).most(100, 10, writes, 0)).isEqualByComparingTo(dollars);
    }

    @Test
    void theMostIsNoLessThanAnyCostOfAsManyTokens() {
        for (int cached = 0; cached <= 100; cached += 10) {
            for (int written = 0; written <= 100 - cached; written += 10) {
                for (int reasoning = 0; reasoning <= 10; reasoning++) {
                    Usage usage = new Usage(100, 10, cached, reasoning, written, written / 2, false);
                    assertThat(price(ALL).most(100, 10, CacheWrites.LONG, 0))
                            .isGreaterThanOrEqualTo(price(ALL).cost(usage, 0));
                }
            }
        }
    }

    @Test
    void sumsAreExactHoweverLongTheyGrow() {
        ModelPrice price = price(rates(0, "0.0000001", "0.0000003", null, null, null, null));
        BigDecimal sum = BigDecimal.ZERO;
        for (int i = 0; i < 100_000; i++) {
            sum = sum.add(price.cost(Usage.reported(1, 1, 0, 0), 0));
        }
        assertThat(sum).isEqualByComparingTo("0.04");
        assertThat(price.cost(Usage.reported(Long.MAX_VALUE, 0, 0, 0), 0)).isEqualByComparingTo("922337203685.4775807");
    }

    private static ModelPrice price(Rates rates) {
        return new ModelPrice(null, 0, null, List.of(rates));
    }

    private static Rates rates(
            long above, String input, String output, String read, String write, String longWrite, String reasoning) {
        return new Rates(
                above,
                decimal(input),
                decimal(output),
                decimal(read),
                decimal(write),
                decimal(longWrite),
                decimal(reasoning));
    }

    private static BigDecimal decimal(String text) {
        return text == null ? null : new BigDecimal(text);
    }
}
