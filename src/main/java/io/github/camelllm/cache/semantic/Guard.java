package io.github.camelllm.cache.semantic;

import java.util.Locale;

/** What may speak against giving one question the answer of another. */
public enum Guard {
    /** Another language, or one whose words the guards do not know. */
    LANGUAGE,
    /** Other numbers, amounts, units, dates or times. */
    NUMBERS,
    /** Other names, code, quotations, addresses, versions. */
    NAMES,
    /** One says not, never, without or except where the other does not. */
    NEGATION,
    /** One says the opposite of a word of the other. */
    OPPOSITES,
    /** Another kind of question: who, when, how many. */
    QUESTION,
    /** Another tense or modality: was and will, may and must. */
    TENSE,
    /** Other persons: mine and yours, I to you and you to me. */
    PERSONS,
    /** The same words in an order that may mean something else: from and to, who does it to whom. */
    ORDER,
    /** A word that says something and for which the other has neither the same nor one known to say the same. */
    WORDS;

    /** The name in lower case, as settings write it and logs and metrics carry it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
