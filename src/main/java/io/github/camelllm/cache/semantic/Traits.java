package io.github.camelllm.cache.semantic;

import java.util.List;
import java.util.Set;

/**
 * What decides whether an answer fits a question, as far as the words show it. Immutable, and read once for each question.
 *
 * @param language en, de, es or fr; empty when it cannot be told
 * @param script the writing of most of its letters, such as LATIN
 * @param type what is asked for: who, when, howmany, yes; {@code statement} when nothing shows it
 * @param able whether it asks if something can be done
 * @param numbers numbers with their units, dates and times
 * @param exact code, quotations, addresses and whatever has digits in it, as written
 * @param names words with a capital letter where none is due
 * @param negations each negation with the last word that it is over
 * @param modes tense and modality where a word shows them, and what ties sentences other than by adding one
 * @param persons who speaks and who is spoken to, in order
 * @param forms every word by its stem, to look up names and opposites in
 * @param words what is said, without the words that only hold it together
 * @param chunks the same in order
 * @param raw every piece in lower case
 */
record Traits(
        String language,
        String script,
        String type,
        boolean able,
        List<String> numbers,
        List<String> exact,
        Set<String> names,
        List<String> negations,
        Set<String> modes,
        List<String> persons,
        Set<String> forms,
        Set<String> words,
        List<Chunk> chunks,
        List<String> raw) {

    /** Never the words: they are a prompt. */
    @Override
    public String toString() {
        return "Traits[" + language + ", " + type + ", " + words.size() + " words]";
    }
}
