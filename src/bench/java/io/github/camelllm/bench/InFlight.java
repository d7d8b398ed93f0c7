package io.github.camelllm.bench;

import static io.github.camelllm.bench.Table.format;

import java.io.IOException;

/** Calls that each take a second, many at once: how many the full chain holds, and whether all of them are answered. */
final class InFlight {

    private static final Script SECOND = Script.delay(1_000);
    private static final int VIRTUAL = 5_000;
    private static final int PLATFORM = 256;
    private static final long MILLIS = 8_000;

    private final Lab lab;
    private final Proxy full;

    InFlight(Lab lab, Proxy full) {
        this.lab = lab;
        this.full = full;
    }

    void measure(Table table) throws IOException {
        int calls = lab.options().virtualThreads() ? VIRTUAL : PLATFORM;
        lab.run(load(full.url(), Script.INSTANT, 64));
        Outcome direct = lab.run(load(lab.direct(), SECOND, calls));
        lab.mostInFlight();
        Outcome outcome = lab.tryRun(load(full.url(), SECOND, calls));
        table.row(
                format("%d calls of 1 s at once: latency p50, p99", calls),
                format(
                        "mock alone %.2f, %.2f s",
                        direct.latency().p50() / 1e6, direct.latency().p99() / 1e6),
                format(
                        "%.2f, %.2f s",
                        outcome.latency().p50() / 1e6, outcome.latency().p99() / 1e6),
                format(
                        "%d in flight, %d answers in %d s, %d errors, %.0f MiB resident",
                        lab.mostInFlight(),
                        outcome.completed(),
                        MILLIS / 1_000,
                        outcome.errors(),
                        full.residentMegabytes()),
                calls == VIRTUAL ? "5,000 in flight, no error" : "");
        if (outcome.errors() > 0) {
            System.err.println("first error: " + outcome.firstError());
        }
    }

    private Load load(String url, Script script, int connections) {
        return new Load(url, lab.options().model(), script, connections, MILLIS, full.pid());
    }
}
