/**
 * What becomes of a call, written down once: {@link io.github.camelllm.account.Account}, the first line of a chain,
 * measures the call and, when it is over, hands one {@link io.github.camelllm.call.FinishedCall} to the route
 * {@code direct:llm-completed}; {@link io.github.camelllm.account.TapExecutor} carries it on to each tap of that route.
 *
 * <p>May touch Camel, {@code call}, {@code problem} and {@code step}. Never changes a call, never makes one fail or
 * wait: what cannot be handed over in time is dropped and counted. Never keeps or logs a prompt, a completion or a key.
 */
package io.github.camelllm.account;
