package io.github.camelllm.call;

/**
 * The tokens a call used.
 *
 * @param inputTokens tokens of the prompt, cached ones included
 * @param outputTokens tokens of the completion, reasoning included
 * @param cachedInputTokens the part of {@code inputTokens} that the provider read from its cache
 * @param reasoningTokens the part of {@code outputTokens} that was spent on reasoning
 * @param cacheWriteTokens the part of {@code inputTokens} that the provider wrote to its cache, at a price of its own
 * @param longCacheWriteTokens the part of {@code cacheWriteTokens} that is kept for an hour, at a price of its own again
 * @param estimated true when the provider told nothing and the numbers are the gateway's own estimate
 */
public record Usage(
        long inputTokens,
        long outputTokens,
        long cachedInputTokens,
        long reasoningTokens,
        long cacheWriteTokens,
        long longCacheWriteTokens,
        boolean estimated) {

    /** Nothing used, and known to be so. */
    public static final Usage NONE = new Usage(0, 0, 0, 0, 0, 0, false);

    public Usage {
        if (inputTokens < 0
                || outputTokens < 0
                || cachedInputTokens < 0
                || reasoningTokens < 0
                || cacheWriteTokens < 0
                || longCacheWriteTokens < 0) {
            throw new IllegalArgumentException("token counts cannot be negative");
        }
    }

    /** The same counts, of which nothing is kept for an hour. */
    public Usage(
            long inputTokens,
            long outputTokens,
            long cachedInputTokens,
            long reasoningTokens,
            long cacheWriteTokens,
            boolean estimated) {
        this(inputTokens, outputTokens, cachedInputTokens, reasoningTokens, cacheWriteTokens, 0, estimated);
    }

    /** Counts as a provider reported them. */
    public static Usage reported(long inputTokens, long outputTokens, long cachedInputTokens, long reasoningTokens) {
        return new Usage(inputTokens, outputTokens, cachedInputTokens, reasoningTokens, 0, false);
    }

    /** The same, of which so many tokens of the prompt were written to the provider's cache for some minutes. */
    public Usage withCacheWrites(long tokens) {
        return withCacheWrites(tokens, 0);
    }

    /**
     * The same, of which so many tokens of the prompt were written to the provider's cache.
     *
     * @param tokens all that were written
     * @param forAnHour those of them that are kept for an hour
     */
    public Usage withCacheWrites(long tokens, long forAnHour) {
        return new Usage(inputTokens, outputTokens, cachedInputTokens, reasoningTokens, tokens, forAnHour, estimated);
    }

    /** The gateway's own estimate, for want of a report. */
    public static Usage estimate(long inputTokens, long outputTokens) {
        return new Usage(inputTokens, outputTokens, 0, 0, 0, true);
    }

    /** The same counts, where they are zero those of an earlier report of the same call. */
    public Usage withoutZerosAfter(Usage earlier) {
        return new Usage(
                last(earlier.inputTokens, inputTokens),
                last(earlier.outputTokens, outputTokens),
                last(earlier.cachedInputTokens, cachedInputTokens),
                last(earlier.reasoningTokens, reasoningTokens),
                last(earlier.cacheWriteTokens, cacheWriteTokens),
                last(earlier.longCacheWriteTokens, longCacheWriteTokens),
                estimated || earlier.estimated && (inputTokens == 0 || outputTokens == 0));
    }

    private static long last(long before, long now) {
        return now == 0 ? before : now;
    }

    /** Both together; an estimate where either is one. */
    public Usage plus(Usage other) {
        return new Usage(
                sum(inputTokens, other.inputTokens),
                sum(outputTokens, other.outputTokens),
                sum(cachedInputTokens, other.cachedInputTokens),
                sum(reasoningTokens, other.reasoningTokens),
                sum(cacheWriteTokens, other.cacheWriteTokens),
                sum(longCacheWriteTokens, other.longCacheWriteTokens),
                estimated || other.estimated);
    }

    private static long sum(long a, long b) {
        return a + b < 0 ? Long.MAX_VALUE : a + b;
    }

    /** Input and output together; {@link Long#MAX_VALUE} where a provider's numbers add up to more. */
    public long totalTokens() {
        long sum = inputTokens + outputTokens;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}
