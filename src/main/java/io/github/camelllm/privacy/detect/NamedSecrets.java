package io.github.camelllm.privacy.detect;

import java.util.Locale;
import java.util.Set;

/** Keys, tokens and passwords that nothing marks but the name that they are assigned to: {@code api_key = "..."}. */
final class NamedSecrets {

    /** The longest value. */
    private static final int VALUE = 1_024;

    /** The shortest value, and the shortest that need not have small letters and capitals both. */
    private static final int SHORTEST = 16;

    private static final int LONG = 20;
    private static final int LONGEST_GAP = 24;
    private static final int LONGEST_LEAD = 6;

    /** The shortest password that somebody has made up, and the longest name of a value. */
    private static final int PASSWORD = 8;

    private static final int NAME = 24;
    private static final Set<String> LEADS = Set.of("is", "was", "value", "ist", "lautet", "est", "es", "era", "e");

    private NamedSecrets() {}

    /** Whether a word in camel case names a key: {@code secretAccessKey}. */
    static boolean isName(String text, int start, int end) {
        if (end - start <= 4) {
            return false;
        }
        int last = text.charAt(end - 1) == 's' ? end - 1 : end;
        return switch (text.charAt(last - 1)) {
            case 'y' -> ends(text, start, last, "Key");
            case 't' -> ends(text, start, last, "Secret");
            case 'n' -> ends(text, start, last, "Token");
            case 'd' ->
                ends(text, start, last, "Password")
                        || ends(text, start, last, "Passwd")
                        || ends(text, start, last, "Pwd");
            case 'e' -> ends(text, start, last, "Passphrase");
            case 'l' -> ends(text, start, last, "Credential");
            default -> false;
        };
    }

    private static boolean ends(String text, int start, int end, String name) {
        int at = end - name.length();
        return at > start && text.startsWith(name, at) && text.charAt(at - 1) >= 'a';
    }

    /** Whether what stands between a name and a word assigns: no comma of a list, no dot or underscore of a longer name. */
    static boolean assigns(String text, int name, int start) {
        if (start - name > LONGEST_GAP) {
            return false;
        }
        boolean sign = false;
        for (int i = name; i < start; i++) {
            char c = text.charAt(i);
            sign |= c == '=' || c == ':';
            if (c == ','
                    || c == ')'
                    || c == ';'
                    || c == '\n' && !sign
                    || i == name && name > 0 && "._/-".indexOf(c) >= 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether a word behind one that names a key leads on to the value: {@code API_KEY_2 =}, {@code "value":}, {@code is}. */
    static boolean leadsOn(String text, int name, int start, int end) {
        if (end - start > LONGEST_LEAD || start - name > LONGEST_GAP) {
            return false;
        }
        boolean numbered = end - start <= 2 && start - name == 1 && Letters.isDigit(text.charAt(start));
        return numbered || LEADS.contains(text.substring(start, end).toLowerCase(Locale.ROOT));
    }

    /**
     * Notes a key that nothing marks but the name before it: {@code api_key = "..."}.
     *
     * @param named where the word ends that names a key
     * @param name where what leads on from there to the value ends; the same place where nothing does
     * @param start where the first word behind it begins
     * @return where what was looked at ends, so that it is looked at once
     */
    static int assigned(String text, int named, int name, int start, Candidates found) {
        if (isAssignment(text, start)) {
            return start;
        }
        int from = start;
        while (from > name && (text.charAt(from - 1) == '/' || text.charAt(from - 1) == '+')) {
            from--;
        }
        int to = quoted(text, name, start);
        if (to > 0) {
            from = quote(text, name, start) + 1;
        } else {
            to = from;
            while (to < text.length() && to - from < VALUE && isValue(text.charAt(to))) {
                to++;
            }
            while (to > from && ".!?*".indexOf(text.charAt(to - 1)) >= 0) {
                to--;
            }
        }
        boolean secret = isRandom(text, from, to) || isPasswordsName(text, named) && isPassword(text, from, to);
        if (to - from < VALUE && secret) {
            found.add(from, to, PiiType.API_KEY, 0.2);
        }
        return to;
    }

    /** Whether a name comes first, such as {@code access_key=...}: its value has a turn of its own. */
    private static boolean isAssignment(String text, int start) {
        int at = start;
        while (at < text.length()
                && at - start < NAME
                && (Letters.isLatin(text.charAt(at)) || text.charAt(at) == '_')) {
            at++;
        }
        return at + 1 < text.length()
                && text.charAt(at) == '='
                && Secrets.isKey(text.charAt(at + 1))
                && text.charAt(at + 1) != '=';
    }

    /** Where the quotation mark stands that opens a value; -1 where none does. */
    private static int quote(String text, int name, int start) {
        int at = start - 1;
        while (at >= name && !isQuote(text.charAt(at)) && " \t\r\n:=,".indexOf(text.charAt(at)) < 0) {
            at--;
        }
        return at >= name && isQuote(text.charAt(at)) ? at : -1;
    }

    /** Where a value in quotation marks ends, which has no blanks; 0 where there is none. */
    private static int quoted(String text, int name, int start) {
        int open = quote(text, name, start);
        if (open < 0) {
            return 0;
        }
        int at = start;
        while (at < text.length()
                && at - start < VALUE
                && text.charAt(at) > ' '
                && text.charAt(at) != text.charAt(open)) {
            at++;
        }
        boolean closed = at < text.length() && text.charAt(at) == text.charAt(open);
        return !closed ? 0 : text.charAt(at - 1) == '\\' ? at - 1 : at;
    }

    private static boolean isQuote(char c) {
        return c == '"' || c == '\'' || c == '`';
    }

    private static boolean isValue(char c) {
        return Secrets.isKey(c) || "~!@#$%^*?".indexOf(c) >= 0;
    }

    private static boolean isPasswordsName(String text, int end) {
        int start = end;
        while (start > 0 && end - start < NAME && Letters.isWord(text.charAt(start - 1))) {
            start--;
        }
        String name = text.substring(start, end).toLowerCase(Locale.ROOT);
        return name.contains("pass") || name.contains("pwd") || name.contains("kennwort");
    }

    /** Whether there are letters, digits and signs that neither names nor paths have. */
    private static boolean isPassword(String text, int start, int end) {
        int letters = 0;
        int digits = 0;
        int signs = 0;
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            letters += Letters.isLatin(c) ? 1 : 0;
            digits += Letters.isDigit(c) ? 1 : 0;
            signs += "!@#$%^&*+=~?".indexOf(c) >= 0 ? 1 : 0;
        }
        return end - start >= PASSWORD && letters > 0 && digits > 0 && signs > 0;
    }

    /**
     * Whether the kinds of characters change as often as in something that a machine has made. Names and paths have few
     * digits, and capitals only where words begin.
     */
    private static boolean isRandom(String text, int start, int end) {
        int length = end - start;
        if (length < SHORTEST) {
            return false;
        }
        int lower = 0;
        int upper = 0;
        int digits = 0;
        int joints = 0;
        int signs = 0;
        int changes = 0;
        char last = 0;
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            char kind = Letters.isDigit(c) ? '0' : c >= 'a' && c <= 'z' ? 'a' : c >= 'A' && c <= 'Z' ? 'A' : 0;
            lower += kind == 'a' ? 1 : 0;
            upper += kind == 'A' ? 1 : 0;
            digits += kind == '0' ? 1 : 0;
            joints += c == '.' || c == '_' ? 1 : 0;
            signs += kind == 0 && c != '-' ? 1 : 0;
            changes += kind != 0 && last != 0 && kind != last ? 1 : 0;
            last = kind;
        }
        if (length >= LONG
                && Secrets.mixed(text, start, end, 2)
                && (signs == 0 || digits * 4 >= length || changes * 6 >= length)) {
            return true;
        }
        signs -= joints;
        return joints < 3 && lower > 0 && upper > 0 && (digits > 1 || signs > 0) && changes * 7 >= length * 2;
    }
}
