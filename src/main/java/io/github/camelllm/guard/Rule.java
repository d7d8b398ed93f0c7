package io.github.camelllm.guard;

import java.util.List;

/**
 * What attacks have in common, by phrases.
 *
 * @param name what answers and records show
 * @param weight from 0 to 1: how likely a text is an attack in which nothing else speaks for it
 * @param dataOnly whether it says nothing of what users write themselves
 * @param phrases of which one is enough
 */
record Rule(String name, double weight, boolean dataOnly, List<Phrase> phrases) {}
