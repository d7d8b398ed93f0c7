package io.github.camelllm.call;

import java.math.BigDecimal;

/**
 * How the cache has answered a call, and what that has saved.
 *
 * @param tier how the answer was found: {@code exact}, {@code normalised}, {@code semantic}, {@code flight} for the answer
 *     to the same question asked at the same time, or {@code stale}
 * @param ageSeconds how old the answer is
 * @param similarity of the two questions; 1 for the same one
 * @param usage what the answer had used when a model gave it: saved, not spent
 * @param saved dollars that asking again would have cost; null when not known, and for a stale answer, which saves nothing
 * @param store where the answer was: {@link #MEMORY}, or {@link #REDIS}, where another gateway has kept it
 */
public record CacheHit(String tier, long ageSeconds, double similarity, Usage usage, BigDecimal saved, String store) {

    public static final String MEMORY = "memory";
    public static final String REDIS = "redis";
}
