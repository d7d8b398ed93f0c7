package io.github.camelllm.privacy.detect;

import static io.github.camelllm.privacy.detect.Checksums.day;
import static io.github.camelllm.privacy.detect.Checksums.digit;
import static io.github.camelllm.privacy.detect.Checksums.number;
import static io.github.camelllm.privacy.detect.Checksums.weighted;

import java.util.List;
import java.util.Set;

/** Numbers of the United Kingdom. */
final class Britain {

    private static final Set<String> AREAS =
            Set.of(("AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA"
                            + " DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT"
                            + " KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE"
                            + " SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE")
                    .split(" "));

    private Britain() {}

    static List<Scheme> schemes() {
        return List.of(
                new Scheme(PiiType.UK_NHS, 0.5, Britain::nhs, "999 999 9999", "999-999-9999"),
                new Scheme(PiiType.UK_NHS, 0.34, Britain::nhs, "9{10}"),
                new Scheme(
                        PiiType.UK_NINO,
                        0.7,
                        Britain::nino,
                        "AA9{6}A",
                        "AA 99 99 99 A",
                        "AA 999999 A",
                        "AA 999999A",
                        "AA999999 A",
                        "AA-99-99-99-A",
                        "AA99 99 99 A"),
                new Scheme(
                        PiiType.UK_DRIVING_LICENCE,
                        0.85,
                        Britain::drivingLicence,
                        "AAAAA9{6}AXXXX",
                        "AAAA99{6}AXXXX",
                        "AAA999{6}AXXXX",
                        "AA9999{6}AXXXX",
                        "A99999{6}AXXXX"),
                new Scheme(PiiType.UK_PASSPORT, 0.28, Scheme.ANY, "AA9{7}"),
                new Scheme(PiiType.UK_PASSPORT, Scheme.WEAK, Scheme.ANY, "9{9}"),
                new Scheme(
                        PiiType.UK_POSTCODE,
                        0.5,
                        Britain::postcode,
                        "A9 9AA",
                        "A99 9AA",
                        "AA9 9AA",
                        "AA99 9AA",
                        "A9A 9AA",
                        "AA9A 9AA",
                        "AAA 9AA"),
                new Scheme(
                        PiiType.UK_POSTCODE,
                        0.26,
                        Britain::postcode,
                        "A99AA",
                        "A999AA",
                        "AA99AA",
                        "AA999AA",
                        "A9A9AA",
                        "AA9A9AA",
                        "AAA9AA"),
                new Scheme(PiiType.UK_VEHICLE_REGISTRATION, 0.45, Britain::currentPlate, "AA99 AAA", "AA99-AAA"),
                new Scheme(PiiType.UK_VEHICLE_REGISTRATION, 0.35, Britain::currentPlate, "AA99AAA"),
                new Scheme(
                        PiiType.UK_VEHICLE_REGISTRATION,
                        0.28,
                        Britain::oldPlate,
                        "A9AAA",
                        "A99AAA",
                        "A999AAA",
                        "A9 AAA",
                        "A99 AAA",
                        "A999 AAA",
                        "AAA9A",
                        "AAA99A",
                        "AAA999A",
                        "AAA 9A",
                        "AAA 99A",
                        "AAA 999A"));
    }

    private static boolean nhs(CharSequence s) {
        int check = 11 - weighted(s, 0, 10, 9, 8, 7, 6, 5, 4, 3, 2) % 11;
        return !Checksums.monotone(s) && (check == 11 ? 0 : check) == digit(s, 9);
    }

    private static boolean nino(CharSequence s) {
        String prefix = s.subSequence(0, 2).toString();
        char last = s.charAt(8);
        return "DFIQUV".indexOf(s.charAt(0)) < 0
                && "DFIOQUV".indexOf(s.charAt(1)) < 0
                && !Set.of("BG", "GB", "KN", "NK", "NT", "TN", "ZZ").contains(prefix)
                && last >= 'A'
                && last <= 'D';
    }

    /** A surname filled up with nines, the year's tens, month (50 more for women), day, year, initials, and three that check. */
    private static boolean drivingLicence(CharSequence s) {
        int month = number(s, 6, 8);
        char second = s.charAt(12);
        return day(month > 50 ? month - 50 : month, number(s, 8, 10))
                && (second >= 'A' || second == '9')
                && s.charAt(13) <= '9'
                && (s.charAt(14) >= 'A' && s.charAt(15) >= 'A' || s.charAt(13) == '9');
    }

    private static boolean postcode(CharSequence s) {
        if (s.toString().equals("GIR0AA")) {
            return true;
        }
        int inward = s.length() - 3;
        String outward = s.subSequence(0, inward).toString();
        int letters = Letters.isDigit(outward.charAt(1)) ? 1 : 2;
        return AREAS.contains(outward.substring(0, letters))
                && Letters.isDigit(outward.charAt(letters))
                && "CIKMOV".indexOf(s.charAt(inward + 1)) < 0
                && "CIKMOV".indexOf(s.charAt(inward + 2)) < 0;
    }

    private static boolean currentPlate(CharSequence s) {
        int age = number(s, 2, 4);
        return "IQZ".indexOf(s.charAt(0)) < 0
                && "IQZ".indexOf(s.charAt(1)) < 0
                && (age >= 2 && age <= 30 || age >= 51 && age <= 80)
                && "IQ".indexOf(s.charAt(4)) < 0
                && "IQ".indexOf(s.charAt(5)) < 0
                && "IQ".indexOf(s.charAt(6)) < 0;
    }

    /** One with a letter for the year, which stands first (1983 to 2001) or last (1963 to 1983). */
    private static boolean oldPlate(CharSequence s) {
        char first = s.charAt(0);
        char last = s.charAt(s.length() - 1);
        char year = Letters.isDigit(s.charAt(1)) ? first : last;
        return "IOQUZ".indexOf(year) < 0 && first != 'I' && s.charAt(Letters.isDigit(s.charAt(1)) ? 1 : 3) != '0';
    }
}
