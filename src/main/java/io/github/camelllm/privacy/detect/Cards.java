package io.github.camelllm.privacy.detect;

import java.util.List;

/** Payment cards: the brand's first digits and lengths, and Luhn's sum. */
final class Cards {

    private Cards() {}

    static List<Scheme> schemes() {
        return List.of(
                new Scheme(
                        PiiType.CREDIT_CARD,
                        0.8,
                        Cards::isCard,
                        "9999 9999 9999 9999",
                        "9999-9999-9999-9999",
                        "9999.9999.9999.9999",
                        "9999 999999 99999",
                        "9999-999999-99999",
                        "9999 999999 9999",
                        "9999-999999-9999",
                        "9999 9999 9999 9999 999"),
                new Scheme(PiiType.CREDIT_CARD, 0.7, Cards::isCard, "9{16}", "9{15}"),
                new Scheme(PiiType.CREDIT_CARD, 0.5, Cards::isCard, "9{14}", "9{19}"),
                new Scheme(PiiType.CREDIT_CARD, 0.44, Cards::isCard, "9{13}", "9{18}", "9{17}"),
                new Scheme(PiiType.CREDIT_CARD, 0.3, Cards::isCard, "9{12}"),
                new Scheme(PiiType.CREDIT_CARD, 0.3, s -> s.charAt(0) == '1' && Checksums.luhn(s), "9{15}"), // airlines
                new Scheme(
                        PiiType.CREDIT_CARD,
                        Scheme.WEAK,
                        s -> Checksums.luhn(s) && !Checksums.monotone(s),
                        "9{13}",
                        "9{14}",
                        "9{15}",
                        "9{16}",
                        "9{19}",
                        "9999 9999 9999 9999",
                        "9999-9999-9999-9999"));
    }

    private static boolean isCard(CharSequence s) {
        return brand(s) && Checksums.luhn(s) && !Checksums.monotone(s);
    }

    private static boolean brand(CharSequence s) {
        int length = s.length();
        int two = Checksums.number(s, 0, 2);
        int three = Checksums.number(s, 0, 3);
        int four = Checksums.number(s, 0, 4);
        boolean visa = s.charAt(0) == '4' && (length == 13 || length == 16 || length == 19);
        boolean mastercard = length == 16 && (two >= 51 && two <= 55 || four >= 2221 && four <= 2720);
        boolean amex = length == 15 && (two == 34 || two == 37);
        boolean diners = (two == 36 || two == 38 || two == 39 || three >= 300 && three <= 305) && length >= 14;
        boolean discover = length >= 16 && (four == 6011 || three >= 644 && three <= 649 || two == 65);
        boolean jcb = length == 15 && (four == 1800 || four == 2131) || length >= 16 && four >= 3528 && four <= 3589;
        boolean unionPay = length >= 16 && (two == 62 || two == 81);
        boolean maestro = two == 50 || two >= 56 && two <= 58 || two == 63 || two == 67;
        boolean mir = length >= 16 && four >= 2200 && four <= 2204;
        boolean rupay = length == 16 && (two == 60 || two == 82);
        return visa || mastercard || amex || diners || discover || jcb || unionPay || maestro || mir || rupay;
    }
}
