package io.github.camelllm.bench;

import io.github.camelllm.cache.CacheCost;
import io.github.camelllm.inspect.InspectCost;
import io.github.camelllm.ledger.LedgerCost;
import io.github.camelllm.privacy.DetectorCost;
import io.github.camelllm.privacy.RedactionCost;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the benchmark and prints its table; see {@code src/bench/README.md}. */
public final class Benchmark {

    private static final String HEAP = "-Xmx1g";
    private static final int LEDGER_CALLS_PER_SECOND = 3500;
    private static final long MOST_MINUTES = 15;

    private Benchmark() {}

    /** Takes its options from system properties, see {@link Options}. Exits 1 when a measurement fails. */
    public static void main(String[] args) throws Exception {
        endWithParent();
        Options options = Options.read();
        try (Lab lab = new Lab(options)) {
            if (options.profile()) {
                new Profile(lab).run();
            } else {
                measure(lab);
            }
        }
    }

    private static void measure(Lab lab) throws Exception {
        Options options = lab.options();
        double busy = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        Subjects subjects = new Subjects(lab);
        Table table = new Table(subjects.rivalName());
        if (options.wants("startup")) {
            new Startup(subjects).measure(table);
        }
        if (options.wants("limits")) {
            new LimitCost().measure(table);
        }
        if (options.wants("ledger")) {
            table.row(
                    Table.format("CPU a call in the ledger (H2 file, %d calls a second)", LEDGER_CALLS_PER_SECOND),
                    "",
                    Table.format("%.1f µs", LedgerCost.micros(LEDGER_CALLS_PER_SECOND)),
                    "",
                    "≤ 25 µs");
        }
        if (options.wants("cache")) {
            for (String tiers : List.of("exact", "exact,normalised")) {
                try (CacheCost cost = new CacheCost(tiers)) {
                    row(table, "the step cache (" + tiers + "), a miss of 2 KB", cost.miss(), "≤ 30 µs");
                    row(table, "the same, a hit", cost.hit(), "");
                }
            }
            try (Proxy full = subjects.startFull(HEAP)) {
                new CacheHits(lab, full).measure(table);
            }
        }
        if (options.wants("privacy")) {
            detectors(table);
            redaction(table);
        }
        if (options.wants("inspect")) {
            answers(table);
        }
        if (options.wants("throughput") || options.wants("streaming") || options.wants("in-flight")) {
            proxies(lab, subjects, table);
        }
        String result = Table.format(
                "Java %s, %s %s, %d processors, load average before the start %.1f, %s%n%n%s",
                options.javaVersion(),
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                busy,
                LocalDate.now(),
                table.markdown());
        Path file = options.out().resolve("java-" + options.javaVersion() + ".md");
        Files.writeString(file, result);
        System.out.println(result);
    }

    private static void row(Table table, String what, CacheCost.Micros micros, String bound) {
        table.row(what, "", Table.format("p50 %.1f µs, p99 %.1f µs", micros.p50(), micros.p99()), "", bound);
    }

    private static void answers(Table table) {
        InspectCost cost = new InspectCost(Path.of("config"));
        InspectCost.Micros whole = cost.whole();
        InspectCost.Micros event = cost.event();
        double worst = cost.hostile().values().stream()
                .mapToDouble(Double::doubleValue)
                .max()
                .orElseThrow();
        String pattern = "p50 %.1f µs, p99 %.1f µs";
        table.row(
                "inspect, as shipped: a whole answer of 2 KB",
                "",
                Table.format(pattern, whole.p50(), whole.p99()),
                "",
                "≤ 100 µs");
        table.row("the same, an event of a stream", "", Table.format(pattern, event.p50(), event.p99()), "", "≤ 20 µs");
        table.row(
                "the same, the worst of 15 hostile texts of 1 MB", "", Table.format("%.0f ms", worst), "", "≤ 100 ms");
    }

    private static void detectors(Table table) {
        DetectorCost cost = new DetectorCost();
        DetectorCost.Millis clean = cost.of(DetectorCost.clean());
        DetectorCost.Millis dense = cost.of(DetectorCost.dense());
        DetectorCost.Worst worst = cost.worst();
        String pattern = "p50 %.3f ms, p99 %.3f ms";
        table.row("detectors: 2 KB clean", "", Table.format(pattern, clean.p50(), clean.p99()), "", "≤ 0.1 ms");
        table.row("detectors: 2 KB dense", "", Table.format(pattern, dense.p50(), dense.p99()), "", "≤ 0.4 ms");
        table.row(
                Table.format("detectors: the worst 1 MB (%s)", worst.text()),
                "",
                Table.format("%.0f ms", worst.millis()),
                "",
                "≤ 100 ms");
    }

    private static void redaction(Table table) throws Exception {
        try (RedactionCost cost = new RedactionCost()) {
            String pattern = "p50 %.3f ms, p99 %.3f ms";
            RedactionCost.Millis clean = cost.of(DetectorCost.clean());
            RedactionCost.Millis dense = cost.of(DetectorCost.dense());
            RedactionCost.Millis event = cost.eventOf(DetectorCost.dense());
            table.row(
                    "the step redact: 2 KB there and back, clean",
                    "",
                    Table.format(pattern, clean.p50(), clean.p99()),
                    "",
                    "");
            table.row("the same, dense", "", Table.format(pattern, dense.p50(), dense.p99()), "", "");
            table.row(
                    "the same, an event of its stream",
                    "",
                    Table.format(pattern, event.p50(), event.p99()),
                    "",
                    "≤ 0.1 ms");
        }
    }

    private static void proxies(Lab lab, Subjects subjects, Table table) throws Exception {
        Options options = lab.options();
        try (Proxy rival = subjects.startRival(HEAP);
                Proxy full = subjects.startFull(HEAP)) {
            if (options.wants("throughput")) {
                new Throughput(lab, rival, full).measure(table);
            }
            rival.close();
            if (options.wants("streaming")) {
                new Streaming(lab, full).measure(table);
            }
            if (options.wants("in-flight")) {
                new InFlight(lab, full).measure(table);
            }
        }
    }

    /** A benchmark whose Maven is gone, or that hangs, ends, and takes its processes with it. */
    private static void endWithParent() {
        ProcessHandle.current().parent().ifPresent(parent -> parent.onExit().thenRun(() -> System.exit(1)));
        Thread watchdog = new Thread(
                () -> {
                    try {
                        TimeUnit.MINUTES.sleep(MOST_MINUTES);
                        System.err.println("The benchmark took longer than " + MOST_MINUTES + " minutes: ended");
                        System.exit(1);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "watchdog");
        watchdog.setDaemon(true);
        watchdog.start();
    }
}
