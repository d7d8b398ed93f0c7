package io.github.camelllm.quota;

import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import io.github.camelllm.store.Decision;
import java.time.Duration;

/** What a call that is refused is told: which limit, of whom, and when it frees. */
final class Refusals {

    private static final Duration SOON = Duration.ofSeconds(1);

    private Refusals() {}

    /** A limit is used up, or smaller than what the call needs. */
    static Problem of(Claim claim, Decision.Refused refused, Demand demand) {
        Rules.Held limit = claim.limit(refused.index());
        Rule rule = limit.rule();
        if (refused.retryAfter() == null) {
            return ofModel(
                    rule,
                    Problem.of(
                            ErrorCode.REQUEST_OVER_BUDGET,
                            needs(
                                            rule.measure(),
                                            claim.draws().get(refused.index()).amount(),
                                            demand)
                                    + ", and the limit is " + rule.text(limit.name()) + ". "
                                    + remedy(rule.measure())));
        }
        return ofModel(
                rule,
                Problem.of(
                                codeOf(rule),
                                "The limit of " + rule.text(limit.name()) + " is reached; enough of it frees in "
                                        + text(refused.retryAfter()) + ".")
                        .withRetryAfter(refused.retryAfter()));
    }

    /** As many calls wait for a limit as may. */
    static Problem crowded(Rules.Held limit) {
        return ofModel(
                limit.rule(),
                Problem.of(
                                codeOf(limit.rule()),
                                "The limit of " + limit.rule().text(limit.name())
                                        + " is reached, and as many calls wait for it as may.")
                        .withRetryAfter(SOON));
    }

    /** A single request needs more than any may. */
    static Problem overCap(Cap cap, long amount, Demand demand) {
        String whose = cap.tier() == null ? "" : " of the tier '" + cap.tier() + "'";
        return Problem.of(
                ErrorCode.REQUEST_OVER_BUDGET,
                needs(cap.measure(), amount, demand) + ", and a single request" + whose + " may use "
                        + cap.measure().text(cap.max()) + ". " + remedy(cap.measure()));
    }

    /** The model has no price, so that no limit of dollars can hold for it. */
    static Problem unpriced(String model) {
        return Problem.of(
                        ErrorCode.NO_MODEL_AVAILABLE,
                        "The model '" + model + "' has no price, and calls without one are not allowed here.")
                .withUpstream(UpstreamFailure.LIMIT_REACHED)
                .withDetail("add the model to prices.json, or allow it: 'unpriced: allow' in limits.yaml");
    }

    /** Nobody can count, and the setting for that is to let nobody pass. */
    static Problem uncounted() {
        return Problem.of(
                        ErrorCode.STORE_UNAVAILABLE, "The gateway cannot check its limits now; try again in a moment.")
                .withRetryAfter(SOON)
                .withDetail("the store of limits is not reachable (llm.store), and llm.store.when-down is deny");
    }

    private static ErrorCode codeOf(Rule rule) {
        if (rule.measure() == Measure.DOLLARS) {
            return ErrorCode.BUDGET_EXCEEDED;
        }
        if (!rule.period().isRolling()) {
            return ErrorCode.QUOTA_EXHAUSTED;
        }
        return rule.scope().isOfCaller() ? ErrorCode.USER_RATE_LIMITED : ErrorCode.GLOBAL_RATE_LIMITED;
    }

    /** Another model may have some left of what this one has not. */
    private static Problem ofModel(Rule rule, Problem problem) {
        return rule.scope().isOfModel() ? problem.withUpstream(UpstreamFailure.LIMIT_REACHED) : problem;
    }

    private static String needs(Measure measure, long amount, Demand demand) {
        String what = "This request may use up to " + measure.text(amount);
        return measure == Measure.REQUESTS
                ? what
                : what + " (estimated: " + demand.inputTokens() + " tokens of the prompt, up to "
                        + demand.outputTokens() + " of the answer)";
    }

    private static String remedy(Measure measure) {
        return measure == Measure.REQUESTS ? "It allows no request." : "Send a shorter prompt or a lower max_tokens.";
    }

    /** In the largest unit that says it well: {@code 12 s}, {@code 5 min}, {@code 3 h}. */
    static String text(Duration time) {
        long seconds = Math.max(1, time.plusMillis(999).toSeconds());
        if (seconds < 120) {
            return seconds + " s";
        }
        return seconds < 7200 ? (seconds + 59) / 60 + " min" : (seconds + 3599) / 3600 + " h";
    }
}
