package io.github.camelllm.guard;

/** Breaks up the tokens with which chat templates mark who speaks, so that no tokeniser takes them for what they look like. */
final class SpecialTokens {

    private final GuardRules rules;

    SpecialTokens(GuardRules rules) {
        this.rules = rules;
    }

    /** The text with a space behind the first character of each token; the very same instance when it has none. */
    String breakUp(String text) {
        StringBuilder broken = null;
        int kept = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < 0x80 ? rules.beginsToken(c) : mayBegin(c)) && isToken(text, i)) {
                broken = broken == null ? new StringBuilder(text.length() + 8) : broken;
                broken.append(text, kept, i + 1).append(' ');
                kept = i + 1;
            }
        }
        return broken == null ? text : broken.append(text, kept, text.length()).toString();
    }

    /** Full-width and small forms, which models' tokenisers may fold as we do. */
    private boolean mayBegin(char c) {
        if (c < 0xFE50 || c > 0xFFEE) {
            return false;
        }
        String folded = Folding.fold(String.valueOf(c));
        return !folded.isEmpty() && rules.beginsToken(folded.charAt(0));
    }

    /** Folds no more than what still may be a token: a run of characters that begin one costs what its length does. */
    private boolean isToken(String text, int at) {
        int end = Math.min(text.length(), at + 3 * 40);
        StringBuilder folded = new StringBuilder();
        for (int i = at; i < end; ) {
            int next = Math.min(end, i + Character.charCount(text.codePointAt(i)));
            folded.append(Folding.fold(text.substring(i, next)));
            i = next;
            if (!folded.isEmpty()) {
                String begun = folded.toString();
                if (rules.tokenAt(begun, 0) > 0) {
                    return true;
                }
                if (!rules.mayBecomeToken(begun)) {
                    return false;
                }
            }
        }
        return false;
    }
}
