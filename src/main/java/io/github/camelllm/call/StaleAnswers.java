package io.github.camelllm.call;

import java.util.Optional;

/** Where answers are found that were right once: the cache, for the {@code degrade} step. Thread-safe. */
@FunctionalInterface
public interface StaleAnswers {

    /** An answer to the same request that has outlived its time; empty when there is none. */
    Optional<Answer> find(Call call);
}
