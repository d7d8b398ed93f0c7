package io.github.camelllm.privacy;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a word is to those who read a text as it comes. */
final class Words {

    /** So long a word may be a key, a token or an address without any digit. */
    private static final int LONG = 16;

    private static final int SHORT = 4;

    /** The names of months in dates, by their first letters. */
    private static final Set<String> MONTHS =
            Set.of(("jan feb mar apr may jun jul aug sep oct nov dec fev fév mär maa mrt abr avr mai mag mei jui"
                            + " giu lug ago aoû aou set okt ott out dez dic déc gen ene")
                    .split(" "));

    /** Those of them that are in ASCII, each by {@link #key}. */
    private static final BitSet ASCII_MONTHS = new BitSet(1 << 15);

    static {
        for (String month : MONTHS) {
            if (month.chars().allMatch(c -> c < 0x80)) {
                ASCII_MONTHS.set(key(month, 0));
            }
        }
    }

    private Words() {}

    /** Whether a character stands between words. */
    static boolean isBlank(char c) {
        return c <= ' ' || c == '\u00a0' || c == '\u2028' || c == '\u2029' || c == '\u3000' || c == '\u202f';
    }

    /** Whether a character is a word by itself: of scripts that put no blanks between words. */
    static boolean isAlone(char c) {
        return c >= '\u0e00'
                && !(c >= '\u2000' && c <= '\u206f')
                && !Character.isSurrogate(c)
                && !Character.isDigit(c)
                && !(c >= '\uff01' && c <= '\uff5e')
                && !(c >= '\uac00' && c <= '\ud7a3')
                && Character.isLetter(c);
    }

    /**
     * Whether a word may be a part of something that is looked for, by its looks: it has a digit, an address's or a key's
     * marks, is a short one in capitals or a month, or long.
     */
    static boolean isHot(CharSequence text, int from, int to) {
        int length = to - from;
        if (length >= LONG) {
            return true;
        }
        int marks = 0;
        int letters = 0;
        int capitals = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c >= '0' && c <= '9' || c == '@' || c == '+' || c > 0x7f && Character.isDigit(c)) {
                return true;
            }
            if (c == ':' || c == '-' || c == '.' || c == '/' || c == '_' || c == '\\') {
                marks++;
            } else if (c >= 'a' && c <= 'z') {
                letters++;
            } else if (c >= 'A' && c <= 'Z' || c > 0x7f && Character.isLetter(c)) {
                letters++;
                capitals += c < 0x80 || Character.isUpperCase(c) ? 1 : 0;
            }
        }
        return marks > 1 || letters > 0 && letters <= SHORT && capitals == letters || isMonth(text, from, to, letters);
    }

    private static boolean isMonth(CharSequence text, int from, int to, int letters) {
        if (letters < 3 || letters > 10 || to - from < 3) {
            return false;
        }
        if ((text.charAt(from) | text.charAt(from + 1) | text.charAt(from + 2)) > 0x7f) {
            return MONTHS.contains(text.subSequence(from, from + 3).toString().toLowerCase(Locale.ROOT));
        }
        int key = key(text, from);
        return key >= 0 && ASCII_MONTHS.get(key);
    }

    /** A number for three ASCII letters, the same in any case; negative where one of them is none. */
    private static int key(CharSequence text, int from) {
        int key = 0;
        for (int i = from; i < from + 3; i++) {
            char c = text.charAt(i);
            int letter = (c | 0x20) - 'a';
            if (letter < 0 || letter > 25) {
                return -1;
            }
            key = key << 5 | letter;
        }
        return key;
    }

    /** The words of a text. */
    static List<String> split(String text) {
        List<String> words = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= text.length(); i++) {
            boolean alone = i < text.length() && isAlone(text.charAt(i));
            if (i == text.length() || isBlank(text.charAt(i)) || alone) {
                if (i > from) {
                    words.add(text.substring(from, i));
                }
                if (alone) {
                    words.add(text.substring(i, i + 1));
                }
                from = i + 1;
            }
        }
        return words;
    }
}
