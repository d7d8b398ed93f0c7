package io.github.camelllm.bench;

import static io.github.camelllm.bench.Table.format;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** The time from start to ready, and the resident memory of a process that has nothing to do, with a heap of 256 MiB. */
final class Startup {

    private static final String HEAP = "-Xmx256m";
    private static final int TIMES = 3;
    private static final long SETTLE_MILLIS = 2_000;

    private final Subjects subjects;

    Startup(Subjects subjects) {
        this.subjects = subjects;
    }

    void measure(Table table) throws IOException, InterruptedException {
        double[] rivalReady = new double[TIMES];
        double[] rivalIdle = new double[TIMES];
        double[] fullReady = new double[TIMES];
        double[] fullIdle = new double[TIMES];
        for (int i = 0; i < TIMES; i++) {
            try (Proxy rival = subjects.startRival(HEAP)) {
                rivalReady[i] = rival.readyMillis();
                rivalIdle[i] = settled(rival);
            }
            try (Proxy full = subjects.startFull(HEAP)) {
                fullReady[i] = full.readyMillis();
                fullIdle[i] = settled(full);
            }
        }
        double rivalMedian = Rounds.median(rivalReady) / 1_000;
        double fullMedian = Rounds.median(fullReady) / 1_000;
        table.row(
                "start to ready",
                format("%.2f s", rivalMedian),
                format("%.2f s", fullMedian),
                format("+%.2f s", fullMedian - rivalMedian),
                "≤ 2.5 s");
        double rivalMemory = Rounds.median(rivalIdle);
        double fullMemory = Rounds.median(fullIdle);
        table.row(
                "resident memory, idle, -Xmx256m",
                format("%.0f MiB", rivalMemory),
                format("%.0f MiB", fullMemory),
                format("%+.0f MiB", fullMemory - rivalMemory),
                "≤ 256 MiB");
    }

    private static double settled(Proxy proxy) throws IOException, InterruptedException {
        TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
        return proxy.residentMegabytes();
    }
}
