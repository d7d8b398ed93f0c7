/**
 * Limits on requests, tokens and dollars: the steps {@code quota} (so much a second or minute) and {@code budget} (so much an
 * hour, day, week or month, and for one request), both by the rules of {@code config/limits.yaml}.
 *
 * <p>What a call may use at most is reserved before it is sent, and settled with what it has used once it is over, however it
 * ends. May touch the call, and the request in one place alone: where it names no bound of its answer, it gets one.
 */
package io.github.camelllm.quota;
