package io.github.camelllm.privacy;

/** An analyzer that has not said what it found. */
final class AnalyzerFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final boolean late;

    /** @param late whether it has not answered in time */
    AnalyzerFailure(String message, boolean late) {
        super(message, null, false, false); // no cause: an HTTP client's may quote what was sent
        this.late = late;
    }

    boolean isLate() {
        return late;
    }
}
