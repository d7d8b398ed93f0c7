package io.github.camelllm.cost;

/** Counts the tokens of one text, in parts of {@link QuickCount#PARTS}; any text, whatever is in it. Thread-safe. */
@FunctionalInterface
interface TextCount {

    long of(String text);
}
