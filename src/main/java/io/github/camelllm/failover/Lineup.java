package io.github.camelllm.failover;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.ModelHealth;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The models that a call may still go to: which is next, and why others are passed over. Used by one thread at a time.
 *
 * <p>One whose provider wants to be left alone comes after all others, if it can be waited for.
 */
final class Lineup {

    private final Call call;
    private final Patience patience;
    private final Needs needs;
    private final List<Model> left;
    private final List<String> passedOver = new ArrayList<>();
    private final List<Problem> refusals = new ArrayList<>();
    private long largerThan = -1;
    private Duration waited = Duration.ZERO;

    Lineup(Call call, Patience patience, List<Model> models) {
        this.call = call;
        this.patience = patience;
        this.needs = Needs.of(call);
        this.left = new ArrayList<>(models);
    }

    /** Whether any model is left that the test accepts. */
    boolean hasNext(Predicate<Model> test) {
        return left.stream().anyMatch(test);
    }

    /** Puts a model at the end. */
    void add(Model model) {
        left.add(model);
    }

    /** Puts a model at the end for which the call has waited that long, as its provider has said, and must still wait. */
    void later(Model model, Duration wait) {
        waited = waited.plus(wait);
        left.add(model);
    }

    /** From now on only models with a larger context are fit. */
    void onlyLargerThan(long contextWindow) {
        largerThan = Math.max(largerThan, contextWindow);
    }

    /** Notes why a model was not asked after all. */
    void refused(Problem why) {
        refusals.add(why);
        noteIfItMayPass(why);
    }

    /**
     * Takes out the next model that is left, accepted and fit to be asked, and waits for it if there is no other.
     *
     * @return null when there is none, or no time to ask it
     */
    Model next(Predicate<Model> test) throws InterruptedException {
        while (!call.timeLeft().isZero()) {
            int at = awake(test);
            if (at < 0) {
                if (!waitForOne(test)) {
                    return null;
                }
            } else if (isPassedOver(left.get(at))) {
                left.remove(at);
            } else if (left.get(at).health().rest().admits()) {
                for (int i = 0; i < at; i++) { // those whose providers want to be left alone
                    if (test.test(left.get(i))) {
                        call.passedOver();
                        warnOf(left.get(i));
                    }
                }
                return left.remove(at);
            }
        }
        return null;
    }

    private int awake(Predicate<Model> test) {
        for (int i = 0; i < left.size(); i++) {
            if (test.test(left.get(i)) && isAwake(left.get(i))) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isAwake(Model model) {
        return model.health().rest().left().isZero();
    }

    /** Waits for the model that takes calls again first, but not while one that the test does not accept could be asked. */
    private boolean waitForOne(Predicate<Model> test) throws InterruptedException {
        left.removeIf(model -> test.test(model) && isPassedOver(model));
        List<Model> resting = left.stream().filter(test).toList();
        Optional<Model> first = resting.stream()
                .min(Comparator.comparing(model -> model.health().rest().left()));
        if (first.isPresent() && left.stream().noneMatch(model -> !test.test(model) && isAwake(model))) {
            Optional<Duration> wait = patience.untilAwake(call, first.get(), waited);
            if (wait.isPresent()) {
                waited = waited.plus(wait.get());
                return true;
            }
        }
        resting.forEach(model -> passOver(model, model.resting()));
        return false;
    }

    private boolean isPassedOver(Model model) {
        Optional<Problem> why = needs.unmetBy(model.name(), model.abilities());
        if (why.isEmpty() && model.health().breaker() == ModelHealth.Breaker.OPEN) {
            why = Optional.of(model.leftAlone());
        }
        if (why.isEmpty() && largerThan >= 0 && model.abilities().contextWindow() <= largerThan) {
            passedOver.add(model.name() + " (its context is no larger)");
            return true;
        }
        why.ifPresent(problem -> passOver(model, problem));
        return why.isPresent();
    }

    private void passOver(Model model, Problem why) {
        refusals.add(why);
        passedOver.add(model.name() + " ("
                + why.upstream().map(UpstreamFailure::description).orElse("") + ")");
        noteIfItMayPass(why);
        warnOf(model);
    }

    private void noteIfItMayPass(Problem why) {
        if (mayPass(why)) {
            call.passedOver();
        }
    }

    private void warnOf(Model model) {
        call.warn("passed over " + model.name());
    }

    /** Why nobody was asked: the first reason that may pass, or else the first; and when the first of those will that may. */
    Problem failure() {
        if (refusals.isEmpty()) {
            return Problem.of(ErrorCode.NO_MODEL_AVAILABLE, "No model is available for this request.")
                    .withDetail(call.timeLeft().isZero() ? "the call's time is up" : "passed over: " + passedOver);
        }
        if (refusals.size() == 1) {
            return refusals.get(0);
        }
        List<Problem> passing = refusals.stream().filter(Lineup::mayPass).toList();
        Problem told = passing.isEmpty() ? refusals.get(0) : passing.get(0);
        Duration soonest = passing.stream()
                .flatMap(problem -> problem.retryAfter().stream())
                .min(Comparator.naturalOrder())
                .orElse(null);
        return Problem.of(told.code(), "None of the models for this request can answer now: " + told.getMessage())
                .withParam(told.param().orElse(null))
                .withRetryAfter(soonest)
                .withUpstream(told.upstream().orElse(null))
                .withDetail("passed over: " + String.join("; ", passedOver));
    }

    private static boolean mayPass(Problem problem) {
        return switch (problem.code()) {
            case NO_MODEL_AVAILABLE, GLOBAL_RATE_LIMITED, QUOTA_EXHAUSTED, BUDGET_EXCEEDED, TOO_MANY_IN_FLIGHT -> true;
            default -> false;
        };
    }
}
