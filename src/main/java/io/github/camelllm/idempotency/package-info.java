/**
 * Idempotency: a request that is repeated under one {@code Idempotency-Key} gets the answer of the first, and is paid once.
 *
 * <p>A room: knows {@code step}, {@code store}, {@code call} and {@code problem}.
 */
package io.github.camelllm.idempotency;
