package io.github.camelllm.guard;

import io.github.camelllm.call.text.TextFilter;

/**
 * Looks for a word in a text that comes in pieces, in small letters or large. It holds back no more than what may be the beginning of the word.
 */
final class LeakFilter implements TextFilter {

    private final String word;
    private final int[] fallbacks;
    private final Leak leak;
    private final StringBuilder held = new StringBuilder();

    /** Is told that the word has come. */
    interface Leak {
        /**
         * What stands in its place.
         *
         * @throws io.github.camelllm.problem.Problem when the answer must not go on
         */
        String replacement();
    }

    /** @param word in small letters, without blanks */
    LeakFilter(String word, Leak leak) {
        this.word = word;
        this.leak = leak;
        this.fallbacks = new int[word.length()];
        for (int i = 1, k = 0; i < word.length(); i++) {
            while (k > 0 && word.charAt(i) != word.charAt(k)) {
                k = fallbacks[k - 1];
            }
            k += word.charAt(i) == word.charAt(k) ? 1 : 0;
            fallbacks[i] = k;
        }
    }

    @Override
    public String push(String piece) {
        int matched = held.length();
        if (matched == 0 && !mayBegin(piece)) {
            return piece;
        }
        StringBuilder out = new StringBuilder(held.length() + piece.length());
        for (int i = 0; i < piece.length(); i++) {
            char c = piece.charAt(i);
            char small = Character.toLowerCase(c);
            held.append(c);
            while (matched > 0 && word.charAt(matched) != small) {
                matched = fallbacks[matched - 1];
            }
            matched += word.charAt(matched) == small ? 1 : 0;
            if (matched == word.length()) {
                out.append(leak.replacement());
                held.setLength(0);
                matched = 0;
            } else {
                out.append(held, 0, held.length() - matched);
                held.delete(0, held.length() - matched);
            }
        }
        String text = out.toString();
        return text.equals(piece) ? piece : text;
    }

    private boolean mayBegin(String piece) {
        return piece.indexOf(word.charAt(0)) >= 0 || piece.indexOf(Character.toUpperCase(word.charAt(0))) >= 0;
    }

    @Override
    public String end() {
        String rest = held.toString();
        held.setLength(0);
        return rest;
    }
}
