package io.github.camelllm.guard;

/** Takes out of texts what looks like an attack. */
final class Sanitiser {

    /** What stands where something was taken out. */
    static final String REMOVED = "[removed by the gateway]";

    private final Scorer scorer;

    Sanitiser(Scorer scorer) {
        this.scorer = scorer;
    }

    /**
     * The text without the sentences that look like attacks.
     *
     * @return the very same instance when no sentence by itself does
     */
    String clean(String text, boolean data, double threshold) {
        StringBuilder clean = null;
        int kept = 0;
        for (int start = 0; start < text.length(); ) {
            int end = sentenceEnd(text, start);
            if (scorer.score(text.substring(start, end), data).value() >= threshold) {
                clean = clean == null ? new StringBuilder(text.length()) : clean;
                clean.append(text, kept, start).append(REMOVED);
                kept = end;
                while (kept > start && Character.isWhitespace(text.charAt(kept - 1))) {
                    kept--;
                }
            }
            start = end;
        }
        return clean == null ? text : clean.append(text, kept, text.length()).toString();
    }

    /** Where the sentence that begins at a place ends, the blanks after it included. */
    private static int sentenceEnd(String text, int start) {
        int i = start;
        boolean words = false;
        for (; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean over = c == '\n'
                    || c == '\u3002'
                    || c == '\uff01'
                    || c == '\uff1f'
                    || (c == '.' || c == '!' || c == '?')
                            && (i + 1 == text.length() || Character.isWhitespace(text.charAt(i + 1)));
            if (over && words) {
                i++;
                break;
            }
            words |= Character.isLetterOrDigit(c) || Character.isSurrogate(c);
        }
        while (i < text.length() && Character.isWhitespace(text.charAt(i))) {
            i++;
        }
        return i;
    }
}
