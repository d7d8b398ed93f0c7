package io.github.camelllm.inspect;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads the words of a text that comes in pieces, folded so that {@code Café}, {@code CAFE} and {@code café} in full-width
 * letters are the same. Scripts without blanks between words (Chinese, Japanese, Thai, ...) are read character by character.
 */
final class Words {

    /** A longer word is cut; none in a list is as long. */
    private static final int LONGEST = 64;

    /** Gets each word as soon as it is over. */
    @FunctionalInterface
    interface Sink {
        /**
         * @param word folded
         * @param start where it begins in the whole text
         * @param end where it ends
         */
        void word(String word, long start, long end);
    }

    /** Where in a JSON text the reader is. */
    private enum Json {
        NONE,
        OUTSIDE,
        STRING,
        ESCAPE,
        UNICODE
    }

    private final Sink sink;
    private final StringBuilder word = new StringBuilder();
    private Json json;
    private int digits;
    private int code;
    private boolean plain = true;
    private char high;
    private long highFrom;
    private long start;
    private long end;
    private long escape;
    private long at;

    /** @param ofJson whether only the strings of a JSON text are read, with their escapes resolved */
    Words(Sink sink, boolean ofJson) {
        this.sink = sink;
        this.json = ofJson ? Json.OUTSIDE : Json.NONE;
    }

    /** The folded words of a text. */
    static List<String> of(String text) {
        List<String> words = new ArrayList<>();
        Words reader = new Words((word, from, to) -> words.add(word), false);
        reader.read(text);
        reader.finish();
        return words;
    }

    /** Where the word begins that is not over yet; where the text ends so far, if none is open. */
    long open() {
        return json == Json.ESCAPE || json == Json.UNICODE
                ? word.isEmpty() ? escape : start
                : word.isEmpty() && high == 0 ? at : start;
    }

    /** Reads the next piece. */
    void read(String piece) {
        for (int i = 0; i < piece.length(); i++) {
            char c = piece.charAt(i);
            if (json == Json.NONE) {
                take(c, at, at + 1);
            } else {
                readJson(c);
            }
            at++;
        }
    }

    /** Says that no more comes. */
    void finish() {
        over();
    }

    private void readJson(char c) {
        switch (json) {
            case STRING -> {
                if (c == '\\') {
                    json = Json.ESCAPE;
                    escape = at;
                } else {
                    json = c == '"' ? Json.OUTSIDE : Json.STRING;
                    take(c, at, at + 1);
                }
            }
            case ESCAPE -> {
                json = c == 'u' ? Json.UNICODE : Json.STRING;
                digits = 0;
                code = 0;
                if (c != 'u') {
                    take(' ', escape, at + 1); // a line break, a quote: none is part of a word
                }
            }
            case UNICODE -> {
                code = code * 16 + Math.max(0, Character.digit(c, 16));
                if (++digits == 4) {
                    json = Json.STRING;
                    take((char) code, escape, at + 1);
                }
            }
            default -> json = c == '"' ? Json.STRING : Json.OUTSIDE;
        }
    }

    /** A character that stands from one place to another: an escape is longer than the character. */
    private void take(char c, long from, long to) {
        if (c < 128) {
            ascii(c, from, to);
        } else if (Character.isHighSurrogate(c)) {
            if (word.isEmpty()) {
                start = from;
            }
            high = c;
            highFrom = from;
        } else if (Character.isLowSurrogate(c) && high != 0) {
            int codePoint = Character.toCodePoint(high, c);
            high = 0;
            other(codePoint, highFrom, to);
        } else {
            high = 0;
            other(c, from, to);
        }
    }

    private void ascii(char c, long from, long to) {
        high = 0;
        if (c >= 'a' && c <= 'z' || c >= '0' && c <= '9') {
            add(c, from, to);
        } else if (c >= 'A' && c <= 'Z') {
            add((char) (c + 32), from, to);
        } else if (c != '\'' || word.isEmpty()) { // an apostrophe within a word is no part of it, and no end
            over();
        }
    }

    private void other(int c, long from, long to) {
        if (c == '\u2019' && !word.isEmpty() || isInvisible(c)) {
            return;
        }
        if (!Character.isLetterOrDigit(c) && Character.getType(c) != Character.NON_SPACING_MARK) {
            over();
            return;
        }
        if (isWordByItself(c)) {
            over();
            start = from;
            end = to;
            sink.word(Character.toString(c), from, to);
            return;
        }
        plain = false;
        for (char part : Character.toChars(c)) {
            add(part, from, to);
        }
    }

    private void add(char c, long from, long to) {
        if (word.isEmpty()) {
            start = from;
        }
        if (word.length() < LONGEST) {
            word.append(c);
        }
        end = to;
    }

    private void over() {
        if (!word.isEmpty()) {
            String folded = plain ? word.toString() : fold(word);
            word.setLength(0);
            plain = true;
            sink.word(folded, start, end);
        }
    }

    private static String fold(CharSequence word) {
        String letters = Normalizer.normalize(word, Normalizer.Form.NFKD).toLowerCase(Locale.ROOT);
        StringBuilder folded = new StringBuilder(letters.length());
        letters.codePoints()
                .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
                .forEach(c -> {
                    switch (c) {
                        case '\u00df' -> folded.append("ss");
                        case '\u0142' -> folded.append('l');
                        case '\u00f8' -> folded.append('o');
                        case '\u0131' -> folded.append('i');
                        default -> folded.appendCodePoint(c);
                    }
                });
        return folded.toString();
    }

    /** Soft hyphens, joiners, marks of direction: they are not seen, and break words for programs alone. */
    private static boolean isInvisible(int c) {
        return Character.getType(c) == Character.FORMAT || c >= 0xfe00 && c <= 0xfe0f;
    }

    private static boolean isWordByItself(int c) {
        if (c < 0x0e00) {
            return false;
        }
        return switch (UnicodeScript.of(c)) {
            case HAN, HIRAGANA, KATAKANA, THAI, LAO, KHMER, MYANMAR -> true;
            default -> false;
        };
    }
}
