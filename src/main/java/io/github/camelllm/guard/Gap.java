package io.github.camelllm.guard;

import java.util.List;

/**
 * Words that may stand between two of a phrase: {@code ..} up to three of any kind, {@code ..8} up to eight, {@code ..3!my|our} up to three
 * but none of these, {@code ..2=of|the} up to two and of these alone.
 *
 * @param most how many words
 * @param only whether the words are those that may stand there; else they are those that may not
 * @param words the alternatives, each of one entry of the vocabulary; none for a gap that any word may stand in
 */
record Gap(int most, boolean only, List<int[]> words) {

    static final Gap NONE = new Gap(0, false, List.of());

    /**
     * Reads a gap, which begins with two dots.
     *
     * @throws IllegalArgumentException saying what is wrong, without a full stop
     */
    static Gap read(String text, Vocabulary.Builder vocabulary) {
        String number = text.substring(2).replaceAll("[!=].*", "");
        String rest = text.substring(2 + number.length());
        if (!number.matches("|[1-9]|1\\d|20")) {
            throw new IllegalArgumentException("the gap " + text + " is none of .. and ..1 to ..20");
        }
        int most = number.isEmpty() ? 3 : Integer.parseInt(number);
        if (rest.isEmpty()) {
            return new Gap(most, false, List.of());
        }
        List<int[]> words = Phrase.alternatives(rest.substring(1), vocabulary);
        if (words.stream().anyMatch(word -> word.length > 1)) {
            throw new IllegalArgumentException(
                    "the gap " + text + " has several words in a row; single ones are allowed");
        }
        return new Gap(most, rest.startsWith("="), words);
    }

    /** Adds, to each place that has been reached, those that may be reached over words of the gap. */
    void spread(Spots reached, Places places) {
        if (words.isEmpty()) {
            reached.spread(most);
            return;
        }
        Spots named = places.words;
        named.clear();
        for (int[] word : words) {
            named.or(places.of(word[0]));
        }
        Spots passed = places.passed;
        for (int i = 0; i < most; i++) {
            passed.copy(reached);
            if (only) {
                passed.and(named);
            } else {
                passed.andNot(named);
            }
            reached.orLater(passed, 1);
        }
    }
}
