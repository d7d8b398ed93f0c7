package io.github.camelllm.ledger;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.call.Usage;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** What the ledger takes of the processors for a call: from the record of the call to its row in an H2 file. */
public final class LedgerCost {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int WARM = 200_000;
    private static final int MEASURED = 70_000;
    private static final int SLICES_PER_SECOND = 200;
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private LedgerCost() {}

    /**
     * Microseconds of processor time for a call, the collector's and the compiler's included, in a ledger that holds {@value
     * #WARM} calls already.
     *
     * @param callsPerSecond how fast they come
     */
    public static double micros(int callsPerSecond) throws Exception {
        Path directory = Files.createTempDirectory("ledger-cost");
        Counts counts = new Counts();
        Writer writer = new Writer(
                new LedgerSettings(
                        "jdbc:h2:file:" + directory.resolve("ledger"), "", "", 0, directory, 20_000, LONGEST),
                Ticker.SYSTEM,
                counts);
        writer.start();
        try {
            feed(writer, counts, WARM, 4 * callsPerSecond);
            long before = cpuNanos() - THREADS.getCurrentThreadCpuTime();
            long offering = feed(writer, counts, MEASURED, callsPerSecond);
            long after = cpuNanos() - THREADS.getCurrentThreadCpuTime();
            return (after - before + offering) / 1e3 / MEASURED;
        } finally {
            writer.stop();
            delete(directory);
        }
    }

    /** The processor time that this thread has spent on handing calls over. */
    private static long feed(Writer writer, Counts counts, int count, int perSecond) {
        long offering = 0;
        long written = counts.written.sum();
        int slice = Math.max(1, perSecond / SLICES_PER_SECOND);
        long next = System.nanoTime();
        for (int done = 0; done < count; done += slice) {
            List<FinishedCall> calls = some(Math.min(slice, count - done));
            long before = THREADS.getCurrentThreadCpuTime();
            for (FinishedCall call : calls) {
                writer.offer(Entry.of(call));
            }
            offering += THREADS.getCurrentThreadCpuTime() - before;
            next += 1_000_000_000L / SLICES_PER_SECOND;
            LockSupport.parkNanos(next - System.nanoTime());
            while (writer.waiting() > 15_000) {
                LockSupport.parkNanos(1_000_000);
            }
        }
        long deadline = System.nanoTime() + LONGEST.toNanos();
        while (counts.written.sum() - written < count) {
            if (counts.dropped.sum() + counts.failed.sum() > 0 || System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("the ledger has not taken all calls");
            }
            LockSupport.parkNanos(1_000_000);
        }
        return offering;
    }

    private static List<FinishedCall> some(int count) {
        List<FinishedCall> calls = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Call call = new Call(Ticker.SYSTEM, Operation.CHAT, new CallHeaders(), null, new Request(Json.object()));
            CallMaker maker = CallMaker.call(call.getUid()).by("user-" + i % 100, "team-" + i % 10);
            maker.receivedAt = call.getReceivedAt();
            calls.add(maker.tried("gpt-4o-mini", Usage.reported(512, 128, 0, 0), "0.0001536")
                    .make());
        }
        return calls;
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static void delete(Path directory) throws java.io.IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
