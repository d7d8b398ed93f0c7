package io.github.camelllm.privacy;

import io.github.camelllm.call.text.TextFilter;

/**
 * Looks at a text as it comes, and replaces what is found in it. Words that cannot be a part of a finding go out as soon as
 * they are whole. Words that can are held while more such words follow, and are looked at together, along with some of what
 * has gone out before.
 *
 * <p>Where the text is parted depends on the text alone, never on the pieces it comes in. What is held has bounds: see {@link
 * #MOST}, {@link #MOST_OF_WORD} and {@link #MOST_OF_BLOCK}.
 */
final class AnswerRedactor implements TextFilter {

    /** So many characters of words that belong together are held at most, and the word that goes beyond. */
    static final int MOST = 256;

    /** So many characters of one word are held at most. */
    static final int MOST_OF_WORD = 4096;

    /** So many characters of a block such as a PEM key are held at most. */
    static final int MOST_OF_BLOCK = 16_384;

    /** So much of what has gone out is looked at again, for its words. */
    private static final int CONTEXT = 128;

    private static final int SLICE = 2048;
    private static final String BLOCK_BEGIN = "-----BEGIN";
    private static final String BLOCK_END = "-----END";

    private final Hold hold;
    private final Look look;
    /** What has come, but for what has gone out long ago. */
    private final StringBuilder buffer = new StringBuilder();

    private final StringBuilder out = new StringBuilder();
    private int gone;
    /** Where the words begin that are held; what lies between {@link #gone} and here may go. */
    private int start;

    private int read;
    /** Where the word begins that is being read; -1 between words. */
    private int word = -1;
    /** Whether words are held that may be a part of a finding. */
    private boolean hot;
    /** The last words, if more words may make an entry of a word list of them. */
    private String beginning = "";

    private boolean block;
    /** Whether the block's end has begun. */
    private boolean ending;
    /** Whether the rest of a word goes with what was found up to its cut. */
    private boolean swallowing;

    /** Looks at a part of the text. */
    @FunctionalInterface
    interface Look {
        /**
         * @param before what stands before it, for its words alone
         * @param part the part
         * @param least how much of it must be looked at: what is found across that place is left, or taken whole
         */
        Looked at(String before, String part, int least);

        /** Tells of a part that goes out without a look. */
        default void passed(CharSequence text, int from, int to) {
            // what it says need not be known
        }
    }

    /**
     * What has become of a part.
     *
     * @param text what may go out
     * @param length how much of the part that stands for
     * @param open whether something was found that reaches to the very end of the part
     */
    record Looked(String text, int length, boolean open) {}

    AnswerRedactor(Hold hold, Look look) {
        this.hold = hold;
        this.look = look;
    }

    @Override
    public String push(String piece) {
        for (int from = 0; from < piece.length(); from += SLICE) {
            buffer.append(piece, from, Math.min(piece.length(), from + SLICE));
            readOn();
            let(start);
            forget();
        }
        return taken(piece);
    }

    @Override
    public String end() {
        endOfWord();
        release(read, read);
        let(start);
        return taken("");
    }

    private String taken(String piece) {
        String text = piece.contentEquals(out) ? piece : out.toString();
        out.setLength(0);
        return text;
    }

    private void let(int to) {
        look.passed(buffer, gone, to);
        out.append(buffer, gone, to);
        gone = to;
    }

    private void forget() {
        int old = gone - CONTEXT;
        if (old > 0) {
            buffer.delete(0, old);
            gone -= old;
            start -= old;
            read -= old;
            word -= word < 0 ? 0 : old;
        }
    }

    private void readOn() {
        while (read < buffer.length()) {
            char c = buffer.charAt(read);
            if (swallowing && isOfKey(c)) {
                buffer.deleteCharAt(read);
                continue;
            }
            swallowing = false;
            if (Words.isBlank(c)) {
                endOfWord();
                blank(c);
            } else if (Words.isAlone(c) && !hold.lines()) {
                endOfWord();
                word = read++;
                endOfWord();
            } else {
                word = word < 0 ? read : word;
                read++;
                if (read - word >= MOST_OF_WORD && !block || read - start >= MOST_OF_BLOCK) {
                    cut();
                }
            }
        }
    }

    private static boolean isOfKey(char c) {
        return Restorer.isWord(c) || c == '+' || c == '/' || c == '=' || c == '-' || c == '.';
    }

    /** A blank stays with the words before it. A blank line parts what it stands between. */
    private void blank(char c) {
        boolean parts = c == '\n' && (hold.lines() || read > start && buffer.charAt(read - 1) == '\n');
        read++;
        if (!block && (parts || !hot && beginning.isEmpty())) {
            release(read, read);
        }
    }

    private void endOfWord() {
        if (word < 0) {
            return;
        }
        int from = word;
        word = -1;
        int begins = block ? from : find(BLOCK_BEGIN, from);
        if (begins >= 0) {
            ending &= block;
            hot = true;
            block = !isBlockOver(begins);
            return;
        }
        boolean now = hold.lines() || Words.isHot(buffer, from, read);
        if (beginning.isEmpty() && !(hot && now)) {
            release(from, from);
        }
        hot |= now;
        beginning = hold.beginnings().isEmpty() ? "" : beginning(buffer.substring(from, read));
        if (!now && beginning.isEmpty()) {
            release(read, read);
        } else if (read - start > MOST && !hold.lines() || read - start > MOST_OF_WORD) {
            release(from > start ? from : read, read);
            hot = start < read;
        }
    }

    /** The longest beginning of an entry that ends with this word; empty for none. */
    private String beginning(String last) {
        String folded = Hold.fold(last);
        String words = beginning;
        while (!words.isEmpty()) {
            String more = words + " " + folded;
            if (hold.beginnings().contains(more)) {
                return more;
            }
            int blank = words.indexOf(' ');
            words = blank < 0 ? "" : words.substring(blank + 1);
        }
        return hold.beginnings().contains(folded) ? folded : "";
    }

    private int find(String mark, int from) {
        for (int at = from; at <= read - mark.length(); at++) {
            int same = 0;
            while (same < mark.length() && buffer.charAt(at + same) == mark.charAt(same)) {
                same++;
            }
            if (same == mark.length()) {
                return at;
            }
        }
        return -1;
    }

    /** Whether the block is over with the word that has just ended: what its end is made of has no blanks. */
    private boolean isBlockOver(int from) {
        int at = from;
        if (!ending) {
            int end = find(BLOCK_END, from);
            ending = end >= 0;
            at = end + BLOCK_END.length();
        }
        return ending && find("-----", at) >= 0;
    }

    /** A word without an end: what has come of it is looked at. */
    private void cut() {
        hot = true;
        block = false;
        beginning = "";
        swallowing = release(read, read);
        word = -1;
    }

    /**
     * Has what is held looked at, if need be, and lets it go.
     *
     * @param least up to where it must go
     * @param most up to where it is looked at
     * @return whether something was found that reaches to the very end
     */
    private boolean release(int least, int most) {
        if (least <= start) {
            return false;
        }
        boolean open = false;
        if (hot || hold.everything()) {
            let(start);
            Looked looked = look.at(
                    buffer.substring(Math.max(0, start - CONTEXT), start),
                    buffer.substring(start, most),
                    least - start);
            out.append(looked.text());
            gone += looked.length();
            start = gone;
            open = looked.open();
        } else {
            start = least;
        }
        hot = false;
        return open;
    }
}
