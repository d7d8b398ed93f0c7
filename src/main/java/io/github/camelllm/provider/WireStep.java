package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Attempt;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Troubles;
import java.io.IOException;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Route;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One exchange with a provider over HTTP, whatever its dialect: the step that stands before {@code to: http} inside a
 * model's circuit breaker.
 *
 * <p>The provider gets the headers that are set here and no others, and none of its own reach the client. What fails in
 * a way that speaks against the model is thrown, so that the breaker counts it; what does not is left on the {@link
 * Attempt} for {@link ModelStep} to throw.
 */
public abstract class WireStep extends KeyedStep {

    private static final Logger LOG = LoggerFactory.getLogger(WireStep.class);
    private static final int MAX_ERROR_BYTES = 64 * 1024;

    /** A call given up after so long a wait for the first sign of an answer speaks against the model. */
    private static final Duration LONG_SILENCE = Duration.ofSeconds(30);

    private String upstreamModel = "";
    private Duration totalTimeout = Duration.ofMinutes(10);
    private Duration idleTimeout = Duration.ofSeconds(60);
    private Duration firstTokenTimeout = Duration.ofMinutes(2);
    private boolean refuseUnsupported = true;
    private int maxAnswerBytes = 32 * 1024 * 1024;
    private boolean propagateTrace = true;
    private volatile Troubles alarms;

    /** What the provider calls the model; blank when it is what clients call it. */
    public void setUpstreamModel(String upstreamModel) {
        this.upstreamModel = upstreamModel;
    }

    /** The longest a call may take from the request's first byte to the answer's last; positive. */
    public void setTotalTimeout(Duration totalTimeout) {
        if (totalTimeout.isNegative() || totalTimeout.isZero()) {
            throw new IllegalArgumentException(
                    "totalTimeout is " + totalTimeout.toMillis() + " ms; it must be positive");
        }
        this.totalTimeout = totalTimeout;
    }

    /** The longest silence between two events of a stream, comments not counted; positive. */
    public void setIdleTimeout(Duration idleTimeout) {
        this.idleTimeout = idleTimeout;
    }

    /** The longest wait for the first content of a stream; positive. */
    public void setFirstTokenTimeout(Duration firstTokenTimeout) {
        if (firstTokenTimeout.isNegative() || firstTokenTimeout.isZero()) {
            throw new IllegalArgumentException(
                    "firstTokenTimeout is " + firstTokenTimeout.toMillis() + " ms; it must be positive");
        }
        this.firstTokenTimeout = firstTokenTimeout;
    }

    /**
     * What becomes of a request that the dialect cannot express in full: {@code refuse} lets another model of the chain
     * answer, or tells the caller; {@code drop} leaves out what cannot be said, with a warning in the call's record.
     */
    public void setUnsupported(String unsupported) {
        switch (unsupported) {
            case "refuse" -> refuseUnsupported = true;
            case "drop" -> refuseUnsupported = false;
            default ->
                throw new IllegalArgumentException("unsupported is '" + unsupported + "'; refuse and drop are allowed");
        }
    }

    /**
     * To be called by {@link #encode} for each part of a request that the dialect has no words for: returns when the part
     * is to be left out.
     *
     * @param param the field, as a client would write it ({@code logit_bias})
     * @throws Problem when the part must not be left out
     */
    protected final void unsupported(Call call, String param) {
        if (refuseUnsupported) {
            throw Problem.invalid(param, param + " has no counterpart at the provider of '" + call.getModel() + "'.")
                    .withUpstream(UpstreamFailure.CANNOT);
        }
        call.warn(param + " left out for " + call.getModel());
    }

    /** The largest plain answer, and the largest event of a stream, in bytes. */
    public void setMaxAnswerBytes(int maxAnswerBytes) {
        this.maxAnswerBytes = maxAnswerBytes;
    }

    /** Whether the provider is told the trace the call belongs to ({@code traceparent}). */
    public void setPropagateTrace(boolean propagateTrace) {
        this.propagateTrace = propagateTrace;
    }

    @Override
    protected void onStart(Route route) {
        if (alarms == null) {
            alarms = new Troubles(LOG, Level.ERROR, Calls.ticker(route.getCamelContext())::nanos);
        }
    }

    /** Sets the headers that carry the provider's key. */
    protected abstract void authorize(Message message);

    /** Passes on what a client's headers say to this kind of provider alone; by default nothing. */
    protected void pass(CallHeaders from, Message message) {
        // none
    }

    /** Says where the request goes, for a dialect whose path depends on it; by default where the route says. */
    protected void address(Message message, String model, boolean stream) {
        // the endpoint's own address
    }

    /** The request in the provider's words. */
    protected abstract byte[] encode(Call call, String model);

    /** Reads a whole answer: sets it as the body and notes usage and finish reason on the call. */
    protected abstract Object decode(Call call, byte[] body);

    /** Reads a stream of events that is about to begin; the first event has not been read. */
    protected abstract WireStream decodeStream(Call call, WireSource source, SseReader events);

    @Override
    protected void around(Call call, Exchange exchange, Chain next) throws Exception {
        Attempt attempt = call.attempt();
        Message request = exchange.getMessage();
        boolean stream = call.isStream();
        String name = upstreamModel.isBlank() ? call.getModel() : upstreamModel;
        byte[] body;
        try {
            body = encode(call, name);
        } catch (Problem e) { // the request's fault, so nothing for the breaker to count
            attempt.failed(e);
            return;
        }
        request.removeHeaders("*");
        request.setHeader(Exchange.CONTENT_TYPE, "application/json");
        request.setHeader("Accept", stream ? "text/event-stream" : "application/json");
        if (propagateTrace) {
            request.setHeader("traceparent", call.getTrace().traceparent());
        }
        address(request, name, stream);
        authorize(request);
        pass(call.headers(), request);
        request.setBody(body);

        try (InFlight inFlight = InFlight.open(call.cancellation(), totalTimeout, call.timeLeft())) {
            try {
                if (stream) {
                    inFlight.awaitContent(firstTokenTimeout);
                }
                next.proceed();
                WireSource source = new WireSource(exchange.getMessage(), inFlight);
                attempt.status(source.status());
                answer(call, exchange, attempt, source, stream);
            } catch (Exception e) {
                inFlight.cancel();
                inFlight.done();
                fail(call, exchange, attempt, inFlight, e);
            }
        }
    }

    private void answer(Call call, Exchange exchange, Attempt attempt, WireSource source, boolean stream)
            throws IOException {
        int status = source.status();
        if (status < 200 || status > 299) {
            byte[] body = source.readSome(MAX_ERROR_BYTES);
            Problem problem = ErrorAnswers.of(
                    call.getModel(),
                    status,
                    body,
                    source.retryAfter(),
                    call.ticker().now());
            if (ErrorAnswers.isAlarm(problem)) {
                alarms.is(
                        call.getModel(),
                        () -> "ALARM: the provider " + call.getProvider() + " of model " + call.getModel()
                                + " refuses this gateway (" + problem.detail().orElse("") + "), request "
                                + call.getId(),
                        null);
            }
            raise(exchange, attempt, problem);
            return;
        }
        alarms.over(call.getModel(), () -> "the provider takes requests for model " + call.getModel());
        Message message = exchange.getMessage();
        if (!stream) {
            byte[] body = source.readAll(maxAnswerBytes);
            attempt.answered(call.ticker().nanos());
            Object decoded = decode(call, body);
            message.removeHeaders("*");
            message.setBody(decoded);
            return;
        }
        if (!source.isEventStream()) {
            throw Refusals.upstream(call.getModel(), "answered a streamed request with something else", null)
                    .withUpstream(UpstreamFailure.BAD_ANSWER)
                    .withDetail("content type " + source.contentType());
        }
        SseReader events = new SseReader(source.stream(), maxAnswerBytes, idleTimeout.toNanos(), call.ticker());
        WireStream wire = decodeStream(call, source, events);
        wire.begin();
        attempt.answered(call.ticker().nanos());
        handOver(exchange, wire);
        message.removeHeaders("*");
        message.setBody(wire);
    }

    /**
     * The circuit breaker works on a copy of the exchange and completes it as its block ends, which would close the live
     * stream. So what is to happen then moves to the exchange that goes on.
     */
    private static void handOver(Exchange exchange, WireStream wire) {
        Exchange original = exchange.getProperty(ModelStep.ORIGINAL, Exchange.class);
        if (original != null && original != exchange) {
            exchange.getExchangeExtension().handoverCompletions(original);
            exchange.getUnitOfWork().handoverSynchronization(original);
        }
        (original == null ? exchange : original).getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                wire.close();
            }

            @Override
            public int getOrder() {
                return HIGHEST; // before the HTTP producer closes the response, which reads a stream to its end
            }
        });
    }

    private static void fail(Call call, Exchange exchange, Attempt attempt, InFlight inFlight, Exception e) {
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setBody(null);
        boolean cancelled = call.cancellation().cancelled();
        if ((cancelled || inFlight.timedOut()) && inFlight.connection() != null && attempt.usage() == null) {
            call.used(Usage.estimate(call.promptEstimate(), 0)); // it was sent, so it may be billed
        }
        Problem problem = cancelled
                ? call.cancellation().problem()
                : inFlight.ranOut(call.getModel(), e)
                        .orElseGet(() -> attempt.status() == 0
                                ? Refusals.ofTransport(call.getModel(), e)
                                : Refusals.ofReading(call.getModel(), e));
        if (cancelled || problem.upstream().orElse(null) == UpstreamFailure.DEADLINE) {
            attempt.failed(problem);
            boolean silent = attempt.status() == 0
                    && attempt.lasted(call.ticker().nanos()).compareTo(LONG_SILENCE) > 0;
            if (silent || exchange.getProperty(ModelStep.TRIAL) != null) {
                throw problem; // the call was given up because of the model, or nobody has seen that it is back
            }
            if (exchange.getProperty(ModelStep.CAN_LEAVE_UNJUDGED) != null) {
                throw new Unjudged(problem);
            }
            return;
        }
        if (attempt.usage() == null && mayBeBilled(problem)) {
            call.used(Usage.estimate(call.promptEstimate(), 0));
        }
        raise(exchange, attempt, problem);
    }

    /** A provider that has taken a request and did not refuse it may bill it, whatever became of its answer. */
    private static boolean mayBeBilled(Problem problem) {
        return switch (problem.upstream().orElse(UpstreamFailure.CANNOT)) {
            case BAD_ANSWER, BROKEN_OFF, STALLED, FIRST_BYTE_TIMEOUT -> true;
            default -> false;
        };
    }

    /** What speaks against no model passes by the circuit breaker; but a trial is passed by an answer, or by the caller's fault. */
    private static void raise(Exchange exchange, Attempt attempt, Problem problem) {
        UpstreamFailure failure = problem.upstream().orElse(null);
        boolean trial = exchange.getProperty(ModelStep.TRIAL) != null;
        if (failure == null || failure.countsAgainstBreaker() || trial && failure == UpstreamFailure.STATUS_429) {
            throw problem;
        }
        attempt.failed(problem);
    }

    /** The JSON object that an answer is. */
    protected static ObjectNode treeOf(Call call, byte[] body) {
        try {
            if (Json.read(body) instanceof ObjectNode object) {
                return object;
            }
            throw Refusals.badAnswer(call.getModel(), "not a JSON object");
        } catch (IOException e) {
            throw Refusals.badAnswer(call.getModel(), "not JSON, " + body.length + " bytes");
        }
    }
}
