package io.github.camelllm.provider;

import io.github.camelllm.call.Cancellation;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import java.time.Duration;
import java.util.Optional;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.io.HttpClientConnection;

/**
 * The HTTP request that the current thread is making for a call, so that a client who leaves can stop it at any moment:
 * while it connects, while it waits for the first byte, while it reads.
 *
 * <p>Camel's HTTP producer has no door for this: it calls the HTTP client on the thread that runs the route, so the
 * dialect step leaves this note on the thread and {@link HttpTransport} finds it.
 */
final class InFlight implements AutoCloseable {

    private static final ThreadLocal<InFlight> CURRENT = new ThreadLocal<>();

    private final Cancellation cancellation;
    private final InFlight outer = CURRENT.get();
    private final Runnable cancel = this::cancel;
    private final Deadline deadline;
    private final boolean callsOwn;
    private volatile Deadline firstToken;
    private volatile Deadline head;
    private Duration waited = Duration.ZERO;
    private Cancellable request;
    private volatile HttpClientConnection connection;

    private InFlight(Cancellation cancellation, Duration totalTimeout, boolean callsOwn) {
        this.cancellation = cancellation;
        this.callsOwn = callsOwn;
        this.deadline = Deadline.after(totalTimeout, cancel);
    }

    /** Opens a note for the thread, which {@link #close} takes away, and stops the request when its time is up. */
    static InFlight open(Cancellation cancellation, Duration totalTimeout) {
        return open(cancellation, totalTimeout, Duration.ofNanos(Long.MAX_VALUE));
    }

    /**
     * The same for a call that has a deadline of its own.
     *
     * @param left the time that the call has left; running out of it does not speak against the model
     */
    static InFlight open(Cancellation cancellation, Duration totalTimeout, Duration left) {
        boolean callsOwn = left.compareTo(totalTimeout) < 0;
        InFlight inFlight = new InFlight(cancellation, callsOwn ? left : totalTimeout, callsOwn);
        CURRENT.set(inFlight);
        cancellation.onCancel(inFlight.cancel);
        return inFlight;
    }

    /** The innermost note of the thread, or null. */
    static InFlight current() {
        return CURRENT.get();
    }

    void started(Cancellable newRequest) {
        synchronized (this) {
            request = newRequest;
        }
        if (cancellation.cancelled() || deadline.passed() || contentLate() || headLate()) {
            newRequest.cancel();
        }
    }

    void connected(HttpClientConnection newConnection) {
        connection = newConnection;
    }

    /** The connection the request went out on; null before it did. */
    HttpClientConnection connection() {
        return connection;
    }

    /** Whether the request was stopped because it took too long. */
    boolean timedOut() {
        return deadline.passed();
    }

    /** Stops the request after that time unless {@link #headCame} is said before. */
    void awaitHead(Duration time) {
        waited = time;
        head = Deadline.after(time, cancel);
    }

    /** The answer's head is here. */
    void headCame() {
        Deadline waiting = head;
        if (waiting != null) {
            waiting.cancel();
        }
    }

    private boolean headLate() {
        Deadline waiting = head;
        return waiting != null && waiting.passed();
    }

    /** Stops the request after that time unless {@link #contentCame} is said before. */
    void awaitContent(Duration time) {
        firstToken = Deadline.after(time, cancel);
    }

    /** The answer's content has begun. */
    void contentCame() {
        Deadline waiting = firstToken;
        if (waiting != null) {
            waiting.cancel();
        }
    }

    /** Whether the request was stopped because its content did not begin in time. */
    boolean contentLate() {
        Deadline waiting = firstToken;
        return waiting != null && waiting.passed();
    }

    /** The problem of a request that was stopped because it took too long; empty when it was not. */
    Optional<Problem> ranOut(String model, Throwable e) {
        if (contentLate()) {
            return Optional.of(Refusals.timeout(model, "did not begin its answer in time", e)
                    .withUpstream(UpstreamFailure.FIRST_TOKEN_TIMEOUT));
        }
        if (headLate()) {
            return Optional.of(Refusals.timeout(model, "did not answer in time", e)
                    .withUpstream(UpstreamFailure.FIRST_BYTE_TIMEOUT)
                    .withDetail("not within " + waited.toMillis() + " ms; docs/failover.md says which parameters of the"
                            + " model's route make that time"));
        }
        return timedOut()
                ? Optional.of(Refusals.timeout(model, "took longer than it may", e)
                        .withUpstream(callsOwn ? UpstreamFailure.DEADLINE : UpstreamFailure.TOTAL_TIMEOUT))
                : Optional.empty();
    }

    /** Nothing more is to be waited for. */
    void done() {
        deadline.cancel();
        headCame();
        contentCame();
    }

    /** Closes the request's connection at once, whatever it is doing. */
    void cancel() {
        Cancellable current;
        synchronized (this) {
            current = request;
        }
        if (current != null) {
            current.cancel();
        }
    }

    @Override
    public void close() {
        cancellation.forget(cancel);
        if (outer == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(outer);
        }
    }
}
