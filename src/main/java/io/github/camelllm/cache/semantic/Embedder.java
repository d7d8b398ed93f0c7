package io.github.camelllm.cache.semantic;

/** Turns a text into a vector, such that texts that mean the like have vectors that lie close. Thread-safe. */
public interface Embedder {

    /**
     * The vector of a text, of any length but zero; it need not be normalised.
     *
     * @param text not blank
     * @throws EmbeddingException when there is none, with a message for the log that does not hold the text
     */
    float[] embed(String text);

    /** Why there is no vector. */
    final class EmbeddingException extends RuntimeException {

        private static final long serialVersionUID = 1;

        public EmbeddingException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
