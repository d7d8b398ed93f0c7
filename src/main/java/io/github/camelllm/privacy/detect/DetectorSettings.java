package io.github.camelllm.privacy.detect;

import com.google.re2j.Pattern;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is looked for.
 *
 * @param off built-in types that are not looked for
 * @param thresholds by type, the score that a finding must reach, from 0 to 1; a type left out has its own default
 * @param phoneRegions the regions, such as {@code US}, whose phone numbers are known without a country code
 * @param patterns the user's own patterns
 * @param words the user's own word lists
 */
public record DetectorSettings(
        Set<String> off,
        Map<String, Double> thresholds,
        List<String> phoneRegions,
        List<OwnPattern> patterns,
        List<WordList> words) {

    private static final List<String> PHONE_REGIONS =
            List.of("US", "GB", "DE", "FR", "ES", "IT", "BR", "IN", "CN", "AU", "TR", "PH");

    /** The settings of those who set nothing. */
    public static final DetectorSettings DEFAULTS =
            new DetectorSettings(Set.of(), Map.of(), PHONE_REGIONS, List.of(), List.of());

    public DetectorSettings {
        off = Set.copyOf(off);
        thresholds = Map.copyOf(thresholds);
        phoneRegions = List.copyOf(phoneRegions);
        patterns = List.copyOf(patterns);
        words = List.copyOf(words);
    }

    /**
     * A pattern of the user's own.
     *
     * @param type what its matches are
     * @param pattern a pattern whose time is linear in the text
     * @param score how sure a match is by itself, from 0 to 1
     * @param context words near a match that make it surer; may be empty
     */
    public record OwnPattern(String type, Pattern pattern, double score, List<String> context) {
        public OwnPattern {
            context = List.copyOf(context);
        }
    }

    /**
     * Words that are always found, as whole words.
     *
     * @param type what they are
     * @param words the words, or groups of words
     * @param ignoreCase whether capitals make no difference
     * @param ignoreAccents whether accents make no difference
     */
    public record WordList(String type, List<String> words, boolean ignoreCase, boolean ignoreAccents) {
        public WordList {
            words = List.copyOf(words);
        }
    }
}
