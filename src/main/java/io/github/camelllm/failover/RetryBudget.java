package io.github.camelllm.failover;

import io.github.camelllm.call.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps retries from becoming a storm: of a model's attempts within the last ten seconds, only a share may be retries, and
 * a few at any rate, so that a quiet gateway retries at all. Thread-safe.
 */
final class RetryBudget {

    private static final long WINDOW = Duration.ofSeconds(10).toNanos();

    /** Retries within the window that are allowed however few the calls. */
    static final int FREE = 3;

    private final Ticker ticker;
    private final int percent;
    private final Map<String, Recent> models = new ConcurrentHashMap<>();

    /** @param percent the share of attempts that may be retries; 0 to 100 */
    RetryBudget(Ticker ticker, int percent) {
        this.ticker = ticker;
        this.percent = percent;
    }

    /** Notes a call that asks the model for the first time. */
    void asked(String model) {
        of(model).asked(ticker.nanos());
    }

    /** Takes a retry out of the model's budget; false when there is none left. */
    boolean retry(String model) {
        return of(model).retry(ticker.nanos(), percent);
    }

    private Recent of(String model) {
        return models.computeIfAbsent(model, name -> new Recent());
    }

    /** Calls are counted by the second, so that many of them take no room. */
    private static final class Recent {
        private final Deque<long[]> calls = new ArrayDeque<>(); // second, count
        private final Deque<Long> retries = new ArrayDeque<>();
        private long sum;

        synchronized void asked(long now) {
            long second = now / 1_000_000_000;
            if (calls.isEmpty() || calls.getLast()[0] != second) {
                calls.add(new long[] {second, 0});
            }
            calls.getLast()[1]++;
            sum++;
            forget(now);
        }

        synchronized boolean retry(long now, int percent) {
            forget(now);
            long allowed = percent == 0 ? 0 : Math.max(FREE, sum * percent / 100);
            if (retries.size() >= allowed) {
                return false;
            }
            retries.add(now);
            return true;
        }

        private void forget(long now) {
            // A second's calls count until the last of them is too old: none is forgotten before its own retry.
            while (!calls.isEmpty() && now - (calls.getFirst()[0] + 1) * 1_000_000_000 > WINDOW) {
                sum -= calls.removeFirst()[1];
            }
            while (!retries.isEmpty() && now - retries.getFirst() > WINDOW) {
                retries.removeFirst();
            }
        }
    }
}
