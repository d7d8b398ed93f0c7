package io.github.camelllm.bench;

import java.util.Arrays;

/**
 * The distribution of a set of durations, in microseconds; all zero where nothing was measured.
 *
 * @param count how many durations there were
 * @param p50 the median
 * @param p90 exceeded by one in ten
 * @param p99 exceeded by one in a hundred
 * @param max the longest
 */
record Percentiles(int count, double p50, double p90, double p99, double max) {

    /** Collects durations. Used by one thread. */
    static final class Recorder {
        private long[] nanos = new long[1024];
        private int count;

        void add(long duration) {
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, count * 2);
            }
            nanos[count++] = duration;
        }

        int count() {
            return count;
        }

        Percentiles percentiles() {
            if (count == 0) {
                return new Percentiles(0, 0, 0, 0, 0);
            }
            long[] sorted = Arrays.copyOf(nanos, count);
            Arrays.sort(sorted);
            return new Percentiles(count, at(sorted, 0.5), at(sorted, 0.9), at(sorted, 0.99), at(sorted, 1));
        }

        /** The nearest-rank percentile. */
        private static double at(long[] sorted, double share) {
            int rank = (int) Math.ceil(share * sorted.length);
            return sorted[Math.max(rank, 1) - 1] / 1_000.0;
        }
    }
}
