package io.github.camelllm.privacy.detect;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import java.util.Set;

/** What libphonenumber knows; loaded by whoever asks first, which takes a tenth of a second. */
final class PhoneLibrary {

    private static final class Loaded {
        private static final PhoneNumberUtil UTIL = PhoneNumberUtil.getInstance();
        private static final boolean[] COUNTRIES = new boolean[1000];

        static {
            UTIL.getSupportedCallingCodes().forEach(code -> COUNTRIES[code] = true);
        }
    }

    private PhoneLibrary() {}

    /** Loads it, with what it knows of some regions, in another thread. */
    static void load(Iterable<String> regions) {
        Thread thread = new Thread(() -> regions.forEach(region -> isValid("2025550123", region)), "llm-phones");
        thread.setDaemon(true);
        thread.start();
    }

    /** The regions it knows, as two capitals. */
    static Set<String> regions() {
        return Loaded.UTIL.getSupportedRegions();
    }

    /** Whether a country's calling code stands at a place. */
    static boolean isCountry(CharSequence digits, int at) {
        int code = 0;
        for (int i = at; i < at + 3 && i < digits.length(); i++) {
            code = code * 10 + digits.charAt(i) - '0';
            if (Loaded.COUNTRIES[code]) {
                return true;
            }
        }
        return false;
    }

    /** Whether a number without country code is one of a region. */
    static boolean isValid(CharSequence digits, String region) {
        try {
            return Loaded.UTIL.isValidNumberForRegion(Loaded.UTIL.parse(digits, region), region);
        } catch (NumberParseException e) {
            return false;
        }
    }
}
