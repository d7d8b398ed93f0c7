package io.github.camelllm.privacy;

import io.github.camelllm.call.Classification;

/**
 * What is done with what is found of one type.
 *
 * @param request what is done with it in requests
 * @param answer what is done with it in answers, if the request had it not; never {@link Action#PSEUDONYM}
 * @param classification how confidential it makes a call
 */
record TypeRule(Action request, Action answer, Classification classification) {

    /** The action in one of the directions. */
    Action in(Direction direction) {
        return direction == Direction.REQUEST ? request : answer;
    }

    /** Whether it goes to the model, or comes from there. */
    enum Direction {
        REQUEST("request"),
        ANSWER("answer");

        private final String label;

        Direction(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }
}
