package io.github.camelllm.ingress;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.Request;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Step;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.support.DefaultMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The edge of a trigger whose client gets one message back: reads the request, and turns what the chain says, a failure
 * included, into bytes that the route can send.
 *
 * <p>A request for a stream is answered whole: events are of no use in a file or a message, so {@code stream} is taken
 * out of the request. What a file or message brings in headers of its own stays readable in the chain and is on the answer
 * again, with what the chain has added; but for credentials and what steers Camel's components.
 *
 * <p>A failed call is an answer as well: the body is {@link ProblemJson} then, and the header {@value #ERROR} has its
 * code. Only when the gateway is stopping and took the call down with it, the failure stays one: nothing was answered,
 * and the request has to be taken again.
 */
public abstract class WholeAnswer extends Step {

    /** The header with the HTTP status that the answer would have (an Integer). */
    public static final String STATUS = "X_LLM_Status";

    /** The header with the code of the problem; absent when the call did not fail. */
    public static final String ERROR = "X_LLM_Error";

    private static final String RECEIVED = "llm.received";
    private static final String KEY_ID = "llm.keyId";

    private static final Logger LOG = LoggerFactory.getLogger(WholeAnswer.class);

    /** What came in: its headers, and why it cannot be read; null when it can. */
    private record Received(Map<String, Object> headers, Problem refusal) {}

    private String keyId = "";
    private int maxBytes = 20 * 1024 * 1024;
    private volatile ActiveCalls activeCalls = new ActiveCalls();

    /** The id of the virtual key on whose behalf the trigger calls; blank when clients bring their own key or none. */
    public void setKeyId(String keyId) {
        this.keyId = keyId == null ? "" : keyId.strip();
    }

    /** The largest request, in bytes; 20 MiB unless told. */
    public void setMaxBytes(int maxBytes) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes is " + maxBytes + "; 1 or more is allowed");
        }
        this.maxBytes = maxBytes;
    }

    /**
     * The request's bytes out of what the trigger received.
     *
     * @param received as the trigger's consumer made it
     * @param limit the most bytes that are allowed
     * @throws Problem when there is nothing in it that could be a request, or too much
     */
    protected abstract byte[] read(Message received, int limit) throws Exception;

    /**
     * Puts the answer into the message that the route will send on.
     *
     * @param message new, with the headers that tell of the call
     * @param answer UTF-8 JSON
     * @param received the headers of the request's message
     */
    protected abstract void write(Message message, byte[] answer, Map<String, Object> received);

    @Override
    protected final void onStart(Route route) {
        activeCalls = Calls.bound(route.getCamelContext(), ActiveCalls.class, activeCalls);
    }

    @Override
    protected final Call received(Exchange exchange) {
        Message incoming = exchange.getMessage();
        Map<String, Object> headers = new HashMap<>();
        Request request = new Request((byte[]) null);
        Problem refusal = null;
        try {
            headers.putAll(incoming.getHeaders());
            request = new Request(read(incoming, maxBytes));
        } catch (Exception e) {
            refusal = Problem.from(e);
        }
        Message fresh = new DefaultMessage(exchange);
        fresh.setHeaders(new HashMap<>(headers));
        fresh.setBody(request);
        exchange.setMessage(fresh);
        Call call = Calls.of(exchange);
        ClientHeaders.keepOwn(fresh);
        exchange.setProperty(RECEIVED, new Received(headers, refusal));
        if (!keyId.isEmpty()) {
            exchange.setProperty(KEY_ID, keyId);
        }
        return call;
    }

    @Override
    protected final void around(Call call, Exchange exchange, Chain next) throws Exception {
        Received received = (Received) exchange.removeProperty(RECEIVED);
        byte[] answer;
        Problem problem = null;
        Map<String, Object> own = Map.of();
        activeCalls.enter(call);
        try {
            if (received.refusal() != null) {
                LOG.info("Call {} is refused: {}", call.getId(), received.refusal());
                throw received.refusal();
            }
            wantWhole(call);
            next.proceed();
            answer = bytes(exchange);
            own = ClientHeaders.copy(exchange.getMessage());
        } catch (Exception e) {
            problem = Problem.from(e);
            if (problem.status() >= 499 && isTakenDown(call, exchange)) {
                throw e;
            }
            if (problem.code() == ErrorCode.INTERNAL_ERROR) {
                LOG.error("Call {} failed", call.getId(), e);
            }
            answer = ProblemJson.bytes(problem, call.getId());
            own = received.headers();
        } finally {
            activeCalls.leave(call);
            Calls.received(exchange, call);
        }
        Message message = new DefaultMessage(exchange);
        own.forEach((name, value) -> {
            if (ClientHeaders.isOwn(name)) {
                message.setHeader(name, value);
            }
        });
        tell(message, Calls.last(exchange), problem);
        write(message, answer, received.headers());
        exchange.setMessage(message);
    }

    private static void wantWhole(Call call) {
        if (call.isStream()) {
            call.getRequest().tree().remove("stream");
            call.getRequest().tree().remove("stream_options");
        }
    }

    private static byte[] bytes(Exchange exchange) throws Exception {
        return exchange.getContext()
                .getTypeConverter()
                .mandatoryConvertTo(
                        byte[].class, exchange, exchange.getMessage().getBody());
    }

    private static boolean isTakenDown(Call call, Exchange exchange) {
        ServiceStatus status = exchange.getContext().getStatus();
        return call.cancellation().cancelled() || status.isStopping() || status.isStopped();
    }

    /** The response headers of the HTTP edge, in the underscores that JMS and message brokers demand. */
    private static void tell(Message message, Call call, Problem problem) {
        message.setHeader(STATUS, problem == null ? 200 : problem.status());
        message.setHeader("X_Request_Id", call.getId());
        if (problem != null) {
            message.setHeader(ERROR, problem.code().code());
            problem.retryAfter().ifPresent(wait -> message.setHeader("Retry_After", Math.max(1, wait.toSeconds())));
        }
        if (call.getDegraded() != null) {
            message.setHeader("X_LLM_Degraded", call.getDegraded());
        }
        String warnings = call.answerHeaders().get(Call.WARNINGS);
        if (warnings != null) {
            message.setHeader("X_LLM_Warnings", warnings);
        }
        if (call.getModel() != null) {
            message.setHeader("X_LLM_Model", call.getModel());
            message.setHeader("X_LLM_Provider", call.getProvider());
            message.setHeader("X_LLM_Cache", call.getCache());
            message.setHeader("X_LLM_Attempts", call.getAttempts().size());
        }
    }

    /** The bytes of a body that is text, bytes or a stream already; nothing else is converted. */
    static byte[] plain(Object body, int limit) throws IOException {
        byte[] bytes;
        if (body == null) {
            bytes = new byte[0];
        } else if (body instanceof byte[] array) {
            bytes = array;
        } else if (body instanceof String text) {
            bytes = text.getBytes(StandardCharsets.UTF_8);
        } else if (body instanceof InputStream in) {
            try (in) {
                bytes = in.readNBytes(limit < Integer.MAX_VALUE ? limit + 1 : limit);
            }
        } else {
            throw Problem.of(
                    ErrorCode.INVALID_REQUEST, "The request is neither text nor bytes; send its JSON as one of these.");
        }
        if (bytes.length > limit) {
            throw tooLarge(limit);
        }
        return bytes;
    }

    static Problem tooLarge(int limit) {
        return Problem.of(
                ErrorCode.REQUEST_TOO_LARGE, "The request is larger than the " + limit + " bytes that are allowed.");
    }
}
