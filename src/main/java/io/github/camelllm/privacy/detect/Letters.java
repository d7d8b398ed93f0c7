package io.github.camelllm.privacy.detect;

import java.text.Normalizer;
import java.util.Locale;

/** What kind of character one is, for all that looks at text here. Every mapping keeps the length of a text. */
final class Letters {

    private static final int FOLDED = 0x250;
    private static final char[] PLAIN = new char[FOLDED];

    static {
        for (char c = 0; c < FOLDED; c++) {
            String bare = Normalizer.normalize(String.valueOf(c), Normalizer.Form.NFD);
            String low = bare.substring(0, 1).toLowerCase(Locale.ROOT);
            PLAIN[c] = switch (c) {
                case 'ı' -> 'i';
                case 'ø', 'Ø' -> 'o';
                case 'ł', 'Ł' -> 'l';
                case 'đ', 'Đ' -> 'd';
                default -> low.charAt(0);
            };
        }
    }

    private Letters() {}

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** A letter from A to Z, in either case. */
    static boolean isLatin(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    static boolean isHex(char c) {
        return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
    }

    /** Whether a character belongs to a word of a script that sets spaces between words. */
    static boolean isWord(char c) {
        if (c < 128) {
            return isDigit(c) || isLatin(c);
        }
        return !isUnspaced(c) && Character.isLetterOrDigit(c);
    }

    /** Whether a character is of a script that sets no spaces between words, or hangs endings on them. */
    static boolean isUnspaced(char c) {
        return c >= 0x0E00
                && (c <= 0x0EFF
                        || c >= 0x1100 && c <= 0x11FF
                        || c >= 0x3040 && c <= 0x9FFF
                        || c >= 0xAC00 && c <= 0xD7A3);
    }

    /** The small letter without its accent. */
    static char plain(char c) {
        if (c < 128) {
            return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
        }
        return c < FOLDED ? PLAIN[c] : Character.toLowerCase(c);
    }

    /** The plain digit, space or hyphen that a typographic one stands for; any other character as it is. */
    static char plainSign(char c) {
        if (c < 128) {
            return c;
        }
        if (c >= 0xFF10 && c <= 0xFF19) {
            return (char) (c - 0xFF10 + '0');
        }
        return switch (c) {
            case 0x00A0, 0x2007, 0x2009, 0x202F -> ' ';
            case 0x2010, 0x2011, 0x2012, 0x2013, 0x2212 -> '-';
            default -> c;
        };
    }

    static char upper(char c) {
        return c >= 'a' && c <= 'z' ? (char) (c - 32) : c;
    }
}
