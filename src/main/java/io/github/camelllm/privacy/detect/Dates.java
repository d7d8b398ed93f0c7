package io.github.camelllm.privacy.detect;

import java.util.List;

/** Dates, of which only those of birth count: without a word for birth nearby they are nothing personal. */
final class Dates {

    private Dates() {}

    static List<Scheme> schemes() {
        return List.of(
                new Scheme(
                        PiiType.DATE_OF_BIRTH,
                        Scheme.WEAK,
                        s -> year(s, 0) && Checksums.day(Checksums.number(s, 4, 6), Checksums.number(s, 6, 8)),
                        "9999-99-99",
                        "9999/99/99",
                        "9999.99.99"),
                new Scheme(
                        PiiType.DATE_OF_BIRTH,
                        Scheme.WEAK,
                        s -> s.length() < 8 ? s.length() == 6 || year(s, s.length() - 4) : dayAndMonth(s),
                        "99/99/9999",
                        "99-99-9999",
                        "99.99.9999",
                        "99 99 9999",
                        "9/9/9999",
                        "9.9.9999",
                        "9-9-9999",
                        "99/9/9999",
                        "99.9.9999",
                        "9/99/9999",
                        "9.99.9999",
                        "99/99/99",
                        "99.99.99",
                        "99-99-99"));
    }

    private static boolean year(CharSequence s, int at) {
        int year = Checksums.number(s, at, at + 4);
        return year >= 1880 && year <= 2099;
    }

    private static boolean dayAndMonth(CharSequence s) {
        int one = Checksums.number(s, 0, 2);
        int two = Checksums.number(s, 2, 4);
        return year(s, 4) && (Checksums.day(one, two) || Checksums.day(two, one));
    }

    /** Notes a date around the name of a month: a day before it or behind it, and a year behind. */
    static void named(String text, int start, int end, Candidates found) {
        int year = number(text, skip(text, end, 2), 4, 4);
        int first = before(text, start);
        if (first < start && year > 0) {
            found.add(first, year, PiiType.DATE_OF_BIRTH, Scheme.WEAK);
            return;
        }
        int day = number(text, skip(text, end, 2), 1, 2);
        if (day > 0) {
            int behind = ordinal(text, day);
            int last = number(text, skip(text, behind, 2), 4, 4);
            if (last > 0) {
                found.add(start, last, PiiType.DATE_OF_BIRTH, Scheme.WEAK);
            }
        }
    }

    /** Where the day before a month begins, such as in {@code 12.} or {@code 3rd of}; the month's start where there is none. */
    private static int before(String text, int start) {
        int at = start;
        while (at > 0 && start - at < 8 && !Letters.isDigit(text.charAt(at - 1))) {
            char c = text.charAt(at - 1);
            if (c != ' ' && c != '.' && c != '-' && !Letters.isLatin(c)) {
                return start;
            }
            at--;
        }
        int digits = at;
        while (at > 0 && digits - at < 2 && Letters.isDigit(text.charAt(at - 1))) {
            at--;
        }
        return at == digits || at > 0 && Letters.isWord(text.charAt(at - 1)) ? start : at;
    }

    private static int ordinal(String text, int at) {
        return text.startsWith("st", at)
                        || text.startsWith("nd", at)
                        || text.startsWith("rd", at)
                        || text.startsWith("th", at)
                ? at + 2
                : at;
    }

    private static int skip(String text, int from, int most) {
        int at = from;
        while (at < text.length() && at - from < most && " .,-".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return at;
    }

    /** Where a number of so many digits ends that begins at a place; -1 where there is none. */
    private static int number(String text, int start, int least, int most) {
        int at = start;
        while (at < text.length() && at - start <= most && Letters.isDigit(text.charAt(at))) {
            at++;
        }
        return at - start >= least && at - start <= most ? at : -1;
    }
}
