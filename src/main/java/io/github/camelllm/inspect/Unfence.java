package io.github.camelllm.inspect;

import io.github.camelllm.call.text.TextFilter;

/** Takes the Markdown fence off a text that is to be JSON. JSON cannot begin with one, so nothing else is touched. */
final class Unfence implements TextFilter {

    private static final String FENCE = "```";
    private static final int LONGEST_LABEL = 32;

    private enum At {
        START,
        INSIDE,
        PLAIN
    }

    private At at = At.START;
    private String held = "";
    private boolean done;

    /** Whether a fence has been taken off. */
    boolean isDone() {
        return done;
    }

    @Override
    public String push(String piece) {
        if (at == At.PLAIN) {
            return piece;
        }
        held = held.isEmpty() ? piece : held.concat(piece);
        if (at == At.START && !start()) {
            return "";
        }
        int keep = at == At.INSIDE ? tail() : 0;
        String out = held.substring(0, held.length() - keep);
        held = held.substring(held.length() - keep);
        return out;
    }

    /** Whether it is known how the text begins. */
    private boolean start() {
        String text = held.stripLeading();
        if (text.length() <= FENCE.length() ? FENCE.startsWith(text) : text.startsWith(FENCE)) {
            int line = text.indexOf('\n');
            String label = line < 0 ? text : text.substring(0, line);
            boolean named = label.chars().skip(FENCE.length()).allMatch(c -> Character.isLetterOrDigit(c) || c <= ' ');
            if (line < 0 && named && label.length() < LONGEST_LABEL) {
                return false;
            }
            if (line >= 0 && named && label.length() < LONGEST_LABEL) {
                at = At.INSIDE;
                held = text.substring(line + 1);
                return true;
            }
        }
        at = At.PLAIN;
        return true;
    }

    /** How many characters at the end may be the closing fence. */
    private int tail() {
        int from = held.length();
        while (from > 0 && held.charAt(from - 1) <= ' ') {
            from--;
        }
        for (int i = 0; i < FENCE.length() && from > 0 && held.charAt(from - 1) == '`'; i++) {
            from--;
        }
        while (from > 0 && held.charAt(from - 1) <= ' ') {
            from--;
        }
        return held.length() - from;
    }

    @Override
    public String end() {
        String rest = held;
        held = "";
        if (at == At.INSIDE && rest.strip().equals(FENCE)) {
            done = true;
            return "";
        }
        return rest;
    }
}
