package io.github.camelllm.cache;

import io.github.camelllm.call.Call;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Finds out which of all gateways asks a question that several have at once. The one that has the lease asks; the others look
 * again and again whether it has kept an answer, and one takes its place when its lease is given back or has ended.
 */
final class SharedFlight {

    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long LONGEST_PAUSE_MILLIS = 200;

    private final SharedAnswers shared;

    SharedFlight(SharedAnswers shared) {
        this.shared = shared;
    }

    /**
     * How it is to go on.
     *
     * @param kept the answer that another gateway has kept; null when the caller is to ask
     * @param token of the lease that it asks under; null for none
     */
    record Start(Kept kept, String token) {
        static final Start ALONE = new Start(null, null);
    }

    /**
     * Waits until there is an answer, or it is the caller's turn to ask: within its own deadline and the patience of the rules,
     * and not longer than its client. At once where nothing is shared, and when the shared cache does not answer.
     *
     * @param alive whether the caller, should it ask, is still at work
     */
    Start join(Asked asked, BooleanSupplier alive) {
        if (!shared.isOn()) {
            return Start.ALONE;
        }
        Call call = asked.call();
        CountDownLatch cancelled = new CountDownLatch(1);
        Runnable wake = cancelled::countDown;
        call.cancellation().onCancel(wake);
        try {
            return join(asked, alive, cancelled);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Start.ALONE;
        } finally {
            call.cancellation().forget(wake);
        }
    }

    private Start join(Asked asked, BooleanSupplier alive, CountDownLatch cancelled) throws InterruptedException {
        Call call = asked.call();
        Duration patience = asked.rules().patience();
        long begun = call.ticker().nanos();
        long pause = FIRST_PAUSE_MILLIS;
        String token = shared.newToken();
        String holder = null;
        int failures = 0;
        while (true) {
            SharedAnswers.Turn turn = shared.lead(asked, token, alive);
            switch (turn.kind()) {
                case ANSWERED -> {
                    return new Start(turn.kept(), null);
                }
                case MINE -> {
                    return new Start(null, token);
                }
                case EACH -> {
                    return Start.ALONE;
                }
                case OTHERS -> failures += holder == null || holder.equals(turn.holder()) ? 0 : 1;
            }
            holder = turn.holder();
            if (failures >= Asking.MOST_FAILURES || call.ticker().nanos() - begun >= patience.toNanos()) {
                return Start.ALONE;
            }
            if (cancelled.await(pause, TimeUnit.MILLISECONDS)) {
                throw call.cancellation().problem();
            }
            Flight.checkTime(call);
            pause = Math.min(LONGEST_PAUSE_MILLIS, pause + pause / 2);
        }
    }
}
