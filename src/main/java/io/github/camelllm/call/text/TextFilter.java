package io.github.camelllm.call.text;

/**
 * Changes one text of an answer that comes in pieces. What is pushed comes out again in order, changed or not, at once or later:
 * nothing is lost. Used by one thread at a time.
 */
public interface TextFilter {

    /**
     * Takes the next piece of the text.
     *
     * @return what may go out now, perhaps empty; the very same instance when it is this piece unchanged
     * @throws io.github.camelllm.problem.Problem when the answer must not go on
     */
    String push(String piece);

    /** What is still held, now that no more comes; empty when nothing is. Called once. */
    String end();
}
