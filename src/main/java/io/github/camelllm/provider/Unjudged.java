package io.github.camelllm.provider;

import io.github.camelllm.problem.Problem;

/** The end of an attempt that says nothing of the model: its problem is the cause. */
final class Unjudged extends RuntimeException {

    Unjudged(Problem problem) {
        super(problem.getMessage(), problem, false, false);
    }
}
