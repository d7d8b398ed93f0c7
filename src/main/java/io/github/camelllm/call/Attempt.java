package io.github.camelllm.call;

import io.github.camelllm.problem.Problem;
import java.time.Duration;

/** One try at one model, as it stands in the record of the call. Used by one thread at a time. */
public final class Attempt {

    private final String model;
    private final String provider;
    private final long startedNanos;
    private long answeredNanos = -1;
    private int status;
    private Problem problem;
    private volatile Usage usage;

    Attempt(String model, String provider, long startedNanos) {
        this.model = model;
        this.provider = provider;
        this.startedNanos = startedNanos;
    }

    /** The model tried. */
    public String model() {
        return model;
    }

    /** Whose model it is. */
    public String provider() {
        return provider;
    }

    /** Notes that the model began to answer, or refused, at that moment; only the first time counts. */
    public void answered(long nanos) {
        if (answeredNanos < 0) {
            answeredNanos = nanos;
        }
    }

    /** Nanoseconds from the start to the first sign of an answer; -1 while there is none. */
    public long waitedNanos() {
        return answeredNanos < 0 ? -1 : answeredNanos - startedNanos;
    }

    /** How long the attempt has lasted at that moment. */
    public Duration lasted(long nanos) {
        return Duration.ofNanos(Math.max(0, nanos - startedNanos));
    }

    /** The status the provider answered with; 0 when it gave none. */
    public int status() {
        return status;
    }

    /** Notes the provider's status. */
    public void status(int newStatus) {
        this.status = newStatus;
    }

    /** Why it failed; null when it has not. */
    public Problem problem() {
        return problem;
    }

    /** Notes why it failed. */
    public void failed(Problem newProblem) {
        this.problem = newProblem;
    }

    /** What the attempt used and may be billed for; null while nothing is known. */
    public Usage usage() {
        return usage;
    }

    void used(Usage newUsage) {
        this.usage = newUsage;
    }
}
