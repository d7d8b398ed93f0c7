package io.github.camelllm.privacy.detect;

import static io.github.camelllm.privacy.detect.Checksums.luhn;
import static io.github.camelllm.privacy.detect.Checksums.number;

import java.util.List;

/** Numbers of Spain, Italy and France. */
final class SouthernEurope {

    private static final String NIF = "TRWAGMYFPDXBNJZSQVHLCKE";
    private static final int[] CODICE_ODD = {
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23
    };

    private SouthernEurope() {}

    static List<Scheme> schemes() {
        return List.of(
                new Scheme(PiiType.ES_NIF, 0.7, s -> nif(s, 0), "9{8}A", "9{8}-A", "99.999.999-A"),
                new Scheme(PiiType.ES_NIF, 0.45, s -> nif(s, 0), "9{7}A", "9{7}-A", "9{8} A"),
                new Scheme(
                        PiiType.ES_NIE, 0.8, s -> "XYZ".indexOf(s.charAt(0)) >= 0 && nif(s, 1), "A9{7}A", "A-9{7}-A"),
                new Scheme(PiiType.ES_PASSPORT, 0.28, Scheme.ANY, "AAA9{6}"),
                new Scheme(PiiType.IT_FISCAL_CODE, 0.7, SouthernEurope::codice, "A{6}XXAXXAXXXA"),
                new Scheme(PiiType.IT_VAT_CODE, 0.36, SouthernEurope::partitaIva, "9{11}"),
                new Scheme(PiiType.IT_VAT_CODE, 0.7, SouthernEurope::partitaIvaOfItaly, "AA9{11}"),
                new Scheme(PiiType.IT_DRIVER_LICENSE, 0.4, Scheme.ANY, "AA9{7}A"),
                new Scheme(PiiType.IT_DRIVER_LICENSE, 0.45, s -> s.charAt(0) == 'U' && s.charAt(1) == '1', "A9X{7}A"),
                new Scheme(PiiType.IT_IDENTITY_CARD, 0.3, Scheme.ANY, "AA9{5}AA", "9{7}AA"),
                new Scheme(PiiType.IT_IDENTITY_CARD, 0.2, Scheme.ANY, "AA9{7}"),
                new Scheme(PiiType.IT_PASSPORT, 0.2, Scheme.ANY, "AA9{7}"),
                new Scheme(
                        PiiType.FR_NIR,
                        0.6,
                        SouthernEurope::nir,
                        "9{5}XX9{8}",
                        "9 99 99 XX 999 999 99",
                        "9{5}XX9{6} 99"));
    }

    /** The letter is the number's rest by 23; the first letter of a foreigner's stands for a digit. */
    private static boolean nif(CharSequence s, int from) {
        int value = from == 0 ? 0 : "XYZ".indexOf(s.charAt(0));
        for (int i = from; i < s.length() - 1; i++) {
            value = value * 10 + s.charAt(i) - '0';
        }
        return value > 0 && NIF.charAt(value % 23) == s.charAt(s.length() - 1);
    }

    /** Month, day (40 more for women) and, where they are no letters put for digits, their range; or the check letter. */
    private static boolean codice(CharSequence s) {
        if ("ABCDEHLMPRST".indexOf(s.charAt(8)) < 0) {
            return false;
        }
        boolean plain = true;
        for (int at : new int[] {6, 7, 9, 10, 12, 13, 14}) {
            plain &= Letters.isDigit(s.charAt(at));
        }
        if (plain) {
            int day = number(s, 9, 11);
            return day >= 1 && day <= 31 || day >= 41 && day <= 71;
        }
        int sum = 0;
        for (int i = 0; i < 15; i++) {
            char c = s.charAt(i);
            int value = c <= '9' ? c - '0' : c - 'A';
            sum += i % 2 == 0 ? CODICE_ODD[value] : value;
        }
        return sum % 26 == s.charAt(15) - 'A';
    }

    private static boolean partitaIva(CharSequence s) {
        return number(s, 0, 7) != 0 && !Checksums.monotone(s) && luhn(s);
    }

    private static boolean partitaIvaOfItaly(CharSequence s) {
        return s.charAt(0) == 'I' && s.charAt(1) == 'T' && luhn(s, 2, 0);
    }

    /** Sex, year, month, department, commune, order, and 97 less their rest; Corsica's departments are 2A and 2B. */
    private static boolean nir(CharSequence s) {
        char sex = s.charAt(0);
        int month = number(s, 3, 5);
        char second = s.charAt(6);
        boolean island = s.charAt(5) == '2' && (second == 'A' || second == 'B');
        if ("1278".indexOf(sex) < 0
                || !(month >= 1 && month <= 12 || month >= 20 && month <= 42 || month >= 50)
                || !island && (!Letters.isDigit(s.charAt(5)) || !Letters.isDigit(second))) {
            return false;
        }
        String digits = s.subSequence(0, 5)
                + (island ? second == 'A' ? "19" : "18" : s.subSequence(5, 7).toString())
                + s.subSequence(7, 13);
        return 97 - Long.parseLong(digits) % 97 == number(s, 13, 15);
    }
}
