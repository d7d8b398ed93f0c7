package io.github.camelllm.cost;

import java.math.BigDecimal;

/**
 * What a model charges for prompts from a certain length on, in dollars for one token. Null is a price that is not listed.
 *
 * @param above the tokens that a prompt must exceed for these to count; 0 for the rates of every prompt
 * @param input a token of the prompt
 * @param output a token of the answer
 * @param cacheRead a token of the prompt that is read from the provider's cache
 * @param cacheWrite a token of the prompt that is written to its cache
 * @param longCacheWrite a token of the prompt that is written to it for an hour
 * @param reasoning a token of the answer that is spent on reasoning
 */
record Rates(
        long above,
        BigDecimal input,
        BigDecimal output,
        BigDecimal cacheRead,
        BigDecimal cacheWrite,
        BigDecimal longCacheWrite,
        BigDecimal reasoning) {

    /** These rates, with those of shorter prompts where these say nothing. */
    Rates over(Rates shorter) {
        return new Rates(
                above,
                first(input, shorter.input),
                first(output, shorter.output),
                first(cacheRead, shorter.cacheRead),
                first(cacheWrite, shorter.cacheWrite),
                first(longCacheWrite, shorter.longCacheWrite),
                first(reasoning, shorter.reasoning));
    }

    /** The price of what is read from the cache: where none is listed there is no discount. */
    BigDecimal cachedInput() {
        return first(cacheRead, input);
    }

    /** The price of what is written to the cache: where none is listed writing is free. */
    BigDecimal writtenInput() {
        return first(cacheWrite, input);
    }

    /** The price of what is written to the cache for an hour. */
    BigDecimal longWrittenInput() {
        return first(longCacheWrite, writtenInput());
    }

    /** The price of reasoning: where none is listed it is output like any other. */
    BigDecimal thought() {
        return first(reasoning, output);
    }

    private static BigDecimal first(BigDecimal a, BigDecimal b) {
        return a != null ? a : b;
    }
}
