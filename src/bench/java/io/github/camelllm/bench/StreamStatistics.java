package io.github.camelllm.bench;

/** What the streams of one {@link Load} were like, together. Used by one event loop. */
final class StreamStatistics {

    final Percentiles.Recorder firstToken = new Percentiles.Recorder();
    final Percentiles.Recorder lag = new Percentiles.Recorder();
    long lost;
    long glued;
    long bunched;

    Outcome.Streamed result() {
        return new Outcome.Streamed(lag.count(), lost, glued, bunched, firstToken.percentiles(), lag.percentiles());
    }
}
