package io.github.camelllm.privacy.detect;

import static io.github.camelllm.privacy.detect.Checksums.digit;
import static io.github.camelllm.privacy.detect.Checksums.luhn;
import static io.github.camelllm.privacy.detect.Checksums.monotone;
import static io.github.camelllm.privacy.detect.Checksums.number;
import static io.github.camelllm.privacy.detect.Checksums.weighted;

import java.util.List;
import java.util.Set;

/** Numbers of the United States, Canada and Brazil. */
final class Americas {

    /** Numbers that advertisements and samples have made known. */
    private static final Set<String> NOBODYS = Set.of("078051120", "219099999", "123456789", "987654321");

    private static final int NPI_PREFIX = 24; // what 80840 adds to Luhn's sum

    private Americas() {}

    static List<Scheme> schemes() {
        return List.of(
                new Scheme(PiiType.US_SSN, 0.65, Americas::ssn, "999-99-9999", "999 99 9999", "999.99.9999"),
                new Scheme(PiiType.US_SSN, 0.15, Americas::ssn, "9{9}"),
                new Scheme(PiiType.US_ITIN, 0.65, Americas::itin, "999-99-9999", "999 99 9999"),
                new Scheme(PiiType.US_ITIN, 0.38, Americas::itin, "9{9}", "999-9{6}", "99999-9999"),
                new Scheme(PiiType.US_PASSPORT, 0.27, Scheme.ANY, "A9{8}"),
                new Scheme(PiiType.US_PASSPORT, Scheme.WEAK, Scheme.ANY, "9{9}"),
                new Scheme(PiiType.ABA_ROUTING_NUMBER, 0.37, Americas::aba, "9{9}"),
                new Scheme(PiiType.ABA_ROUTING_NUMBER, 0.5, Americas::aba, "9999-9999-9"),
                new Scheme(
                        PiiType.US_BANK_NUMBER,
                        Scheme.WEAK,
                        number -> !monotone(number),
                        "9{8}",
                        "9{9}",
                        "9{10}",
                        "9{11}",
                        "9{12}",
                        "9{13}",
                        "9{14}",
                        "9{15}",
                        "9{16}",
                        "9{17}"),
                new Scheme(PiiType.US_NPI, 0.37, Americas::npi, "9{10}"),
                new Scheme(PiiType.US_NPI, 0.5, Americas::npi, "9999-999-999", "9999 999 999"),
                new Scheme(PiiType.US_MBI, 0.75, Americas::mbi, "9AX9-AX9-AA99", "9AX9 AX9 AA99", "9AX9AX9AA99"),
                new Scheme(PiiType.MEDICAL_LICENSE, 0.5, Americas::dea, "AA9{7}", "A9{8}"),
                new Scheme(PiiType.CA_SIN, 0.35, Americas::sin, "9{9}"),
                new Scheme(PiiType.CA_SIN, 0.42, Americas::sin, "999 999 999", "999-999-999"),
                new Scheme(PiiType.BR_CPF, 0.85, Americas::cpf, "999.999.999-99"),
                new Scheme(PiiType.BR_CPF, 0.47, Americas::cpf, "9{11}"),
                new Scheme(PiiType.BR_CNPJ, 0.9, Americas::cnpj, "99.999.999/9999-99"),
                new Scheme(PiiType.BR_CNPJ, 0.47, Americas::cnpj, "9{14}"));
    }

    private static boolean ssn(CharSequence s) {
        int area = number(s, 0, 3);
        return area != 0
                && area != 666
                && area < 900
                && number(s, 3, 5) != 0
                && number(s, 5, 9) != 0
                && !monotone(s)
                && !NOBODYS.contains(s.toString());
    }

    private static boolean itin(CharSequence s) {
        int group = number(s, 3, 5);
        return s.charAt(0) == '9'
                && (group >= 50 && group <= 65
                        || group >= 70 && group <= 88
                        || group >= 90 && group <= 92
                        || group >= 94)
                && !monotone(s);
    }

    private static boolean aba(CharSequence s) {
        int district = number(s, 0, 2);
        boolean known = district <= 12
                || district >= 21 && district <= 32
                || district >= 61 && district <= 72
                || district == 80;
        return known && !monotone(s) && weighted(s, 0, 3, 7, 1, 3, 7, 1, 3, 7, 1) % 10 == 0;
    }

    private static boolean npi(CharSequence s) {
        return (s.charAt(0) == '1' || s.charAt(0) == '2') && luhn(s, 0, NPI_PREFIX);
    }

    private static boolean mbi(CharSequence s) {
        for (int i = 0; i < s.length(); i++) {
            if ("SLOIBZ".indexOf(s.charAt(i)) >= 0) {
                return false;
            }
        }
        return s.charAt(0) != '0';
    }

    private static boolean dea(CharSequence s) {
        int sum = digit(s, 2) + digit(s, 4) + digit(s, 6) + 2 * (digit(s, 3) + digit(s, 5) + digit(s, 7));
        return "ABCDEFGHJKLMPRSTUX".indexOf(s.charAt(0)) >= 0
                && (s.charAt(1) == '9' || s.charAt(1) >= 'A')
                && sum % 10 == digit(s, 8)
                && number(s, 2, 9) != 0;
    }

    private static boolean sin(CharSequence s) {
        return s.charAt(0) != '0' && s.charAt(0) != '8' && !monotone(s) && luhn(s);
    }

    private static boolean cpf(CharSequence s) {
        int first = weighted(s, 0, 10, 9, 8, 7, 6, 5, 4, 3, 2) * 10 % 11 % 10;
        int second = weighted(s, 0, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2) * 10 % 11 % 10;
        return !monotone(s) && first == digit(s, 9) && second == digit(s, 10);
    }

    private static boolean cnpj(CharSequence s) {
        int first = weighted(s, 0, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2) % 11;
        int second = weighted(s, 0, 6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2) % 11;
        return !monotone(s)
                && (first < 2 ? 0 : 11 - first) == digit(s, 12)
                && (second < 2 ? 0 : 11 - second) == digit(s, 13);
    }
}
