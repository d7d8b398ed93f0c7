package io.github.camelllm.guard;

import java.util.function.Predicate;

/** Short passages in quotation marks, and in the marks of code: {@code "..."}, {@code `...`}, {@code „...“}, {@code «...»}, {@code 「...」}. */
final class Quotations {

    /** Characters of the longest passage that somebody quotes to speak about it; what is longer is a text by itself. */
    private static final int LONGEST = 300;

    /** What stands for a passage. */
    private static final String GAP = " \u2026 ";

    private static final String OPENING = "\"'`\u201c\u2018\u201e\u201a\u00ab\u00bb\u2039\u203a\u300c\u300e";

    /** What may close each of them. */
    private static final String[] CLOSING = {
        "\"",
        "'",
        "`",
        "\u201d\"",
        "\u2019'",
        "\u201c\u201d\"",
        "\u2018\u2019'",
        "\u00bb",
        "\u00ab",
        "\u203a",
        "\u2039",
        "\u300d",
        "\u300f"
    };

    private Quotations() {}

    /**
     * The text without some of these passages; the very same instance when it has none of them.
     *
     * @param which says of a passage, without its marks, whether it is taken out
     */
    static String removed(String text, Predicate<String> which) {
        StringBuilder rest = null;
        int kept = 0;
        for (int i = 0; i < text.length(); i++) {
            int kind = OPENING.indexOf(text.charAt(i));
            if (kind < 0 || !opens(text, i)) {
                continue;
            }
            int end = end(text, i, CLOSING[kind]);
            if (end > 0 && which.test(text.substring(i + 1, end))) {
                rest = rest == null ? new StringBuilder(text.length()) : rest;
                rest.append(text, kept, i).append(GAP);
                kept = end + 1;
                i = end;
            }
        }
        return rest == null ? text : rest.append(text, kept, text.length()).toString();
    }

    /** Whether a mark is no apostrophe, or inch, or the end of something. */
    private static boolean opens(String text, int at) {
        return text.charAt(at) > 0x7F || at == 0 || !Character.isLetterOrDigit(text.charAt(at - 1));
    }

    /** Where the mark stands that closes a passage; 0 when it is none. */
    private static int end(String text, int at, String closing) {
        int last = Math.min(text.length() - 1, at + LONGEST);
        for (int i = at + 2; i <= last; i++) {
            char c = text.charAt(i);
            if (closing.indexOf(c) >= 0
                    && (c > 0x7F && c != '\u2019'
                            || i + 1 == text.length()
                            || !Character.isLetterOrDigit(text.charAt(i + 1)))) {
                return i;
            }
        }
        return 0;
    }
}
