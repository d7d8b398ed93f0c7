package io.github.camelllm.inspect;

import io.github.camelllm.call.text.TextFilter;

/**
 * One filter behind another.
 *
 * @param first may be null
 * @param second may be null
 */
record BothFilters(TextFilter first, TextFilter second) implements TextFilter {

    @Override
    public String push(String piece) {
        String between = first == null ? piece : first.push(piece);
        return second == null || between.isEmpty() ? between : second.push(between);
    }

    @Override
    public String end() {
        String rest = first == null ? "" : first.end();
        if (second == null) {
            return rest;
        }
        return rest.isEmpty() ? second.end() : second.push(rest) + second.end();
    }
}
