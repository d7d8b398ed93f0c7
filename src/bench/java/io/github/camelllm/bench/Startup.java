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
        Series rival = new Series();
        Series full = new Series();
        for (int i = 0; i < TIMES; i++) {
            try (Proxy proxy = subjects.startRival(HEAP)) {
                rival.note(i, proxy);
            }
            try (Proxy proxy = subjects.startFull(HEAP)) {
                full.note(i, proxy);
            }
        }
        row(table, "start to ready", "%.2f s", "%+.2f s", rival.ready, full.ready, "≤ 2.5 s");
        row(table, "CPU from start to ready", "%.2f s", "%+.2f s", rival.cpu, full.cpu, "");
        row(table, "resident memory, idle, -Xmx256m", "%.0f MiB", "%+.0f MiB", rival.idle, full.idle, "≤ 256 MiB");
    }

    private static void row(
            Table table, String what, String absolute, String added, double[] rival, double[] full, String bound) {
        double rivalMedian = Rounds.median(rival);
        double fullMedian = Rounds.median(full);
        table.row(
                what,
                format(absolute, rivalMedian),
                format(absolute, fullMedian),
                format(added, fullMedian - rivalMedian),
                bound);
    }

    /** What several starts of one process were like. */
    private static final class Series {
        private final double[] ready = new double[TIMES];
        private final double[] cpu = new double[TIMES];
        private final double[] idle = new double[TIMES];

        void note(int i, Proxy proxy) throws IOException, InterruptedException {
            ready[i] = proxy.readyMillis() / 1_000;
            cpu[i] = proxy.readyCpuMillis() / 1_000;
            TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
            idle[i] = proxy.residentMegabytes();
        }
    }
}
