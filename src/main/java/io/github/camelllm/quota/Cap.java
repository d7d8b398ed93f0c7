package io.github.camelllm.quota;

/**
 * The most that a single request may use.
 *
 * @param tier the tier whose callers it is for; null when it is for those of all tiers that have none of their own
 * @param measure tokens or dollars
 * @param max the most of it; billionths for dollars
 */
record Cap(String tier, Measure measure, long max) {}
