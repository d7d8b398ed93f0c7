package io.github.camelllm.privacy.detect;

import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.Phonemetadata.PhoneMetadata;
import com.google.i18n.phonenumbers.Phonemetadata.PhoneNumberDesc;
import com.google.i18n.phonenumbers.metadata.DefaultMetadataDependenciesProvider;
import io.github.camelllm.config.Part;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
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

    /** Calling codes, from a first to a last; here because libphonenumber takes a tenth of a second to tell them. */
    private static final int[][] CODES = {
        {1, 1},
        {7, 7},
        {20, 20},
        {27, 27},
        {30, 34},
        {36, 36},
        {39, 41},
        {43, 49},
        {51, 58},
        {60, 66},
        {81, 82},
        {84, 84},
        {86, 86},
        {90, 95},
        {98, 98},
        {211, 213},
        {216, 216},
        {218, 218},
        {220, 258},
        {260, 269},
        {290, 291},
        {297, 299},
        {350, 359},
        {370, 378},
        {380, 383},
        {385, 387},
        {389, 389},
        {420, 421},
        {423, 423},
        {500, 509},
        {590, 599},
        {670, 670},
        {672, 683},
        {685, 692},
        {800, 800},
        {808, 808},
        {850, 850},
        {852, 853},
        {855, 856},
        {870, 870},
        {878, 878},
        {880, 883},
        {886, 886},
        {888, 888},
        {960, 968},
        {970, 977},
        {979, 979},
        {992, 996},
        {998, 998}
    };

    private static final boolean[] COUNTRIES = new boolean[1000];

    static {
        for (int[] range : CODES) {
            Arrays.fill(COUNTRIES, range[0], range[1] + 1, true);
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
        Thread thread = new Thread(() -> regions.forEach(region -> kind("0", region)), "llm-phones");
        thread.setDaemon(true);
        thread.start();
    }

    /** The regions it knows, as two capitals; the JDK's where libphonenumber is not on the class path. */
    static Set<String> regions() {
        return !Part.PHONE_NUMBERS.present()
                ? Set.of(Locale.getISOCountries())
                : PhoneNumberUtil.getInstance().getSupportedRegions();
    }

    /** Whether a country's calling code stands at a place. */
    static boolean isCountry(CharSequence digits, int at) {
        int code = 0;
        for (int i = at; i < at + 3 && i < digits.length(); i++) {
            code = code * 10 + digits.charAt(i) - '0';
            if (COUNTRIES[code]) {
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
