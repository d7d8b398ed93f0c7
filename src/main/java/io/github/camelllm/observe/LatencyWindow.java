package io.github.camelllm.observe;

import io.github.camelllm.call.Ticker;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * How long models took of late: percentiles over a window that slides in five steps. Bounded memory a model, however
 * many calls. Thread-safe.
 *
 * <p>Kept in a registry of its own, because percentiles cannot be added up and so do not belong among the metrics.
 */
final class LatencyWindow {

    private static final int STEPS = 5;
    private static final Duration LONGEST = Duration.ofHours(1);

    /**
     * What the window says of one model.
     *
     * @param count how many answers it has seen
     * @param p50 half of them came within that time; zero while there are none, like the others
     * @param p95 and 95 of 100
     * @param p99 and 99 of 100
     */
    record Latency(long count, Duration p50, Duration p95, Duration p99) {}

    private static final Latency NOTHING = new Latency(0, Duration.ZERO, Duration.ZERO, Duration.ZERO);

    private final MeterRegistry registry;
    private final Duration window;
    private final Map<String, Timer> timers = new ConcurrentHashMap<>();

    LatencyWindow(Ticker ticker, Duration window) {
        this.registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock(ticker));
        this.window = window;
    }

    /** A window that nothing is recorded in. */
    static LatencyWindow none() {
        return new LatencyWindow(Ticker.SYSTEM, Duration.ZERO);
    }

    Duration window() {
        return window;
    }

    void record(String model, long nanos) {
        timers.computeIfAbsent(model, this::timer)
                .record(Math.min(Math.max(0, nanos), LONGEST.toNanos()), TimeUnit.NANOSECONDS);
    }

    Latency of(String model) {
        Timer timer = timers.get(model);
        if (timer == null) {
            return NOTHING;
        }
        HistogramSnapshot snapshot = timer.takeSnapshot();
        // The one bucket has everything: unlike the snapshot's own count, it forgets what has left the window.
        long count = (long) snapshot.histogramCounts()[0].count();
        return count == 0
                ? NOTHING
                : new Latency(count, percentile(snapshot, 0), percentile(snapshot, 1), percentile(snapshot, 2));
    }

    private static Duration percentile(HistogramSnapshot snapshot, int index) {
        return Duration.ofNanos((long) snapshot.percentileValues()[index].value());
    }

    private Timer timer(String model) {
        return Timer.builder("latency")
                .tag("model", model)
                .publishPercentiles(0.5, 0.95, 0.99)
                .percentilePrecision(2)
                .serviceLevelObjectives(LONGEST.multipliedBy(2))
                .minimumExpectedValue(Duration.ofNanos(100_000))
                .maximumExpectedValue(LONGEST.multipliedBy(2))
                .distributionStatisticExpiry(window)
                .distributionStatisticBufferLength(STEPS)
                .register(registry);
    }

    private static Clock clock(Ticker ticker) {
        return new Clock() {
            @Override
            public long wallTime() {
                return TimeUnit.NANOSECONDS.toMillis(ticker.nanos());
            }

            @Override
            public long monotonicTime() {
                return ticker.nanos();
            }
        };
    }
}
