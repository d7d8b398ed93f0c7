package io.github.camelllm.privacy.detect;

import static io.github.camelllm.privacy.detect.Checksums.day;
import static io.github.camelllm.privacy.detect.Checksums.digit;
import static io.github.camelllm.privacy.detect.Checksums.luhn;
import static io.github.camelllm.privacy.detect.Checksums.number;
import static io.github.camelllm.privacy.detect.Checksums.weighted;

import java.util.List;

/** Numbers of Finland, Sweden, Poland and Switzerland. */
final class NorthernEurope {

    private static final String HETU = "0123456789ABCDEFHJKLMNPRSTUVWXY";
    private static final String CENTURIES = "ABCDEFYXWVU";

    private NorthernEurope() {}

    static List<Scheme> schemes() {
        return List.of(
                new Scheme(
                        PiiType.FI_PERSONAL_IDENTITY_CODE,
                        0.8,
                        NorthernEurope::hetu,
                        "9{6}-999X",
                        "9{6}+999X",
                        "9{6}A999X"),
                new Scheme(PiiType.SE_PERSONNUMMER, 0.62, s -> person(s, 0), "9{6}-9999", "9{6}+9999"),
                new Scheme(PiiType.SE_PERSONNUMMER, 0.7, s -> century(s) && person(s, 2), "9{8}-9999"),
                new Scheme(PiiType.SE_PERSONNUMMER, 0.42, s -> person(s, 0), "9{10}"),
                new Scheme(PiiType.SE_PERSONNUMMER, 0.5, s -> century(s) && person(s, 2), "9{12}"),
                new Scheme(PiiType.SE_ORGANISATIONSNUMMER, 0.5, NorthernEurope::organisation, "9{6}-9999"),
                new Scheme(PiiType.SE_ORGANISATIONSNUMMER, 0.36, NorthernEurope::organisation, "9{10}"),
                new Scheme(PiiType.PL_PESEL, 0.45, NorthernEurope::pesel, "9{11}"),
                new Scheme(PiiType.CH_AHV, 0.9, NorthernEurope::ahv, "999.9999.9999.99"),
                new Scheme(PiiType.CH_AHV, 0.6, NorthernEurope::ahv, "9{13}"));
    }

    /** Birthday, a sign for the century, a serial and a character that is the rest of the digits by 31. */
    private static boolean hetu(CharSequence s) {
        int sign = s.length() - 10; // hyphen and plus are no part of what is checked
        if (sign == 1 && CENTURIES.indexOf(s.charAt(6)) < 0 || !day(number(s, 2, 4), number(s, 0, 2))) {
            return false;
        }
        int serial = number(s, 6 + sign, 9 + sign);
        long digits = number(s, 0, 6) * 1000L + serial;
        return serial >= 2 && HETU.charAt((int) (digits % 31)) == s.charAt(9 + sign);
    }

    private static boolean century(CharSequence s) {
        int century = number(s, 0, 2);
        return century >= 18 && century <= 20;
    }

    /** Ten digits with a birthday, 60 more on the day of those who have only a coordination number. */
    private static boolean person(CharSequence s, int from) {
        int day = number(s, from + 4, from + 6);
        return day(number(s, from + 2, from + 4), day > 60 ? day - 60 : day) && luhn(s, from, 0);
    }

    private static boolean organisation(CharSequence s) {
        return s.charAt(2) >= '2' && s.charAt(0) != '0' && s.charAt(0) != '4' && luhn(s) && !Checksums.monotone(s);
    }

    /** The century stands in the month: 20, 40, 60 or 80 more. */
    private static boolean pesel(CharSequence s) {
        int sum = weighted(s, 0, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3);
        return day(number(s, 2, 4) % 20, number(s, 4, 6)) && (10 - sum % 10) % 10 == digit(s, 10);
    }

    private static boolean ahv(CharSequence s) {
        int sum = weighted(s, 0, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3);
        return number(s, 0, 3) == 756 && (10 - sum % 10) % 10 == digit(s, 12);
    }
}
