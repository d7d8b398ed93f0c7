/**
 * What operators and their machines see: metrics, health and readiness.
 *
 * <p>{@link io.github.camelllm.observe.Meters} turns each {@link io.github.camelllm.call.FinishedCall} into metrics,
 * {@link io.github.camelllm.observe.ActiveRequests} counts the calls a model has in flight, and three endpoints answer
 * {@code /metrics}, {@code /health} and {@code /health/ready}.
 *
 * <p>May touch Camel, {@code call}, {@code problem}, {@code step} and Micrometer. Never acts on a call, and never makes a
 * label of what a client sent: models and providers are named as the routes name them, or not at all.
 */
package io.github.camelllm.observe;
