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
        lab.mostInFlight();
        Outcome outcome = lab.tryRun(new Load(full.url(), lab.options().model(), SECOND, calls, MILLIS, full.pid()));
        table.row(
                format("%d calls of 1 s at once", calls),
                "",
                format("%d in flight, %d errors", lab.mostInFlight(), outcome.errors()),
                format(
                        "%d answers, p50 %.2f s, p99 %.2f s, %.0f MiB resident",
                        outcome.completed(),
                        outcome.latency().p50() / 1e6,
                        outcome.latency().p99() / 1e6,
                        full.residentMegabytes()),
                calls == VIRTUAL ? "5,000, no error" : "");
        if (outcome.errors() > 0) {
            System.err.println("first error: " + outcome.firstError());
        }
    }
}
