package io.github.camelllm.bench;

import static io.github.camelllm.bench.Table.format;

import java.io.IOException;

/** Whole answers from an instant upstream: answers a second, CPU an answer, latency added, memory under that load. */
final class Throughput {

    private static final int[] CONNECTIONS = {1, 64, 256};
    private static final long WARM_UP_MILLIS = 15_000;
    private static final long ROUND_MILLIS = 2_000;
    private static final int ROUNDS = 8;

    private final Lab lab;
    private final Proxy rival;
    private final Proxy full;

    Throughput(Lab lab, Proxy rival, Proxy full) {
        this.lab = lab;
        this.rival = rival;
        this.full = full;
    }

    void measure(Table table) throws IOException {
        lab.run(load(lab.direct(), 16, WARM_UP_MILLIS / 3));
        lab.run(load(rival.url(), 64, WARM_UP_MILLIS));
        lab.run(load(full.url(), 64, WARM_UP_MILLIS));
        for (int connections : CONNECTIONS) {
            Rounds rounds = Rounds.run(
                    lab,
                    ROUNDS,
                    load(rival.url(), connections, ROUND_MILLIS),
                    load(full.url(), connections, ROUND_MILLIS),
                    load(lab.direct(), connections, ROUND_MILLIS / 2));
            if (connections == 1) {
                latency(table, rounds);
            }
            throughput(table, connections, rounds);
        }
        double rivalMemory = rival.residentMegabytes();
        double fullMemory = full.residentMegabytes();
        table.row(
                "resident memory after 256 connections, -Xmx1g",
                format("%.0f MiB", rivalMemory),
                format("%.0f MiB", fullMemory),
                format("%+.0f MiB", fullMemory - rivalMemory),
                "");
    }

    private void latency(Table table, Rounds rounds) {
        table.row(
                "latency p50, 1 connection (mock alone: "
                        + format("%.2f ms", rounds.median(2, p -> p.latency().p50() / 1e3)) + ")",
                format("%.2f ms", rounds.median(0, p -> p.latency().p50() / 1e3)),
                format("%.2f ms", rounds.median(1, p -> p.latency().p50() / 1e3)),
                format(
                        "%+.2f ms (to mock alone %+.2f)",
                        rounds.added(1, 0, p -> p.latency().p50() / 1e3),
                        rounds.added(1, 2, p -> p.latency().p50() / 1e3)),
                "");
        table.row(
                "latency p99, 1 connection (mock alone: "
                        + format("%.2f ms", rounds.median(2, p -> p.latency().p99() / 1e3)) + ")",
                format("%.2f ms", rounds.median(0, p -> p.latency().p99() / 1e3)),
                format("%.2f ms", rounds.median(1, p -> p.latency().p99() / 1e3)),
                format(
                        "%+.2f ms (to mock alone %+.2f)",
                        rounds.added(1, 0, p -> p.latency().p99() / 1e3),
                        rounds.added(1, 2, p -> p.latency().p99() / 1e3)),
                "≤ 1.5 ms");
    }

    private static void throughput(Table table, int connections, Rounds rounds) {
        String at = connections == 1 ? ", 1 connection" : ", " + connections + " connections";
        table.row(
                "throughput" + at,
                format("%.0f /s", rounds.median(0, Outcome::perSecond)),
                format("%.0f /s", rounds.median(1, Outcome::perSecond)),
                format("× %.2f", rounds.ratio(1, 0, Outcome::perSecond)),
                "≥ 0.6");
        table.row(
                "CPU a request" + at,
                format("%.0f µs", rounds.median(0, o -> o.cpuMicros(0))),
                format("%.0f µs", rounds.median(1, o -> o.cpuMicros(1))),
                format(
                        "× %.2f (driver and mock: %.0f µs)",
                        rounds.median(1, o -> o.cpuMicros(1)) / rounds.median(0, o -> o.cpuMicros(0)),
                        rounds.median(1, o -> o.cpuMicros(2) + o.cpuMicros(3))),
                "");
    }

    private Load load(String url, int connections, long millis) {
        return new Load(
                url,
                lab.options().model(),
                Script.INSTANT,
                connections,
                millis,
                rival.pid(),
                full.pid(),
                lab.driverPid(),
                lab.mockPid());
    }
}
