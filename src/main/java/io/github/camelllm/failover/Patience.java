package io.github.camelllm.failover;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.Model;
import io.github.camelllm.problem.Problem;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Decides whether a model is asked again, and waits until it is time. Shared by all calls. */
final class Patience {

    private final RetryBudget budget;
    private final Backoff backoff;
    private final Pause pause;

    private final int maxWaiting;
    private final AtomicInteger waiting = new AtomicInteger();

    /** @param maxWaiting how many calls may wait at once for providers to take calls again */
    Patience(RetryBudget budget, Backoff backoff, Pause pause, int maxWaiting) {
        this.maxWaiting = maxWaiting;
        this.budget = budget;
        this.backoff = backoff;
        this.pause = pause;
    }

    /** Notes that a call asks the model. */
    void asked(Model model) {
        budget.asked(model.name());
    }

    /**
     * Waits until the model may be asked again.
     *
     * @param retry 0 for the first retry
     * @return false, at once, when it should not be: the wait is too long, or its retry budget is spent
     */
    boolean again(Call call, Model model, Problem problem, int retry) throws InterruptedException {
        Optional<Duration> wait = backoff.before(problem, retry, call.timeLeft());
        if (wait.isEmpty() || !budget.retry(model.name())) {
            return false;
        }
        pause(call, wait.get());
        return true;
    }

    /**
     * Waits until the model's provider takes calls again. This is no retry: the provider has not been asked.
     *
     * @param before what the call has waited for providers to take calls again
     * @return how long it has waited; empty, at once, when the wait is too long, or as many wait as may
     */
    Optional<Duration> untilAwake(Call call, Model model, Duration before) throws InterruptedException {
        Optional<Duration> wait = backoff.told(model.health().rest().left(), before, call.timeLeft());
        if (wait.isEmpty()) {
            return wait;
        }
        try {
            if (waiting.incrementAndGet() > maxWaiting) {
                return Optional.empty();
            }
            pause(call, wait.get());
            return wait;
        } finally {
            waiting.decrementAndGet();
        }
    }

    private void pause(Call call, Duration time) throws InterruptedException {
        pause.sleep(time, call.cancellation());
        call.paused(time);
        if (call.cancellation().cancelled()) {
            throw call.cancellation().problem();
        }
    }
}
