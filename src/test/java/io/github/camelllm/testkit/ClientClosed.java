package io.github.camelllm.testkit;

/**
 * A client's end of its connection, as the upstream saw it.
 *
 * @param how in order or by reset
 * @param atNanos {@link System#nanoTime} when the upstream learnt of it
 */
public record ClientClosed(Cut how, long atNanos) {}
