package io.github.camelllm.bench;

/** How many requests the mock upstream works on. Used by its one event loop. */
final class MockGauge {

    private int inFlight;
    private int most;

    void begin() {
        inFlight++;
        most = Math.max(most, inFlight);
    }

    void end() {
        inFlight--;
    }

    /** The most requests in flight at once since the last question. */
    int mostSinceLast() {
        int answer = most;
        most = inFlight;
        return answer;
    }
}
