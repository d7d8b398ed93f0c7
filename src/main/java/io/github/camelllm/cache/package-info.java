/**
 * The cache: answers that were given once are given again to whoever asks the same. Knows nothing of models and providers:
 * to it an answer is whatever comes out of the rest of the chain, and what may be kept is said in {@code config/cache.yaml}.
 */
package io.github.camelllm.cache;
