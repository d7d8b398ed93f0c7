package io.github.camelllm.guard;

import java.util.List;

/**
 * How much a text looks like an attack.
 *
 * @param value from 0 to 1
 * @param rules the names of what speaks for it, the weightiest first; never a part of the text
 */
record Score(double value, List<String> rules) {

    /** Nothing speaks for it. */
    static final Score NONE = new Score(0, List.of());
}
