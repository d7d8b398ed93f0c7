package io.github.camelllm.cache;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import java.util.Optional;

/**
 * One way to find out that a question has been answered: an index from questions to the ids of kept answers. It holds no
 * answers. The cache asks its tiers in the order of its setting {@code tiers}, and takes the first match whose
 * answer is still kept and fresh. Thread-safe.
 *
 * <p>A bean of this type joins the cache when {@code tiers} names it.
 */
public interface CacheTier {

    /** Its name in the setting {@code tiers}, in records and in metrics: {@code exact}, {@code normalised}, {@code semantic}. */
    String name();

    /**
     * The kept answer that answers this question too; empty when it knows none. An exception counts as none and is logged.
     *
     * @param call who asks; not to be changed
     */
    Optional<Match> find(Call call, Question question);

    /**
     * Notes that the answer to this question is kept, or about to be, as {@link Question#id}. May be told so twice.
     *
     * @param call who has asked; not to be changed
     */
    void add(Call call, Question question);

    /**
     * Forgets an answer that is kept no more: it has expired, was evicted or cleared. An unknown id changes nothing. Comes
     * while the store is busy: it must neither take long nor wait for anybody who may be using the cache.
     */
    void remove(String partition, String id);

    /** About how many bytes of memory it takes for each answer; they count against the bound of the cache. */
    default int bytesPerAnswer() {
        return 0;
    }

    /**
     * Whether a match is to be checked: it is given all the same, a model is asked behind the caller's back, and {@link
     * #compared} is told if that gives an answer.
     */
    default boolean checks(Question question, Match match) {
        return false;
    }

    /**
     * What came of a check.
     *
     * @param kept the answer that was given
     * @param fresh the one that a model gave
     */
    default void compared(Question question, Match match, Answer kept, Answer fresh) {
        // nothing is checked
    }

    /**
     * A kept answer that seems to answer a question.
     *
     * @param id its {@link Question#id}
     * @param similarity of the two questions, up to 1, which is for the same one
     */
    record Match(String id, double similarity) {}
}
