/**
 * The bridge between rooms and Camel: a {@link io.github.camelllm.step.Step} is a Camel {@code Policy}, so a room's
 * code is one synchronous method around the rest of the chain, and routes place it with one line of YAML.
 *
 * <p>May touch Camel, {@code call} and {@code problem}; knows no room.
 */
package io.github.camelllm.step;
