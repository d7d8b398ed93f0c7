package io.github.camelllm.cache.semantic;

/**
 * A piece of a question.
 *
 * @param text as it is written; of a quotation what stands within
 * @param low in lower case
 * @param first whether a sentence begins with it, so that a capital letter says nothing
 */
record Token(Kind kind, String text, String low, boolean first) {

    /** What a piece is. */
    enum Kind {
        /** A word, without the apostrophes and hyphens that joined it to others. */
        WORD,
        /** What only the very same will do for: code, name with digits, quotation, address, path, version. */
        EXACT,
        /** A number, in digits; {@code low} holds what is glued to it. */
        NUMBER,
        /** A date in digits. */
        DATE,
        /** A time of day. */
        TIME,
        /** A sign that says something. */
        SIGN,
        /** Punctuation: what stands before and after belongs less together. */
        BREAK
    }

    /** What two pieces that are the same piece have in common. */
    String raw() {
        return kind == Kind.NUMBER ? text + low : kind == Kind.EXACT || acronym() ? text : low;
    }

    boolean capital() {
        return kind == Kind.WORD && Character.isUpperCase(text.codePointAt(0));
    }

    /** Whether all its letters are capitals, of which there are two or more. */
    boolean acronym() {
        return kind == Kind.WORD && text.length() > 1 && text.chars().allMatch(Character::isUpperCase);
    }
}
