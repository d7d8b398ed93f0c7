package io.github.camelllm.cache.semantic;

import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides whether two questions may share an answer, beyond the likeness of their vectors. Errs to refusing: a hit that is
 * refused costs one call, a wrong one is believed. Immutable, thread-safe.
 */
public final class Guards {

    private static final Set<String> PREFIXES = Set.of(
            "un", "in", "im", "il", "ir", "dis", "non", "de", "des", "dé", "dés", "mal", "mis", "anti", "ent", "ver",
            "ab", "a");

    /** What one may ask for in the place of asking what it is. */
    private static final Set<String> TASKS = Set.of("list", "explain");

    /** Words that tie in the same way. */
    private static final Map<String, String> SAME_LINKS = Map.of(
            "within",
            "in",
            "inside",
            "in",
            "during",
            "in",
            "using",
            "with",
            "via",
            "with",
            "into",
            "to",
            "innerhalb",
            "in",
            "per",
            "mit");

    private final Lexicon lexicon;
    private final Set<Guard> on;

    /**
     * @param lexicon the words that the guards go by
     * @param on the guards that are asked
     */
    public Guards(Lexicon lexicon, Collection<Guard> on) {
        this.lexicon = lexicon;
        this.on = Set.copyOf(on);
    }

    /** What speaks against one answer for both; empty when nothing does. The same for the two in any order. */
    public Optional<Guard> refusal(String one, String other) {
        return refusal(lexicon.traits(one), lexicon.traits(other));
    }

    /** The traits of a question, to keep beside its vector. */
    Traits traits(String question) {
        return lexicon.traits(question);
    }

    Optional<Guard> refusal(Traits a, Traits b) {
        if (a.raw().equals(b.raw())) {
            return Optional.empty();
        }
        for (Guard guard : Guard.values()) {
            if (on.contains(guard) && refuses(guard, a, b)) {
                return Optional.of(guard);
            }
        }
        return Optional.empty();
    }

    private boolean refuses(Guard guard, Traits a, Traits b) {
        return switch (guard) {
            case LANGUAGE ->
                a.language().isEmpty()
                        || !a.language().equals(b.language())
                        || !a.script().equals(b.script());
            case NUMBERS -> !a.numbers().equals(b.numbers());
            case NAMES ->
                !a.exact().equals(b.exact())
                        || !b.forms().containsAll(a.names())
                        || !a.forms().containsAll(b.names());
            case NEGATION -> !negations(a).equals(negations(b));
            case OPPOSITES -> opposes(a, b) || opposes(b, a);
            case QUESTION -> !isSameKind(a.type(), b.type()) || a.able() != b.able();
            case TENSE -> !a.modes().equals(b.modes());
            case PERSONS -> persons(a, b);
            case ORDER -> !sameOrder(a, b);
            case WORDS -> !a.words().equals(b.words());
        };
    }

    /** What are the rules: list them, explain them. But to list them is not to explain them. */
    private static boolean isSameKind(String one, String other) {
        return one.equals(other)
                || one.equals("what") && TASKS.contains(other)
                || other.equals("what") && TASKS.contains(one);
    }

    /** Where the words are compared one by one, what a negation is over is compared as well; else its kind and place. */
    private List<String> negations(Traits traits) {
        if (on.contains(Guard.WORDS)) {
            return traits.negations();
        }
        return traits.negations().stream()
                .map(negation -> negation.replaceFirst("(\\S+ \\S+).*", "$1"))
                .sorted()
                .toList();
    }

    private boolean opposes(Traits a, Traits b) {
        Words words = lexicon.words(a.language());
        for (String form : a.forms()) {
            if (b.forms().contains(form)) {
                continue;
            }
            if (words != null && !Collections.disjoint(words.opposites(form), b.forms())) {
                return true;
            }
            for (String prefix : PREFIXES) {
                boolean longer = form.length() - prefix.length() >= 3 && form.startsWith(prefix);
                if (longer && b.forms().contains(form.substring(prefix.length()))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean persons(Traits a, Traits b) {
        if (!possessives(a).equals(possessives(b))) {
            return true;
        }
        List<String> left = subjects(a);
        List<String> right = subjects(b);
        return !left.isEmpty() && !right.isEmpty() && !left.equals(right);
    }

    private static Set<String> possessives(Traits traits) {
        Set<String> found = new HashSet<>(traits.persons());
        found.removeAll(Set.of("i", "you"));
        return found;
    }

    /** I and you in the order in which they come first. */
    private static List<String> subjects(Traits traits) {
        return traits.persons().stream()
                .filter(person -> person.equals("i") || person.equals("you"))
                .distinct()
                .toList();
    }

    /**
     * Whether the words that both have stand in the same order. Parts that a word like in or from ties to the rest may stand
     * anywhere, as long as the same word ties them.
     */
    private static boolean sameOrder(Traits a, Traits b) {
        Set<String> common = new HashSet<>(a.words());
        common.retainAll(b.words());
        List<Chunk> left = a.chunks().stream().map(chunk -> chunk.only(common)).toList();
        List<Chunk> right = b.chunks().stream().map(chunk -> chunk.only(common)).toList();
        return left.get(0).words().equals(right.get(0).words()) && parts(left).equals(parts(right));
    }

    private static List<String> parts(List<Chunk> chunks) {
        return chunks.subList(1, chunks.size()).stream()
                .map(chunk ->
                        SAME_LINKS.getOrDefault(chunk.link(), chunk.link()) + " " + String.join(" ", chunk.words()))
                .sorted()
                .toList();
    }
}
