package io.github.camelllm.inspect;

import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;

/** Takes note of what is found in an answer. */
@FunctionalInterface
interface Findings {

    /** Notes a finding by its short name, such as {@code refusal}; the same one any number of times. */
    void note(String finding);

    /**
     * Notes a finding, and ends the answer if that is what is done about it.
     *
     * @throws Problem {@code content_policy_violation}
     */
    default void act(String finding, Action action) {
        note(finding);
        if (action == Action.BLOCK) {
            throw withheld(finding);
        }
    }

    /** Why an answer is not given, in words for the client: the finding's name, and nothing of the answer. */
    static Problem withheld(String finding) {
        return Problem.of(
                ErrorCode.CONTENT_POLICY_VIOLATION,
                "The model's answer is withheld by the gateway's content policy (" + finding + ").");
    }
}
