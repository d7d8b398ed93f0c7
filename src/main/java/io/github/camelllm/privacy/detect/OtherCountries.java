package io.github.camelllm.privacy.detect;

import static io.github.camelllm.privacy.detect.Checksums.day;
import static io.github.camelllm.privacy.detect.Checksums.digit;
import static io.github.camelllm.privacy.detect.Checksums.luhn;
import static io.github.camelllm.privacy.detect.Checksums.monotone;
import static io.github.camelllm.privacy.detect.Checksums.number;
import static io.github.camelllm.privacy.detect.Checksums.verhoeff;
import static io.github.camelllm.privacy.detect.Checksums.weighted;

import java.util.List;
import java.util.Set;

/** Numbers of India, Turkey, Australia, South Africa and Nigeria. */
final class OtherCountries {

    private static final Set<String> INDIAN_STATES = Set.of(
            ("AN AP AR AS BH BR CG CH DD DL DN GA GJ HP HR JH JK KA KL LA LD MH ML MN MP MZ NL OD OR PB PY RJ SK TG TN TR TS"
                            + " UA UK UP WB")
                    .split(" "));

    private OtherCountries() {}

    static List<Scheme> schemes() {
        return List.of(
                new Scheme(
                        PiiType.IN_AADHAAR,
                        0.6,
                        OtherCountries::aadhaar,
                        "9999 9999 9999",
                        "9999-9999-9999",
                        "9999:9999:9999"),
                new Scheme(PiiType.IN_AADHAAR, 0.4, OtherCountries::aadhaar, "9{12}"),
                new Scheme(PiiType.IN_PAN, 0.65, s -> "ABCEFGHJKLPT".indexOf(s.charAt(3)) >= 0, "A{5}9999A"),
                new Scheme(PiiType.IN_PAN, 0.35, Scheme.ANY, "A{5}9999A"),
                new Scheme(PiiType.IN_GSTIN, 0.85, OtherCountries::gstin, "99A{5}9999AXAX"),
                new Scheme(PiiType.IN_VOTER, 0.3, Scheme.ANY, "AAA9{7}"),
                new Scheme(PiiType.IN_PASSPORT, 0.27, OtherCountries::indianPassport, "A9{7}"),
                new Scheme(
                        PiiType.IN_VEHICLE_REGISTRATION,
                        0.5,
                        s -> INDIAN_STATES.contains(s.subSequence(0, 2).toString()),
                        "AA99A9999",
                        "AA99AA9999",
                        "AA99AAA9999",
                        "AA 99 A 9999",
                        "AA 99 AA 9999",
                        "AA-99-A-9999",
                        "AA-99-AA-9999",
                        "AA9AA9999",
                        "AA9AAA9999"),
                new Scheme(PiiType.TR_NATIONAL_ID, 0.47, OtherCountries::turkish, "9{11}"),
                new Scheme(
                        PiiType.TR_LICENSE_PLATE,
                        0.4,
                        OtherCountries::turkishPlate,
                        "99 A 999",
                        "99 A 9999",
                        "99 A 99999",
                        "99 AA 999",
                        "99 AA 9999",
                        "99 AAA 99",
                        "99 AAA 999"),
                new Scheme(
                        PiiType.TR_LICENSE_PLATE,
                        0.28,
                        OtherCountries::turkishPlate,
                        "99A9999",
                        "99AA999",
                        "99AA9999",
                        "99AAA99",
                        "99AAA999"),
                new Scheme(PiiType.AU_ABN, 0.65, OtherCountries::abn, "99 999 999 999"),
                new Scheme(PiiType.AU_ABN, 0.44, OtherCountries::abn, "9{11}"),
                new Scheme(PiiType.AU_ACN, 0.43, OtherCountries::acn, "999 999 999"),
                new Scheme(PiiType.AU_ACN, 0.33, OtherCountries::acn, "9{9}"),
                new Scheme(PiiType.AU_TFN, 0.43, OtherCountries::tfn, "999 999 999"),
                new Scheme(PiiType.AU_TFN, 0.34, OtherCountries::tfn, "9{9}"),
                new Scheme(PiiType.AU_MEDICARE, 0.55, OtherCountries::medicare, "9999 99999 9", "9999-99999-9"),
                new Scheme(PiiType.AU_MEDICARE, 0.36, OtherCountries::medicare, "9{10}"),
                new Scheme(PiiType.ZA_ID_NUMBER, 0.47, OtherCountries::southAfrican, "9{13}"),
                new Scheme(PiiType.ZA_ID_NUMBER, 0.65, OtherCountries::southAfrican, "9{6} 9999 999", "9{6} 9999 99 9"),
                new Scheme(PiiType.NG_NIN, 0.35, s -> !monotone(s) && verhoeff(s), "9{11}"),
                new Scheme(PiiType.NG_VEHICLE_REGISTRATION, 0.42, Scheme.ANY, "AAA-999AA", "AAA 999AA"),
                new Scheme(PiiType.NG_VEHICLE_REGISTRATION, 0.3, Scheme.ANY, "AAA999AA"));
    }

    private static boolean aadhaar(CharSequence s) {
        StringBuilder back = new StringBuilder(s).reverse();
        return s.charAt(0) >= '2' && !back.toString().contentEquals(s) && verhoeff(s);
    }

    /** State, permanent account number, count of registrations, Z; the last character is left unchecked. */
    private static boolean gstin(CharSequence s) {
        int state = number(s, 0, 2);
        return (state >= 1 && state <= 37 || state == 97) && s.charAt(12) != '0' && s.charAt(13) == 'Z';
    }

    private static boolean indianPassport(CharSequence s) {
        return "QXZ".indexOf(s.charAt(0)) < 0 && s.charAt(1) != '0' && s.charAt(7) != '0';
    }

    private static boolean turkish(CharSequence s) {
        int odd = digit(s, 0) + digit(s, 2) + digit(s, 4) + digit(s, 6) + digit(s, 8);
        int even = digit(s, 1) + digit(s, 3) + digit(s, 5) + digit(s, 7);
        int tenth = Math.floorMod(odd * 7 - even, 10);
        return s.charAt(0) != '0' && digit(s, 9) == tenth && digit(s, 10) == (odd + even + tenth) % 10;
    }

    private static boolean turkishPlate(CharSequence s) {
        int province = number(s, 0, 2);
        return province >= 1 && province <= 81;
    }

    private static boolean abn(CharSequence s) {
        return s.charAt(0) != '0' && (weighted(s, 0, 10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19) - 10) % 89 == 0;
    }

    private static boolean acn(CharSequence s) {
        int sum = weighted(s, 0, 8, 7, 6, 5, 4, 3, 2, 1);
        return !monotone(s) && (10 - sum % 10) % 10 == digit(s, 8);
    }

    private static boolean tfn(CharSequence s) {
        return !monotone(s) && weighted(s, 0, 1, 4, 3, 7, 5, 8, 6, 9, 10) % 11 == 0;
    }

    private static boolean medicare(CharSequence s) {
        return s.charAt(0) >= '2'
                && s.charAt(0) <= '6'
                && weighted(s, 0, 1, 3, 7, 9, 1, 3, 7, 9) % 10 == digit(s, 8)
                && s.charAt(9) != '0';
    }

    private static boolean southAfrican(CharSequence s) {
        return day(number(s, 2, 4), number(s, 4, 6)) && s.charAt(10) <= '2' && luhn(s);
    }
}
