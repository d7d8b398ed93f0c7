package io.github.camelllm.call;

import java.util.List;

/**
 * What the guard has found in a request, and done about it. No text of the request.
 *
 * @param action {@code flagged}, {@code sanitised} or {@code blocked}
 * @param score of the text that looked most like an attack, from 0 to 1
 * @param place where that text stands, such as {@code messages[2].content}
 * @param rules the names of what speaks for it, the weightiest first
 */
public record GuardNote(String action, double score, String place, List<String> rules) {

    public GuardNote {
        rules = List.copyOf(rules);
    }
}
