package io.github.camelllm.privacy.detect;

import static io.github.camelllm.privacy.detect.Checksums.day;
import static io.github.camelllm.privacy.detect.Checksums.digit;
import static io.github.camelllm.privacy.detect.Checksums.monotone;
import static io.github.camelllm.privacy.detect.Checksums.number;
import static io.github.camelllm.privacy.detect.Checksums.weighted;

import java.util.List;
import java.util.Set;

/** Numbers of China, Korea, Singapore, Thailand and the Philippines. */
final class EastAsia {

    private static final int[] CN_WEIGHTS = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    private static final Set<String> ENTITIES = Set.of(
            ("CC CD CH CL CM CP CS CX DP FB FC FM FN GA GB GS HS LL LP MB MC MD MH MM MQ NB NR PA PB PF RF RP SM SS TC TU"
                            + " VH XL")
                    .split(" "));

    private EastAsia() {}

    static List<Scheme> schemes() {
        return List.of(
                new Scheme(PiiType.CN_ID, 0.85, EastAsia::resident, "9{17}X"),
                new Scheme(PiiType.KR_RRN, 0.7, s -> korean(s, '1', '4'), "9{6}-9{7}"),
                new Scheme(PiiType.KR_RRN, 0.42, s -> korean(s, '1', '4'), "9{13}"),
                new Scheme(PiiType.KR_FRN, 0.7, EastAsia::foreigner, "9{6}-9{7}"),
                new Scheme(PiiType.KR_FRN, 0.42, EastAsia::foreigner, "9{13}"),
                new Scheme(PiiType.KR_BRN, 0.6, EastAsia::business, "999-99-99999"),
                new Scheme(PiiType.KR_BRN, 0.35, EastAsia::business, "9{10}"),
                new Scheme(PiiType.KR_PASSPORT, 0.29, s -> "MSRODG".indexOf(s.charAt(0)) >= 0, "A9{8}"),
                new Scheme(PiiType.KR_PASSPORT, 0.42, s -> "MSRODG".indexOf(s.charAt(0)) >= 0, "A999A9999"),
                new Scheme(PiiType.KR_DRIVER_LICENSE, 0.6, EastAsia::driver, "99-99-9{6}-99"),
                new Scheme(PiiType.KR_DRIVER_LICENSE, 0.26, EastAsia::driver, "9{12}"),
                new Scheme(PiiType.SG_NRIC_FIN, 0.8, EastAsia::nric, "A9{7}A"),
                new Scheme(PiiType.SG_NRIC_FIN, 0.45, s -> "STFGM".indexOf(s.charAt(0)) >= 0, "A9{7}A"),
                new Scheme(PiiType.SG_UEN, 0.55, EastAsia::entity, "A99AA9999A"),
                new Scheme(PiiType.SG_UEN, 0.5, EastAsia::company, "9{9}A"),
                new Scheme(PiiType.SG_UEN, 0.46, EastAsia::firm, "9{8}A"),
                new Scheme(PiiType.TH_TNIN, 0.7, EastAsia::thai, "9-9999-99999-99-9", "9 9999 99999 99 9"),
                new Scheme(PiiType.TH_TNIN, 0.43, EastAsia::thai, "9{13}"),
                new Scheme(PiiType.PH_TIN, 0.5, EastAsia::philippine, "999-999-999-999", "999-999-999-99999"),
                new Scheme(PiiType.PH_TIN, 0.25, EastAsia::philippine, "999-999-999", "9{9}", "9{12}"));
    }

    /** District, birthday, serial and a check character, which is X for ten. */
    private static boolean resident(CharSequence s) {
        int year = number(s, 6, 10);
        if (s.charAt(0) == '0'
                || year < 1900
                || year > 2099
                || !day(number(s, 10, 12), number(s, 12, 14))
                || s.charAt(17) > '9' && s.charAt(17) != 'X') {
            return false;
        }
        return "10X98765432".charAt(weighted(s, 0, CN_WEIGHTS) % 11) == s.charAt(17);
    }

    /** A birthday and a digit for sex and century. Since October 2020 the rest is at random: nothing checks it. */
    private static boolean korean(CharSequence s, char from, char to) {
        return day(number(s, 2, 4), number(s, 4, 6)) && s.charAt(6) >= from && s.charAt(6) <= to;
    }

    private static boolean foreigner(CharSequence s) {
        return korean(s, '5', '8');
    }

    private static boolean business(CharSequence s) {
        int sum = weighted(s, 0, 1, 3, 7, 1, 3, 7, 1, 3, 5) + digit(s, 8) * 5 / 10;
        return s.charAt(0) != '0' && !monotone(s) && (10 - sum % 10) % 10 == digit(s, 9);
    }

    private static boolean driver(CharSequence s) {
        int region = number(s, 0, 2);
        return region >= 11 && region <= 28;
    }

    private static boolean nric(CharSequence s) {
        char first = s.charAt(0);
        int sum = weighted(s, 1, 2, 7, 6, 5, 4, 3, 2)
                + switch (first) {
                    case 'T', 'G' -> 4;
                    case 'M' -> 3;
                    default -> 0;
                };
        String letters =
                switch (first) {
                    case 'S', 'T' -> "JZIHGFEDCBA";
                    case 'F', 'G' -> "XWUTRQPNMLK";
                    case 'M' -> "XWUTRQPNJLK";
                    default -> "-----------";
                };
        int rest = first == 'M' ? 10 - sum % 11 : sum % 11;
        return letters.charAt(rest) == s.charAt(8);
    }

    private static boolean entity(CharSequence s) {
        return "RST".indexOf(s.charAt(0)) >= 0
                && ENTITIES.contains(s.subSequence(3, 5).toString());
    }

    private static boolean company(CharSequence s) {
        int year = number(s, 0, 4);
        return year >= 1900
                && year <= 2099
                && "ZKCMDNERGWH".charAt(weighted(s, 0, 10, 8, 6, 4, 9, 7, 5, 3, 1) % 11) == s.charAt(9);
    }

    private static boolean firm(CharSequence s) {
        return "XMKECAWLJDB".charAt(weighted(s, 0, 10, 4, 9, 3, 8, 2, 7, 1) % 11) == s.charAt(8);
    }

    /** Kind of person, province, district, serial and a check digit. */
    private static boolean thai(CharSequence s) {
        int province = number(s, 1, 3);
        int tens = province / 10;
        int last = new int[] {-1, 7, 7, 9, 9, 8, 7, 7, 6, 6}[tens];
        int sum = weighted(s, 0, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2);
        return s.charAt(0) != '0' && province % 10 <= last && (11 - sum % 11) % 10 == digit(s, 12);
    }

    private static boolean philippine(CharSequence s) {
        return number(s, 0, 8) != 0 && weighted(s, 0, 9, 8, 7, 6, 5, 4, 3, 2) % 11 == digit(s, 8);
    }
}
