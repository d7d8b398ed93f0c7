package io.github.camelllm.privacy.detect;

import static io.github.camelllm.privacy.detect.Checksums.digit;
import static io.github.camelllm.privacy.detect.Checksums.monotone;
import static io.github.camelllm.privacy.detect.Checksums.number;
import static io.github.camelllm.privacy.detect.Checksums.weighted;

import java.util.List;

/** Numbers of Germany. */
final class Germany {

    private static final int[] PENSION = {2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1};
    private static final int[] MACHINE_READABLE = {7, 3, 1};

    private Germany() {}

    static List<Scheme> schemes() {
        return List.of(
                new Scheme(PiiType.DE_TAX_ID, 0.42, Germany::taxId, "9{11}"),
                new Scheme(PiiType.DE_TAX_ID, 0.5, Germany::taxId, "99 999 999 999"),
                new Scheme(
                        PiiType.DE_TAX_NUMBER,
                        0.3,
                        Scheme.ANY,
                        "999/999/99999",
                        "99/999/99999",
                        "99/999/9999",
                        "99/9999/9999",
                        "999/9999/9999"),
                new Scheme(PiiType.DE_TAX_NUMBER, Scheme.WEAK, s -> number(s, 0, 2) <= 32, "9{13}"),
                new Scheme(
                        PiiType.DE_VAT_ID,
                        0.75,
                        Germany::vatId,
                        "AA9{9}",
                        "AA 9{9}",
                        "AA 999 999 999",
                        "AA.999.999.999"),
                new Scheme(
                        PiiType.DE_SOCIAL_SECURITY,
                        0.75,
                        Germany::pension,
                        "9{8}A999",
                        "99 9{6} A 999",
                        "99 9{6} A999"),
                new Scheme(PiiType.DE_HEALTH_INSURANCE, 0.5, Germany::health, "A9{9}"),
                new Scheme(PiiType.DE_PASSPORT, 0.42, s -> document(s, "CFGHJK"), "AXXXXXXX9"),
                new Scheme(PiiType.DE_ID_CARD, 0.42, s -> document(s, "LMNPRTVWXY"), "AXXXXXXX9"),
                new Scheme(PiiType.DE_ID_CARD, 0.41, s -> document(s, "CFGHJK"), "AXXXXXXX9"),
                new Scheme(PiiType.DE_PASSPORT, 0.5, s -> machineRead(s, "CFGHJK"), "AX{8}9"),
                new Scheme(PiiType.DE_ID_CARD, 0.5, s -> machineRead(s, "LMNPRTVWXY"), "AX{8}9"),
                new Scheme(PiiType.DE_PASSPORT, 0.2, s -> isSerial(s, "CFGHJK"), "AX{8}"),
                new Scheme(PiiType.DE_ID_CARD, 0.2, s -> isSerial(s, "LMNPRTVWXY"), "AX{8}"),
                new Scheme(PiiType.DE_ID_CARD, 0.29, s -> s.charAt(0) == 'T', "A9{8}"),
                new Scheme(
                        PiiType.DE_FUEHRERSCHEIN,
                        0.2,
                        s -> s.chars().filter(c -> c <= '9').count() >= 3,
                        "AX{8}9X"),
                new Scheme(PiiType.DE_LANR, 0.36, Germany::physician, "9{9}"),
                new Scheme(PiiType.DE_BSNR, Scheme.WEAK, s -> !monotone(s), "9{9}"),
                new Scheme(
                        PiiType.DE_KFZ,
                        0.25,
                        Scheme.ANY,
                        "A-A 99",
                        "A-A 999",
                        "A-A 9999",
                        "A-AA 99",
                        "A-AA 999",
                        "A-AA 9999",
                        "AA-A 99",
                        "AA-A 999",
                        "AA-A 9999",
                        "AA-AA 99",
                        "AA-AA 999",
                        "AA-AA 9999",
                        "AAA-A 999",
                        "AAA-AA 99",
                        "AAA-AA 999",
                        "A-AA-999",
                        "A-AA-9999",
                        "AA-AA-999",
                        "AA-AA-9999",
                        "A AA 999",
                        "A AA 9999",
                        "AA AA 999",
                        "AA AA 9999",
                        "AA AA 99A"));
    }

    /** One digit stands twice or three times among the first ten, and the last checks the others. */
    private static boolean taxId(CharSequence s) {
        int[] times = new int[10];
        for (int i = 0; i < 10; i++) {
            times[digit(s, i)]++;
        }
        int repeated = 0;
        for (int count : times) {
            if (count > 3) {
                return false;
            }
            repeated += count > 1 ? 1 : 0;
        }
        return s.charAt(0) != '0' && repeated <= 1 && Checksums.mod11And10(s);
    }

    private static boolean vatId(CharSequence s) {
        return s.charAt(0) == 'D' && s.charAt(1) == 'E' && s.charAt(2) != '0' && Checksums.mod11And10(s, 2);
    }

    /** Area, birthday (50 more where two share it), the name's first letter as two digits, a serial and a check digit. */
    private static boolean pension(CharSequence s) {
        int letter = s.charAt(8) - 'A' + 1;
        int sum = 0;
        for (int i = 0; i < PENSION.length; i++) {
            int value = i < 8 ? digit(s, i) : i == 8 ? letter / 10 : i == 9 ? letter % 10 : digit(s, i - 1);
            int product = value * PENSION[i];
            sum += product / 10 + product % 10;
        }
        int born = number(s, 2, 4);
        return born % 50 <= 31 && number(s, 4, 6) <= 12 && sum % 10 == digit(s, 11);
    }

    private static boolean health(CharSequence s) {
        int letter = s.charAt(0) - 'A' + 1;
        int sum = letter / 10 + cross(letter % 10 * 2);
        for (int i = 1; i < 9; i++) {
            sum += cross(digit(s, i) * (i % 2 == 1 ? 1 : 2));
        }
        return sum % 10 == digit(s, 9);
    }

    private static int cross(int value) {
        return value / 10 + value % 10;
    }

    /** Nine characters of which the last checks the others, as on papers of before 2010. */
    private static boolean document(CharSequence s, String first) {
        return isSerial(s, first) && check(s, 8) == digit(s, 8);
    }

    /** The nine characters of a document with the check digit that machines read behind them. */
    private static boolean machineRead(CharSequence s, String first) {
        return isSerial(s.subSequence(0, 9), first) && check(s, 9) == digit(s, 9);
    }

    /** Whether a first letter is one of some, and neither vowels nor letters that look like digits follow. */
    private static boolean isSerial(CharSequence s, String first) {
        boolean digits = false;
        for (int i = 0; i < s.length(); i++) {
            if ("ABDEIOQSU".indexOf(s.charAt(i)) >= 0) {
                return false;
            }
            digits |= Letters.isDigit(s.charAt(i));
        }
        return digits && first.indexOf(s.charAt(0)) >= 0;
    }

    private static int check(CharSequence s, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            char c = s.charAt(i);
            sum += (c <= '9' ? c - '0' : c - 'A' + 10) * MACHINE_READABLE[i % 3];
        }
        return sum % 10;
    }

    private static boolean physician(CharSequence s) {
        return (10 - weighted(s, 0, 4, 9, 4, 9, 4, 9) % 10) % 10 == digit(s, 6) && number(s, 7, 9) != 0;
    }
}
