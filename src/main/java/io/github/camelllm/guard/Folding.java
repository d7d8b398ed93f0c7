package io.github.camelllm.guard;

import java.text.Normalizer;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Text as it is compared: small letters without marks, invisible characters and look-alikes, one code point at a time, so
 * that no input costs more than its length.
 *
 * <p>Compatible forms (full width, mathematical, circled letters) become plain ones as NFKC has it, Cyrillic and Greek letters that look
 * like Latin ones become those, wherever they stand: phrases are folded the same way and so still match. Characters of the
 * tag block, which nobody sees, become the letters that they stand for.
 */
final class Folding {

    /** Each letter of the first line looks like the one below it. */
    private static final String ALIKE =
            "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u051b\u051d\u04cf"
                    + "\u03b1\u03b5\u03bf\u03c1\u03b9\u03ba\u03bd\u03c5\u03c7\u03c4\u0261\u026a\u0131\u0142\u00f8\u0111\u03f2\u043a";

    private static final String LATIN = "aeopcyxijsdhqwl" + "aeopikvuxtgiilodck";

    private static final int TAGS = 0xE0000;

    /** Folded forms of the characters of the basic plane, found when first met; {@code ""} for those that fall away. */
    private static final AtomicReferenceArray<String> KNOWN = new AtomicReferenceArray<>(1 << 16);

    private Folding() {}

    /** The folded text; never null. */
    static String fold(String text) {
        StringBuilder folded = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                folded.append(c >= 'A' && c <= 'Z' ? (char) (c + 32) : c);
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                folded.append(astral(Character.toCodePoint(c, text.charAt(++i))));
            } else {
                folded.append(known(c));
            }
        }
        return folded.toString();
    }

    private static String known(char c) {
        String found = KNOWN.get(c);
        if (found == null) {
            found = foldPoint(c);
            KNOWN.lazySet(c, found);
        }
        return found;
    }

    private static String astral(int point) {
        if (point >= TAGS + 0x20 && point < TAGS + 0x7F) {
            return String.valueOf((char) Character.toLowerCase(point - TAGS));
        }
        if (point >= 0x1F150
                && point <= 0x1F189) { // white letters in black circles and squares have no plain form in Unicode
            int letter = (point - 0x1F150) % 0x20;
            return letter < 26 ? String.valueOf((char) ('a' + letter)) : "";
        }
        return foldPoint(point);
    }

    private static String foldPoint(int point) {
        if (point >= 0xAC00 && point <= 0xD7A3) { // Hangul syllables would fall into their letters
            return Character.toString(point);
        }
        String plain = Normalizer.normalize(Character.toString(point), Normalizer.Form.NFKD);
        StringBuilder folded = new StringBuilder(2);
        for (int i = 0; i < plain.length() && folded.length() < 3; ) {
            int at = plain.codePointAt(i);
            i += Character.charCount(at);
            if (!falls(at)) {
                int small = Character.toLowerCase(at);
                int alike = ALIKE.indexOf(small);
                folded.appendCodePoint(alike >= 0 ? LATIN.charAt(alike) : quote(small));
            }
        }
        return folded.toString();
    }

    private static boolean falls(int point) {
        int type = Character.getType(point);
        return type == Character.FORMAT
                || type == Character.NON_SPACING_MARK
                || type == Character.ENCLOSING_MARK
                || point == 0x034F
                || point == 0x115F
                || point == 0x3164;
    }

    private static int quote(int point) {
        return switch (point) {
            case 0x2018, 0x2019, 0x201B, 0x2032, 0x00B4 -> '\'';
            case 0x201C, 0x201D, 0x201E -> '"';
            default -> point;
        };
    }
}
