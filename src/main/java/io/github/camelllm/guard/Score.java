package io.github.camelllm.guard;

import java.util.List;

/**
 * How much a text looks like an attack.
 *
 * @param value from 0 to 1
 * @param rules the names of what speaks for it, the weightiest first; never a part of the text
 */
record Score(double value, List<String> rules) {

    /** The reasons for a score that a detector has given. */
    static final List<String> DETECTED = List.of("detector");
}
