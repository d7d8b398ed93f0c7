package io.github.camelllm.cost;

import io.github.camelllm.call.Usage;
import java.math.BigDecimal;
import java.util.List;

/**
 * What one model of the price list charges.
 *
 * @param provider whose it is, in the list's words; null when it does not say
 * @param mostOutput the most tokens of an answer; 0 when it does not say
 * @param perImage dollars for an image of the prompt, over and above its tokens; null for nothing
 * @param tiers the rates by length of the prompt, shortest first; never empty
 */
record ModelPrice(String provider, long mostOutput, BigDecimal perImage, List<Rates> tiers) {

    /** Costs nothing, which is known. */
    static final ModelPrice FREE = new ModelPrice(
            null, 0, null, List.of(new Rates(0, BigDecimal.ZERO, BigDecimal.ZERO, null, null, null, null)));

    ModelPrice {
        tiers = List.copyOf(tiers);
    }

    /** Whether it charges by tokens at all: some models are listed for other things. */
    boolean isPriced() {
        return tiers.get(0).input() != null;
    }

    /**
     * Dollars for what was used.
     *
     * @param images how many images the prompt had
     * @return null when something was used that has no price
     */
    BigDecimal cost(Usage usage, long images) {
        Rates rates = rates(usage.inputTokens());
        long cached = Math.min(usage.cachedInputTokens(), usage.inputTokens());
        long written = Math.min(usage.cacheWriteTokens(), usage.inputTokens() - cached);
        long longWritten = Math.min(usage.longCacheWriteTokens(), written);
        long reasoning = Math.min(usage.reasoningTokens(), usage.outputTokens());
        return new Sum()
                .add(usage.inputTokens() - cached - written, rates.input())
                .add(cached, rates.cachedInput())
                .add(written - longWritten, rates.writtenInput())
                .add(longWritten, rates.longWrittenInput())
                .add(usage.outputTokens() - reasoning, rates.output())
                .add(reasoning, rates.thought())
                .add(perImage == null ? 0 : images, perImage)
                .dollars();
    }

    /**
     * The most that so many tokens can cost: nothing of the prompt is read from a cache, all of the answer is what is
     * dearest.
     *
     * @param writes what of the prompt may be written to the provider's cache
     * @return null when one of the prices is not known
     */
    BigDecimal most(long inputTokens, long outputTokens, CacheWrites writes, long images) {
        Rates rates = rates(inputTokens);
        BigDecimal input = rates.input();
        if (writes != CacheWrites.NONE) {
            input = dearer(input, rates.writtenInput());
        }
        if (writes == CacheWrites.LONG) {
            input = dearer(input, rates.longWrittenInput());
        }
        return new Sum()
                .add(inputTokens, input)
                .add(outputTokens, dearer(rates.output(), rates.thought()))
                .add(perImage == null ? 0 : images, perImage)
                .dollars();
    }

    private Rates rates(long inputTokens) {
        Rates result = tiers.get(0);
        for (Rates tier : tiers) {
            if (inputTokens > tier.above()) {
                result = tier;
            }
        }
        return result;
    }

    private static BigDecimal dearer(BigDecimal a, BigDecimal b) {
        return a == null || b == null ? null : a.max(b);
    }

    /** Adds up, and is unknown from the first unknown price on. */
    private static final class Sum {
        private BigDecimal dollars = BigDecimal.ZERO;

        Sum add(long count, BigDecimal price) {
            if (count > 0 && dollars != null) {
                dollars = price == null ? null : dollars.add(price.multiply(BigDecimal.valueOf(count)));
            }
            return this;
        }

        BigDecimal dollars() {
            return dollars;
        }
    }
}
