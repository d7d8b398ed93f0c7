package io.github.camelllm.main;

import io.github.camelllm.ingress.ActiveCalls;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The orderly way out: new calls are refused, those under way may end. */
final class Drain {

    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

    /** How long calls may take to go once they are cancelled: their clients are to hear of it. */
    private static final Duration GOING = Duration.ofSeconds(2);

    private Drain() {}

    /**
     * Waits until no call is under way, and cancels those that are after the given time.
     *
     * @param draining set first, so that no new call is taken
     * @param calls the calls under way
     * @param patience how long they may go on
     */
    static void drain(AtomicBoolean draining, ActiveCalls calls, Duration patience) {
        draining.set(true);
        try {
            if (calls.count() > 0) {
                LOG.info("stopping: calls under way: {}; they may go on for {} s", calls.count(), patience.toSeconds());
            }
            if (!calls.awaitIdle(patience)) {
                LOG.warn("stopping: calls that took longer: {}; they are cancelled", calls.count());
                calls.cancelAll();
                calls.awaitIdle(GOING);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            calls.cancelAll();
        }
    }
}
