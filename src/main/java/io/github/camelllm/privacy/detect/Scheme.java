package io.github.camelllm.privacy.detect;

import java.util.function.Predicate;

/**
 * A numbering scheme: how its numbers are laid out, and the check that they pass.
 *
 * @param type what its numbers are
 * @param score how sure one is by itself: the rarer such a number is by chance, the surer
 * @param check what the number, in digits and capitals without separators, must pass
 * @param layouts how it is written: {@code 9} is a digit, {@code A} a letter, {@code X} either, {@code {n}} repeats the character
 *     before it, and everything else stands for itself
 */
record Scheme(PiiType type, double score, Predicate<CharSequence> check, String... layouts) {

    /** The score of a shape that many other things have: it takes a word beside it. */
    static final double WEAK = 0.1;

    static final Predicate<CharSequence> ANY = number -> true;
}
