/**
 * Failover: asks one model after the other until one answers, retries what is worth it, and makes whole what breaks off.
 *
 * <p>What each failure means stands in {@link io.github.camelllm.problem.UpstreamFailure}; this room acts on it. It knows
 * nothing of providers and their dialects: to it a model is the rest of the chain.
 */
package io.github.camelllm.failover;
