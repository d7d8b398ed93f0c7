package io.github.camelllm.account;

import io.github.camelllm.call.Attempt;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.call.Models;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes down what is known of a call that is over; everything but the prompt's hash. */
final class FinishedCalls {

    private static final int MAX_TEXT = 300;
    private static final int MAX_TASK = 128;

    private FinishedCalls() {}

    /**
     * The record of a call.
     *
     * @param outcome why it failed; null when it went well
     * @param costs what its attempts cost
     * @param firstByteNanos from the call's arrival to the moment its answer could begin; -1 when it never could
     * @param nowNanos the moment it ended, by the call's ticker
     */
    static FinishedCall of(Call call, Problem outcome, Costs costs, long firstByteNanos, long nowNanos) {
        boolean parsed = call.getRequest().parsed(); // a refused call is not parsed for the record's sake
        long firstToken = call.firstTokenNanos();
        List<Attempt> attempts = call.getAttempts();
        return new FinishedCall(
                call.getUid(),
                call.getId(),
                call.getTrace().traceId(),
                call.getReceivedAt(),
                call.getOperation().label(),
                call.getIdentity(),
                parsed ? nameOrNull(call.getAsked()) : null,
                call.getTask().isEmpty() ? null : oneLine(call.getTask(), MAX_TASK),
                parsed && call.isStream(),
                call.getModel(),
                call.getProvider(),
                call.getUsage() == null ? Usage.NONE : call.getUsage(),
                costs.total(),
                nowNanos - call.startedNanos(),
                firstToken < 0 ? -1 : firstToken - call.startedNanos(),
                waited(attempts) + call.pausedNanos(),
                firstByteNanos,
                call.getFinishReason(),
                call.getCache(),
                tries(attempts, costs.attempts()),
                outcome == null ? 200 : outcome.status(),
                outcome == null ? null : outcome.code().code(),
                call.getDegraded(),
                call.degradedBy() == null ? null : call.degradedBy().code().code(),
                call.getRecovery(),
                call.getWarnings(),
                call.getFlags(),
                call.getCacheHit(),
                call.getClassification().label(),
                call.getRedactions(),
                call.getGuard(),
                null);
    }

    private static long waited(List<Attempt> attempts) {
        long sum = 0;
        for (Attempt attempt : attempts) {
            sum += Math.max(0, attempt.waitedNanos());
        }
        return sum;
    }

    private static List<FinishedCall.Try> tries(List<Attempt> attempts, List<BigDecimal> costs) {
        List<FinishedCall.Try> tries = new ArrayList<>(attempts.size());
        for (int i = 0; i < costs.size(); i++) {
            Attempt attempt = attempts.get(i);
            Problem problem = attempt.problem();
            tries.add(new FinishedCall.Try(
                    attempt.model(),
                    attempt.provider(),
                    attempt.waitedNanos(),
                    attempt.status(),
                    problem == null ? null : problem.code().code(),
                    problem == null
                            ? null
                            : problem.upstream()
                                    .map(failure -> failure.name().toLowerCase(Locale.ROOT))
                                    .orElse(null),
                    problem == null ? null : cause(problem),
                    attempt.usage(),
                    costs.get(i)));
        }
        return List.copyOf(tries);
    }

    /**
     * What a failure was, in the gateway's own words: a provider's, which are the problem's detail or the message of a
     * refusal, may quote the prompt, and stand in the log alone.
     */
    private static String cause(Problem problem) {
        return problem.status() < ErrorCode.INTERNAL_ERROR.status() ? null : oneLine(problem.getMessage(), MAX_TEXT);
    }

    /** Whatever stands where a model's name belongs is recorded only if it could be one: it may be a misplaced prompt. */
    private static String nameOrNull(String asked) {
        return Models.NAME.matcher(asked).matches() ? asked : null;
    }

    /** The text without control characters, cut to a length. */
    static String oneLine(String text, int max) {
        String cut = text.length() <= max ? text : text.substring(0, max) + "...";
        StringBuilder line = new StringBuilder(cut.length());
        cut.chars()
                .forEach(
                        c -> line.append(Character.isISOControl(c) || c == '\u2028' || c == '\u2029' ? ' ' : (char) c));
        return line.toString();
    }
}
