package io.github.camelllm.provider;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The executor that a model's {@code throttle} is given so that it counts its calls right.
 *
 * <p>Camel 4.18's throttle, in concurrent mode, forgets its permits ten seconds after the last one came back ({@code
 * ConcurrentRequestsThrottler.CLEAN_PERIOD}), also those that are still out: calls that take longer than that, as calls
 * to models do, would then run beyond the bound. The forgetting is scheduled on this executor, which does nothing. A
 * throttle that rejects schedules nothing else.
 */
public final class KeepPermits extends ScheduledThreadPoolExecutor {

    /** An executor without threads. */
    public KeepPermits() {
        super(0);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        return Forgotten.INSTANCE;
    }

    private static final class Forgotten extends FutureTask<Void> implements RunnableScheduledFuture<Void> {
        private static final Callable<Void> NOTHING = () -> null;
        static final Forgotten INSTANCE = new Forgotten();

        private Forgotten() {
            super(NOTHING);
        }

        @Override
        public boolean isPeriodic() {
            return false;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return 0;
        }

        @Override
        public int compareTo(java.util.concurrent.Delayed other) {
            return 0;
        }
    }
}
