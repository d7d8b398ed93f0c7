package io.github.camelllm.privacy.detect;

import java.util.HashMap;
import java.util.Map;

/** International bank account numbers: each country's length and kinds of characters, and the two check digits. */
final class Iban {

    /** After the country: its length, and what stands where after the check digits. n is a digit, a a letter, c either. */
    private static final String COUNTRIES =
            "AD8n12c AE19n AL8n16c AT16n AZ4a20c BA16n BE12n BG4a6n8c BH4a14c BI23n BR23n1a1c"
                    + " BY4c4n16c CH5n12c CR18n CY8n16c CZ20n DE18n DJ23n DK14n DO4c20n EE16n EG25n ES20n FI14n FK2a12n FO14n"
                    + " FR10n11c2n GB4a14n GE2a16n GI4a15c GL14n GR7n16c GT4c20c HN4a20n HR17n HU24n IE4a14n IL19n IQ4a15n IS22n"
                    + " IT1a10n12c JO4a4n18c KW4a22c KZ3n13c LB4n20c LC4a24c LI5n12c LT16n LU3n13c LV4a13c LY21n MC10n11c2n"
                    + " MD2c18c ME18n MK3n10c2n MN16n MR23n MT4a5n18c MU4a19n3a NI4a20n NL4a10n NO11n OM3n16c PK4a16c PL24n"
                    + " PS4a21c PT21n QA4a21c RO4a16c RS18n RU14n15c SA2n18c SC4a20n3a SD14n SE20n SI15n SK20n SM1a10n12c SO19n"
                    + " ST21n SV4a20n TL19n TN20n TR5n1c16c UA6n19c VA18n VG4a16n XK16n YE4a4n18c";

    private static final Map<String, String> KINDS = new HashMap<>();

    static {
        for (String country : COUNTRIES.split(" ")) {
            StringBuilder kinds = new StringBuilder();
            int times = 0;
            for (char c : country.substring(2).toCharArray()) {
                if (Letters.isDigit(c)) {
                    times = times * 10 + c - '0';
                } else {
                    kinds.append(String.valueOf(c).repeat(times));
                    times = 0;
                }
            }
            KINDS.put(country.substring(0, 2), kinds.toString());
        }
    }

    private Iban() {}

    /** Whether a text may have one at a place: two letters, two digits. */
    static boolean mayBegin(String text, int at) {
        return at + 15 <= text.length()
                && Letters.isLatin(text.charAt(at))
                && Letters.isLatin(text.charAt(at + 1))
                && Letters.isDigit(text.charAt(at + 2))
                && Letters.isDigit(text.charAt(at + 3));
    }

    /** Notes one that begins at a place, in one piece or in groups of four; capitals throughout, or small letters throughout. */
    static void find(String text, int start, Candidates found) {
        String country = "" + Letters.upper(text.charAt(start)) + Letters.upper(text.charAt(start + 1));
        String kinds = KINDS.get(country);
        if (kinds == null) {
            return;
        }
        boolean small = text.charAt(start) >= 'a';
        StringBuilder number = new StringBuilder(kinds.length() + 4);
        char separator = 0;
        int at = start;
        while (number.length() < kinds.length() + 4) {
            if (at >= text.length()) {
                return;
            }
            char c = Letters.plainSign(text.charAt(at));
            int length = number.length();
            if (length > 0 && length % 4 == 0 && (c == ' ' || c == '-') && (separator == c || length == 4)) {
                separator = c;
                c = ++at < text.length() ? Letters.plainSign(text.charAt(at)) : 0;
            } else if (separator != 0 && length % 4 == 0) {
                return;
            }
            if (!fits(c, length < 4 ? 0 : kinds.charAt(length - 4)) || Letters.isLatin(c) && c >= 'a' != small) {
                return;
            }
            number.append(Letters.upper(c));
            at++;
        }
        if (Layouts.endsAt(text, at) && Checksums.mod97(number, 4) == 1) {
            found.add(start, at, PiiType.IBAN_CODE, 0.95);
        }
    }

    private static boolean fits(char c, int kind) {
        return switch (kind) {
            case 'n' -> Letters.isDigit(c);
            case 'a' -> Letters.isLatin(c);
            default -> Letters.isDigit(c) || Letters.isLatin(c);
        };
    }
}
