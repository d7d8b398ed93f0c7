package io.github.camelllm.bench;

import java.util.List;

/**
 * What became of a {@link Load}.
 *
 * @param completed answers with status 200 that were whole before the time was up
 * @param nanos the time from the first request to the moment the time was up
 * @param errors answers with another status, broken answers and broken connections; late ones too
 * @param firstError what the first of them was; null if there was none
 * @param latency request sent to answer complete
 * @param cpuNanos what each process asked for used, while the time ran
 * @param stream what the streams were like; all zero where nothing was streamed
 */
record Outcome(
        long completed,
        long nanos,
        long errors,
        String firstError,
        Percentiles latency,
        List<Long> cpuNanos,
        Streamed stream) {

    /** Answers a second. */
    double perSecond() {
        return completed * 1e9 / nanos;
    }

    /** CPU microseconds an answer, of the process at that place of {@link Load#pids}. */
    double cpuMicros(int process) {
        return cpuNanos.get(process) / 1e3 / Math.max(completed, 1);
    }

    /**
     * What the events of streams were like.
     *
     * @param events content events that came
     * @param lost content events that did not come, or not in their order
     * @param glued events that held two marks where one was sent
     * @param bunched events that came on the heels of the one before, though sent well after it
     * @param firstToken request sent to first content event
     * @param lag event written by the mock to event read by the driver
     */
    record Streamed(long events, long lost, long glued, long bunched, Percentiles firstToken, Percentiles lag) {}
}
