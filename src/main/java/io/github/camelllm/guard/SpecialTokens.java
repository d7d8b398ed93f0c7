package io.github.camelllm.guard;

/** Breaks up the tokens with which chat templates mark who speaks, so that no tokeniser takes them for what they look like. */
final class SpecialTokens {

    /** As many characters are looked at before more are folded, lest what only begins like a token takes time. */
    private static final int LOOKED_AT = 4;

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

    private boolean isToken(String text, int at) {
        int end = Math.min(text.length(), at + 3 * 40);
        StringBuilder folded = new StringBuilder();
        int next = at;
        while (next < end && folded.length() < LOOKED_AT) {
            int from = next;
            next = Math.min(end, from + Character.charCount(text.codePointAt(from)));
            folded.append(Folding.fold(text.substring(from, next)));
        }
        String begun = folded.toString();
        return rules.mayBecomeToken(begun)
                && rules.tokenAt(
                                folded.append(Folding.fold(text.substring(next, end)))
                                        .toString(),
                                0)
                        > 0;
    }
}
