package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Attempt;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Replay;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.call.ToolCallIndexes;
import io.github.camelllm.call.ToolNames;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Completions;
import io.github.camelllm.step.Troubles;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Ordered;
import org.apache.camel.Route;
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
    private Duration firstByteTimeout = Duration.ofMinutes(2);
    private Duration firstTokenTimeout = Duration.ofSeconds(15);
    private Duration reasoningTimeout = Duration.ofMinutes(2);
    private boolean reasons;
    private int tokensPerSecond = 25;
    private int promptTokensPerSecond = 2500;
    private int expectedTokens = 2000;
    private AnswerTime time = answerTime();
    private final Parameters parameters = new Parameters();
    private int maxAnswerBytes =
            (int) Math.min(32 << 20, Runtime.getRuntime().maxMemory() / 16); // text and tree come on top of the bytes
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

    /** The longest wait for a plain answer, or for the head of any; positive, see {@link AnswerTime}. */
    public void setFirstByteTimeout(Duration firstByteTimeout) {
        this.firstByteTimeout = firstByteTimeout;
        time = answerTime();
    }

    /** The longest wait for the first content of a stream; positive, 15 s unless set. */
    public void setFirstTokenTimeout(Duration firstTokenTimeout) {
        this.firstTokenTimeout = firstTokenTimeout;
        time = answerTime();
    }

    /** The same for a model that reasons, and for requests that ask for it; positive, 2 minutes unless set. */
    public void setReasoningTimeout(Duration reasoningTimeout) {
        this.reasoningTimeout = reasoningTimeout;
        time = answerTime();
    }

    /** Whether the model reasons before it answers though nobody asks for it. */
    public void setReasons(boolean reasons) {
        this.reasons = reasons;
        time = answerTime();
    }

    /** How fast the model writes when it is slow, for the wait for plain answers; positive, 25 unless set. */
    public void setTokensPerSecond(int tokensPerSecond) {
        this.tokensPerSecond = tokensPerSecond;
        time = answerTime();
    }

    /** How fast the model reads when it is slow, for the wait for answers to long prompts; positive, 2,500 unless set. */
    public void setPromptTokensPerSecond(int promptTokensPerSecond) {
        this.promptTokensPerSecond = promptTokensPerSecond;
        time = answerTime();
    }

    /** The tokens of a plain answer that time is left for where the request sets no bound; positive, 2,000 unless set. */
    public void setExpectedTokens(int expectedTokens) {
        this.expectedTokens = expectedTokens;
        time = answerTime();
    }

    private AnswerTime answerTime() {
        return new AnswerTime(
                firstByteTimeout,
                firstTokenTimeout,
                reasoningTimeout,
                reasons,
                tokensPerSecond,
                promptTokensPerSecond,
                expectedTokens);
    }

    /**
     * What becomes of a parameter that the model, or its dialect, has no such thing for: {@code drop} leaves it out and warns
     * the caller if it merely tunes the answer ({@code temperature}, {@code seed}), {@code refuse} never does. What is not left
     * out lets another model of the chain answer, or is refused. {@code drop} unless set.
     */
    public void setUnsupported(String unsupported) {
        parameters.unsupported(unsupported);
    }

    /**
     * The parameters that the model refuses though its dialect has words for them: names separated by commas; blank for none.
     */
    public void setUnsupportedParameters(String unsupportedParameters) {
        parameters.refusedByModel(unsupportedParameters);
    }

    /** What is known of parameters that the model has no such thing for. */
    final Parameters parameters() {
        return parameters;
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

    /** What the provider lets tools be called. */
    protected abstract ToolNames.Rule toolNames();

    /**
     * The client's request without the parameters that the model refuses, with names of tools that the provider takes; only to
     * be read.
     *
     * @param refused such parameters, beside those that the settings name
     * @throws Problem when one of them says something and must not be left out
     */
    protected final ObjectNode requestOf(Call call, Set<String> refused) {
        ObjectNode tree = parameters.request(call, refused);
        return ToolNames.of(tree, toolNames()).written(tree);
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
        String name = upstreamName(call);
        byte[] body;
        try {
            body = encode(call, name);
        } catch (Problem e) { // the request's fault, so nothing for the breaker to count
            attempt.failed(e);
            return;
        } catch (RuntimeException | Error e) { // it may be of the caller's making, who must not open breakers for all
            LOG.error("request {} cannot be put into the words of {}", call.getId(), call.getModel(), e);
            attempt.failed(Problem.ofAttempt(call.getModel(), e).withUpstream(UpstreamFailure.CANNOT));
            return;
        }
        Map<String, Object> own = request.getHeaders();
        request.setHeaders(new HashMap<>()); // the provider gets those that are set here, and no others
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
                inFlight.awaitHead(time.head(call));
                if (stream) {
                    inFlight.awaitContent(time.content(call));
                }
                next.proceed();
                inFlight.headCame();
                WireSource source = new WireSource(exchange.getMessage(), inFlight);
                attempt.status(source.status());
                answer(call, exchange, attempt, source, stream);
                if (attempt.problem() != null) {
                    exchange.getMessage().setBody(null); // what the provider says of its refusal has been read
                }
            } catch (Exception | Error e) {
                inFlight.cancel();
                inFlight.done();
                fail(call, exchange, attempt, inFlight, e);
            }
        } finally {
            request.setHeaders(own); // it holds the provider's key
            exchange.getMessage().setHeaders(own); // and none of the provider's stay
        }
    }

    @Override
    protected void answered(Call call, Exchange exchange) {
        // what comes back is the provider's
    }

    private String upstreamName(Call call) {
        if (!upstreamModel.isBlank()) {
            return upstreamModel;
        }
        String version = call.versionOf(call.getModel());
        return version == null ? call.getModel() : version;
    }

    /** The provider does not know the version that the client has asked for, which says nothing about the model. */
    private boolean isUnknownVersion(Call call, int status) {
        return status == 404 && upstreamModel.isBlank() && call.versionOf(call.getModel()) != null;
    }

    private Object whole(Call call, byte[] body, ToolNames names) {
        Object decoded = decode(call, body);
        if (decoded instanceof Answer completion) {
            ToolCallIndexes.complete(completion);
            names.restore(completion);
        }
        return decoded;
    }

    private void answer(Call call, Exchange exchange, Attempt attempt, WireSource source, boolean stream)
            throws IOException {
        int status = source.status();
        if (status < 200 || status > 299) {
            byte[] body = source.readSome(MAX_ERROR_BYTES);
            if (isUnknownVersion(call, status)) {
                attempt.failed(Refusals.unknownVersion(call));
                return;
            }
            Problem problem = ErrorAnswers.of(
                    call.getModel(), status, body, source::header, call.ticker().now());
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
        ToolNames names = ToolNames.of(call.getRequest().tree(), toolNames());
        if (!stream) {
            byte[] body = source.readAll(maxAnswerBytes);
            attempt.answered(call.ticker().nanos());
            Object decoded = whole(call, body, names);
            message.setBody(decoded);
            return;
        }
        InputStream events = source.stream();
        switch (source.form()) {
            case EVENTS -> {
                // as it should be
            }
            case JSON -> {
                byte[] body = source.readAll(maxAnswerBytes);
                events = WholeEvents.of(body);
                if (events == null) {
                    attempt.answered(call.ticker().nanos());
                    TokenStream replay = replay(call, whole(call, body, names));
                    message.setBody(replay);
                    return;
                }
            }
            default ->
                throw Refusals.upstream(call.getModel(), "answered a streamed request with something else", null)
                        .withUpstream(UpstreamFailure.BAD_ANSWER)
                        .withDetail("content type " + source.contentType());
        }
        WireStream wire =
                decodeStream(call, source, new SseReader(events, maxAnswerBytes, idleTimeout.toNanos(), call.ticker()));
        wire.restores(names);
        wire.begin();
        attempt.answered(call.ticker().nanos());
        handOver(exchange, wire);
        message.setBody(wire);
    }

    /** The stream that a provider's whole answer could have been: it has passed over the wish for one. */
    private static TokenStream replay(Call call, Object answer) {
        call.warn("the stream of " + call.getModel() + " came as one whole answer");
        return Replay.of(((Answer) answer).tree(), call.getRequest().wantsStreamUsage());
    }

    private static void handOver(Exchange exchange, WireStream wire) {
        Completions.outlive(exchange);
        Completions.atEnd(exchange, wire::close, Ordered.HIGHEST + 1);
    }

    private static void fail(Call call, Exchange exchange, Attempt attempt, InFlight inFlight, Throwable e) {
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
