package io.github.camelllm.privacy.detect;

import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.Phonemetadata.PhoneMetadata;
import com.google.i18n.phonenumbers.Phonemetadata.PhoneNumberDesc;
import com.google.i18n.phonenumbers.metadata.DefaultMetadataDependenciesProvider;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * What libphonenumber knows, loaded by whoever asks first. Numbers are matched with its data directly: to have it parse one takes
 * twenty microseconds, which is too long for a text full of them.
 */
final class PhoneLibrary {

    /** What a number is in a region. */
    enum Kind {
        NONE,
        FIXED,
        MOBILE
    }

    private static final Map<String, Region> REGIONS = new ConcurrentHashMap<>();

    private static final class Countries {
        private static final boolean[] CODES = new boolean[1000];

        static {
            PhoneNumberUtil.getInstance().getSupportedCallingCodes().forEach(code -> CODES[code] = true);
        }
    }

    /**
     * A region's numbers.
     *
     * @param trunk the digits before a number within the country; may be empty
     * @param lengths bit n for numbers of n digits
     */
    private record Region(String trunk, long lengths, Pattern fixed, Pattern mobile, boolean apart) {

        static Region of(String name) {
            PhoneMetadata data = DefaultMetadataDependenciesProvider.getInstance()
                    .getPhoneNumberMetadataSource()
                    .getMetadataForRegion(name);
            String fixed = data.getFixedLine().getNationalNumberPattern();
            String mobile = data.getMobile().getNationalNumberPattern();
            return new Region(
                    data.getNationalPrefix(),
                    lengths(data.getFixedLine(), data) | lengths(data.getMobile(), data),
                    Pattern.compile(fixed),
                    Pattern.compile(mobile),
                    !fixed.equals(mobile));
        }

        /** The lengths of a kind; one that says nothing has those of the region. */
        private static long lengths(PhoneNumberDesc kind, PhoneMetadata data) {
            Collection<Integer> lengths = kind.getPossibleLengthCount() == 0
                    ? data.getGeneralDesc().getPossibleLengthList()
                    : kind.getPossibleLengthList();
            long bits = 0;
            for (int length : lengths) {
                bits |= length < 0 ? 0 : 1L << length;
            }
            return bits;
        }

        Kind kind(CharSequence digits) {
            boolean prefixed = !trunk.isEmpty()
                    && digits.length() > trunk.length()
                    && CharSequence.compare(digits.subSequence(0, trunk.length()), trunk) == 0;
            CharSequence number = prefixed ? digits.subSequence(trunk.length(), digits.length()) : digits;
            if ((lengths >>> number.length() & 1) == 0) {
                return Kind.NONE;
            }
            if (apart && mobile.matcher(number).matches()) {
                return Kind.MOBILE;
            }
            return fixed.matcher(number).matches() ? Kind.FIXED : Kind.NONE;
        }
    }

    private PhoneLibrary() {}

    /** Loads it, with what it knows of some regions, in another thread. */
    static void load(Collection<String> regions) {
        Thread thread = new Thread(
                () -> {
                    isCountry("1", 0);
                    regions.forEach(region -> kind("0", region));
                },
                "llm-phones");
        thread.setDaemon(true);
        thread.start();
    }

    /** The regions it knows, as two capitals. */
    static Set<String> regions() {
        return PhoneNumberUtil.getInstance().getSupportedRegions();
    }

    /** Whether a country's calling code stands at a place. */
    static boolean isCountry(CharSequence digits, int at) {
        int code = 0;
        for (int i = at; i < at + 3 && i < digits.length(); i++) {
            code = code * 10 + digits.charAt(i) - '0';
            if (Countries.CODES[code]) {
                return true;
            }
        }
        return false;
    }

    /** What a number without country code is in a region. */
    static Kind kind(CharSequence digits, String region) {
        return REGIONS.computeIfAbsent(region, Region::of).kind(digits);
    }
}
