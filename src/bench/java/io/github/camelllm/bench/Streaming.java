package io.github.camelllm.bench;

import static io.github.camelllm.bench.Table.format;

import java.io.IOException;

/**
 * Streamed answers. The reference is the mock itself and not the bare proxy: {@code platform-http} on its own hands
 * events on in lumps of 16 KB.
 */
final class Streaming {

    private static final Script PACED = Script.stream(10, 10);
    private static final Script BURST = Script.stream(200, 0);
    private static final Script LONG = Script.stream(100, 20);
    private static final int[] CONCURRENT = {50, 100, 250, 500, 1_000, 2_000};
    private static final int ROUNDS = 5;
    private static final long ROUND_MILLIS = 3_000;
    private static final long WARM_UP_MILLIS = 8_000;
    private static final long CONCURRENT_MILLIS = 5_000;

    private final Lab lab;
    private final Proxy full;

    Streaming(Lab lab, Proxy full) {
        this.lab = lab;
        this.full = full;
    }

    void measure(Table table) throws IOException {
        lab.run(load(lab.direct(), BURST, 8, WARM_UP_MILLIS / 4));
        lab.run(load(full.url(), BURST, 8, WARM_UP_MILLIS));
        lab.run(load(full.url(), PACED, 8, WARM_UP_MILLIS / 4));
        paced(table, 1);
        paced(table, 20);
        burst(table);
        concurrent(table);
    }

    private void paced(Table table, int streams) throws IOException {
        Rounds rounds = Rounds.run(
                lab,
                ROUNDS,
                load(full.url(), PACED, streams, ROUND_MILLIS),
                load(lab.direct(), PACED, streams, ROUND_MILLIS));
        String many = streams == 1 ? "1 stream" : streams + " streams";
        table.row(
                "time to first token p50, " + many,
                format(
                        "mock alone %.2f ms",
                        rounds.median(1, o -> o.stream().firstToken().p50() / 1e3)),
                format("%.2f ms", rounds.median(0, o -> o.stream().firstToken().p50() / 1e3)),
                format(
                        "%+.2f ms",
                        rounds.added(0, 1, o -> o.stream().firstToken().p50() / 1e3)),
                "≤ 2 ms");
        table.row(
                "event sent to event read p50, " + many + ", 10 ms an event",
                format(
                        "mock alone %.3f ms",
                        rounds.median(1, o -> o.stream().lag().p50() / 1e3)),
                format("%.3f ms", rounds.median(0, o -> o.stream().lag().p50() / 1e3)),
                format("%+.3f ms", rounds.added(0, 1, o -> o.stream().lag().p50() / 1e3)),
                "≤ 0.1 ms");
    }

    private void burst(Table table) throws IOException {
        Rounds rounds = Rounds.run(
                lab, ROUNDS, load(full.url(), BURST, 8, ROUND_MILLIS), load(lab.direct(), BURST, 8, ROUND_MILLIS / 3));
        table.row(
                "events a second, 8 streams of 200 events at once",
                format("mock alone %.0f /s", rounds.median(1, Streaming::eventsPerSecond)),
                format("%.0f /s", rounds.median(0, Streaming::eventsPerSecond)),
                format(
                        "CPU %.1f µs an event",
                        rounds.median(
                                0, o -> o.cpuNanos().get(0) / 1e3 / o.stream().events())),
                "");
    }

    /** Raises the number of streams until the gateway no longer keeps pace. */
    private void concurrent(Table table) throws IOException {
        for (int streams : CONCURRENT) {
            Outcome direct = lab.run(load(lab.direct(), LONG, streams, CONCURRENT_MILLIS / 2));
            lab.mostInFlight();
            Outcome outcome = lab.tryRun(load(full.url(), LONG, streams, CONCURRENT_MILLIS));
            int inFlight = lab.mostInFlight();
            Outcome.Streamed s = outcome.stream();
            table.row(
                    format("%d streams of 100 events, 20 ms an event", streams),
                    format(
                            "mock alone: lag p50 %.1f, p99 %.1f ms",
                            direct.stream().lag().p50() / 1e3,
                            direct.stream().lag().p99() / 1e3),
                    format(
                            "lag p50 %.1f, p99 %.1f ms",
                            s.lag().p50() / 1e3, s.lag().p99() / 1e3),
                    format(
                            "%d events: %d lost, %d glued, %d bunched, %d errors, %d in flight",
                            s.events(), s.lost(), s.glued(), s.bunched(), outcome.errors(), inFlight),
                    "none lost or glued");
            boolean kept = s.lost() + s.glued() + outcome.errors() == 0
                    && inFlight >= streams
                    && s.lag().p99() < 1e3 * LONG.gapMillis() * 10;
            if (!kept) {
                return;
            }
        }
    }

    private static double eventsPerSecond(Outcome outcome) {
        return outcome.stream().events() * 1e9 / outcome.nanos();
    }

    private Load load(String url, Script script, int connections, long millis) {
        return new Load(url, lab.options().model(), script, connections, millis, full.pid());
    }
}
