package io.github.camelllm.call;

/** A JSON value that comes in pieces, of which only its end is wanted to be known: each character is looked at once. */
public final class PartialJson {

    private int depth;
    private boolean inText;
    private boolean escaped;
    private boolean begun;
    private boolean whole;

    /** Adds what comes next. */
    public void append(String piece) {
        for (int i = 0; i < piece.length() && !whole; i++) {
            char c = piece.charAt(i);
            if (inText) {
                insideText(c);
            } else if (c > ' ') {
                begun = true;
                outsideText(c);
            }
        }
    }

    private void insideText(char c) {
        if (escaped) {
            escaped = false;
        } else if (c == '\\') {
            escaped = true;
        } else if (c == '"') {
            inText = false;
            whole = depth == 0;
        }
    }

    private void outsideText(char c) {
        switch (c) {
            case '"' -> inText = true;
            case '{', '[' -> depth++;
            case '}', ']' -> {
                depth--;
                whole = depth <= 0;
            }
            default -> {
                // a number, a word or what stands between values
            }
        }
    }

    /** Whether nothing but white space has come. */
    public boolean isBlank() {
        return !begun;
    }

    /** Whether an object or array has begun and not ended. */
    public boolean isOpen() {
        return depth > 0 && !whole;
    }

    /** Whether an object, array or string has begun and ended. */
    public boolean isWhole() {
        return whole;
    }
}
