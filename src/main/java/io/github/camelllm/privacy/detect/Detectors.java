package io.github.camelllm.privacy.detect;

import com.google.re2j.Matcher;
import io.github.camelllm.config.Part;
import io.github.camelllm.privacy.detect.DetectorSettings.OwnPattern;
import io.github.camelllm.privacy.detect.DetectorSettings.WordList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Finds what is personal or secret in a text. Safe to share between threads. */
public final class Detectors {

    private static final double CONTEXT = 0.35;
    private static final int CONTEXT_BEFORE = 60;
    private static final int CONTEXT_BEHIND = 40;
    private static final double NEVER = 2;

    private static final List<Scheme> SCHEMES = schemes();

    private final DetectorSettings settings;
    private final double[] thresholds = new double[PiiType.values().length];
    private final Layouts layouts;
    private final Phones phones;
    private final List<WordTree> words = new ArrayList<>();

    private Detectors(DetectorSettings settings) {
        this.settings = settings;
        for (PiiType type : PiiType.values()) {
            thresholds[type.ordinal()] = settings.off().contains(type.name())
                    ? NEVER
                    : settings.thresholds().getOrDefault(type.name(), PiiType.THRESHOLD);
        }
        this.layouts = new Layouts(SCHEMES.stream()
                .filter(scheme -> thresholds[scheme.type().ordinal()] <= 1)
                .toList());
        this.phones = new Phones(settings.phoneRegions());
        missing(settings).ifPresent(missing -> {
            throw new IllegalStateException(missing);
        });
        if (thresholds[PiiType.PHONE_NUMBER.ordinal()] <= 1) {
            PhoneLibrary.load(settings.phoneRegions());
        }
        for (boolean ignoreCase : new boolean[] {true, false}) {
            for (boolean ignoreAccents : new boolean[] {true, false}) {
                plant(ignoreCase, ignoreAccents);
            }
        }
    }

    private void plant(boolean ignoreCase, boolean ignoreAccents) {
        WordTree tree = new WordTree(ignoreCase, ignoreAccents);
        boolean empty = true;
        for (WordList list : settings.words()) {
            if (list.ignoreCase() == ignoreCase && list.ignoreAccents() == ignoreAccents) {
                tree.add(list.type(), list.words());
                empty = false;
            }
        }
        if (!empty) {
            words.add(tree);
        }
    }

    private static List<Scheme> schemes() {
        List<Scheme> all = new ArrayList<>();
        for (List<Scheme> some : List.of(
                Cards.schemes(),
                Americas.schemes(),
                Britain.schemes(),
                Germany.schemes(),
                SouthernEurope.schemes(),
                NorthernEurope.schemes(),
                EastAsia.schemes(),
                OtherCountries.schemes(),
                Dates.schemes())) {
            all.addAll(some);
        }
        return List.copyOf(all);
    }

    /** All built-in types with their default thresholds. */
    public static Detectors builtIn() {
        return of(DetectorSettings.DEFAULTS);
    }

    /** What to add before these settings can be had, or to switch off; empty where all is there. */
    public static Optional<String> missing(DetectorSettings settings) {
        String phones = PiiType.PHONE_NUMBER.name();
        boolean wanted =
                !settings.off().contains(phones) && settings.thresholds().getOrDefault(phones, PiiType.THRESHOLD) <= 1;
        return wanted
                ? Part.PHONE_NUMBERS
                        .missing()
                        .map(missing -> missing + ", or switch " + phones + " off in privacy.yaml")
                : Optional.empty();
    }

    /**
     * What the settings ask for.
     *
     * @throws IllegalStateException saying what to add, where a part is {@link #missing}
     */
    public static Detectors of(DetectorSettings settings) {
        return new Detectors(settings);
    }

    /** The names of all built-in types. */
    public static Set<String> builtInTypes() {
        Set<String> names = new TreeSet<>();
        for (PiiType type : PiiType.values()) {
            names.add(type.name());
        }
        return Collections.unmodifiableSet(names);
    }

    /** The regions whose phone numbers may be asked for, as two capitals such as {@code US}. */
    public static Set<String> knownPhoneRegions() {
        return PhoneLibrary.regions();
    }

    /**
     * What stands in a text.
     *
     * @param text any text; never null
     * @return the findings that reach the threshold of their type, sorted by start, none overlapping another
     */
    public List<Finding> find(String text) {
        return find(text, null, Set.of());
    }

    /**
     * What stands in a text, which may be the value of a named field, such as an argument of a tool. The words of the name
     * count as words beside the value; a number with a name that says nothing of it is no more than a number.
     *
     * @param text any text; never null
     * @param field the field's name, such as {@code customer_ssn}; null for a text that has none
     * @param yielding the types that give way to any other type at the same place, however sure they are; never null
     * @return as of {@link #find(String)}
     */
    public List<Finding> find(String text, String field, Set<String> yielding) {
        return Judge.apart(readings(text, field), yielding);
    }

    /**
     * Every way to read what stands in a text, so that a number that is valid in two schemes appears twice.
     *
     * @param text any text; never null
     * @return the findings that reach the threshold of their type, in no order, some overlapping others
     */
    public List<Finding> readings(String text) {
        return readings(text, null);
    }

    private List<Finding> readings(String text, String field) {
        long named = field == null ? 0 : groups(field);
        Candidates candidates = new Candidates(thresholds, named, field == null && text.length() <= Judge.SHORT);
        new Scanner(text, candidates, layouts, phones).run();
        List<Finding> findings = new ArrayList<>();
        new Judge(text, candidates).judge(findings);
        for (OwnPattern own : settings.patterns()) {
            match(text, own, findings);
        }
        for (WordTree tree : words) {
            list(text, tree, findings);
        }
        return findings;
    }

    /** The groups that the words of a text belong to; a word ends where a small letter meets a capital, too. */
    private long groups(String text) {
        Candidates candidates = new Candidates(thresholds, 0, false);
        new Scanner(text.replaceAll("(?<=[a-z])(?=[A-Z])", " "), candidates, layouts, phones).run();
        return candidates.seen();
    }

    private void match(String text, OwnPattern own, List<Finding> findings) {
        double threshold = settings.thresholds().getOrDefault(own.type(), PiiType.THRESHOLD);
        Matcher matcher = own.pattern().matcher(text);
        while (matcher.find()) {
            if (matcher.end() > matcher.start()) {
                double score = own.score() < threshold && isNear(text, matcher.start(), matcher.end(), own.context())
                        ? Math.min(1, own.score() + CONTEXT)
                        : own.score();
                if (score >= threshold) {
                    findings.add(new Finding(matcher.start(), matcher.end(), own.type(), score));
                }
            }
        }
    }

    private static boolean isNear(String text, int start, int end, List<String> context) {
        if (context.isEmpty()) {
            return false;
        }
        String before =
                text.substring(Math.max(0, start - CONTEXT_BEFORE), start).toLowerCase(Locale.ROOT);
        String behind = text.substring(end, Math.min(text.length(), end + CONTEXT_BEHIND))
                .toLowerCase(Locale.ROOT);
        return context.stream()
                .map(word -> word.toLowerCase(Locale.ROOT))
                .anyMatch(word -> before.contains(word) || behind.contains(word));
    }

    private static void list(String text, WordTree tree, List<Finding> findings) {
        int at = 0;
        while (at < text.length()) {
            boolean begins = at == 0 || !Letters.isWord(text.charAt(at - 1));
            Finding found = begins && !Character.isWhitespace(text.charAt(at)) ? tree.at(text, at) : null;
            if (found != null) {
                findings.add(found);
            }
            at = found == null ? at + 1 : found.end();
        }
    }

    /** Whether a text has a word that makes a type surer. */
    boolean tells(String text, PiiType type) {
        return (groups(text) & type.context()) != 0;
    }

    /** How many steps the scan of a text takes: what a test of linear time counts. */
    long steps(String text) {
        Scanner scanner = new Scanner(text, new Candidates(thresholds, -1, true), layouts, phones);
        scanner.run();
        return scanner.steps() + text.length();
    }

    /** Every type that is looked for. */
    public Set<String> types() {
        Set<String> types = new TreeSet<>();
        for (PiiType type : PiiType.values()) {
            if (thresholds[type.ordinal()] <= 1) {
                types.add(type.name());
            }
        }
        settings.patterns().forEach(own -> types.add(own.type()));
        settings.words().forEach(list -> types.add(list.type()));
        return Collections.unmodifiableSet(types);
    }

    @Override
    public String toString() {
        return "Detectors" + Arrays.asList(types().toArray());
    }
}
