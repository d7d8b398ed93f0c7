package io.github.camelllm.observe;

import java.time.Duration;

/**
 * The settings of {@link Meters}.
 *
 * @param jvm whether the Java process is metered as well
 * @param window over how long {@code /health} looks at latencies
 */
record MeterSettings(boolean jvm, Duration window) {

    private static final Duration SHORTEST = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofHours(1);

    MeterSettings {
        if (window == null || window.compareTo(SHORTEST) < 0 || window.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("meters.window is " + window + "; allowed is 10s to 1h");
        }
    }
}
