package io.github.camelllm.ingress;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Attempt;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.AnswerBody;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Failures;
import io.github.camelllm.step.Step;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first line of an HTTP trigger: makes a call of the request, and of whatever comes back the answer: JSON, server-sent
 * events, or an error object, in the words of the path's clients.
 *
 * <p>The request's own headers stay readable for routes, but for credentials and what steers Camel; of its query parameters
 * none. What a route sets in headers, {@code CamelHttpResponseCode} included, goes out with the answer. A client that leaves cancels its call.
 */
public final class HttpStep extends Step {

    private static final Logger LOG = LoggerFactory.getLogger(HttpStep.class);

    private final HttpRequests requests = new HttpRequests();
    private ClientDialect dialect = ClientDialect.of("openai");
    private volatile ActiveCalls activeCalls = new ActiveCalls();

    /** What is asked for on this path: {@code chat} or {@code embeddings}. */
    public void setOperation(String operation) {
        requests.operation(operation);
    }

    /**
     * What the clients of this path speak: {@code openai}; {@code anthropic} for its Messages API; or {@code either} for a path
     * of both, whose answers the route writes in the words of the client.
     */
    public void setDialect(String dialect) {
        this.dialect = ClientDialect.of(dialect);
        requests.dialect(this.dialect);
    }

    /** How long a client may read nothing of a stream before it is given up; positive. */
    public void setClientStallTimeout(Duration clientStallTimeout) {
        if (clientStallTimeout.isNegative() || clientStallTimeout.isZero()) {
            throw new IllegalArgumentException(
                    "clientStallTimeout is " + clientStallTimeout.toMillis() + " ms; it must be positive");
        }
        requests.stallTimeout(clientStallTimeout);
    }

    @Override
    protected void onStart(Route route) {
        activeCalls = Calls.bound(route.getCamelContext(), ActiveCalls.class, activeCalls);
        requests.ticker(Calls.ticker(route.getCamelContext()));
    }

    @Override
    protected Call received(Exchange exchange) {
        try {
            return requests.begin(exchange);
        } catch (RuntimeException
                | Error e) { // no client of ours can be told of it yet, and routes have no error handler
            LOG.error("an HTTP request could not be taken up", e);
            throw e;
        }
    }

    /**
     * Whatever answers a request without a body, such as a list of models, goes out as it is; so does a JSON object of a route
     * that has called no chain.
     */
    @Override
    protected void answered(Call call, Exchange exchange) throws Exception {
        boolean chat = call.getRequest().receivedBytes() > 0;
        if (!chat || Calls.last(exchange) == null && !call.isStream() && AnswerBody.isObject(exchange)) {
            Failures.rethrowHandled(exchange, call);
        } else {
            super.answered(call, exchange);
        }
    }

    @Override
    protected void around(Call call, Exchange exchange, Chain next) {
        ClientExchange connection = HttpRequests.client(exchange);
        EventWriter client = connection.writer(requests.stallTimeout());
        Map<String, Object> received = ClientHeaders.copy(exchange.getMessage());
        BodyMemory.Share memory = connection.memory();
        activeCalls.enter(call);
        call.await();
        try {
            client.onGone(() -> call.cancellation().cancel());
            next.proceed();
            AnswerBody.stream(call, exchange);
            Call last = last(call, exchange);
            Map<String, String> own = new LinkedHashMap<>();
            ClientHeaders.said(exchange.getMessage(), received, own);
            if (exchange.getMessage().getBody() instanceof TokenStream stream) {
                stream(last, client, stream, own, status(exchange, 200));
            } else {
                client.send(status(exchange, 200), headers(last, "application/json", own), bytes(last, exchange));
            }
        } catch (Throwable e) {
            refuse(last(call, exchange), client, e, status(exchange, 0));
        } finally {
            client.close();
            activeCalls.leave(call);
            Calls.received(exchange, call);
            connection.answered(exchange);
            if (memory != null) {
                memory.letGo();
            }
        }
    }

    /** The call that the client is told of: the last one that its route has made, or the one that it has sent. */
    private static Call last(Call call, Exchange exchange) {
        Call last = Calls.last(exchange);
        return last == null ? call : last;
    }

    /** The HTTP status that the route has set, as in any route of platform-http. */
    private static int status(Exchange exchange, int otherwise) {
        Integer set = exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        return set == null || set < 200 || set > 599 ? otherwise : set;
    }

    private byte[] bytes(Call call, Exchange exchange) {
        if (exchange.getMessage().getBody() instanceof Answer answer) {
            return dialect.of(call).answer(call, answer);
        }
        byte[] bytes = exchange.getMessage().getBody() instanceof Request
                ? null
                : exchange.getMessage().getBody(byte[].class);
        if (bytes != null) {
            return dialect.of(call).answer(call, bytes);
        }
        throw Problem.of(ErrorCode.INTERNAL_ERROR, "The gateway has no route that answers this request.")
                .withDetail("no step of the chain left an answer in the body");
    }

    private void refuse(Call call, EventWriter client, Throwable e, int status) {
        if (client.gone()) {
            LOG.debug("the client of request {} left", call.getId());
            return;
        }
        Problem problem = problemOf(call, e, status);
        Map<String, String> headers = headers(call, "application/json", Map.of());
        problem.retryAfter().ifPresent(after -> headers.put("Retry-After", Long.toString(seconds(after))));
        boolean set = status >= 400 && Problem.from(e).code() == ErrorCode.INTERNAL_ERROR;
        client.send(
                set ? status : dialect.of(call).status(problem),
                headers,
                dialect.of(call).error(problem, call.getId()));
    }

    private static long seconds(Duration duration) {
        return Math.max(1, duration.plusMillis(999).toSeconds());
    }

    /** @param status that the route has set before it threw; 0 for none */
    private static Problem problemOf(Call call, Throwable e, int status) {
        if (call.cancellation().cancelled()) {
            return call.cancellation().problem();
        }
        Problem problem = Problem.from(e);
        if (problem.code() == ErrorCode.INTERNAL_ERROR && status >= 400) {
            LOG.info("request {} was refused by its route with status {}: {}", call.getId(), status, e.toString());
            return Problem.of(ErrorCode.ofStatus(status), "A route of the gateway has refused this request.")
                    .withCause(e);
        }
        if (problem.code() == ErrorCode.INTERNAL_ERROR) {
            LOG.error("request " + call.getId() + " failed: " + problem.detail().orElse(""), problem.getCause());
        }
        return problem;
    }

    /** The answer begins with the first event: a stream that fails before it can still be told by a status. */
    private void stream(Call call, EventWriter client, TokenStream stream, Map<String, String> own, int status) {
        try (stream) {
            call.cancellation().onCancel(stream::close);
            StreamEvent event = stream.next();
            Map<String, String> headers = headers(call, "text/event-stream; charset=utf-8", own);
            headers.put("Cache-Control", "no-cache");
            headers.put("X-Accel-Buffering", "no");
            client.begin(status, headers);
            ClientDialect.Events events = dialect.events(call, client);
            try {
                for (; event != null; event = stream.next()) {
                    events.event(event);
                }
                events.whole();
            } catch (RuntimeException | Error e) {
                if (client.gone()) {
                    return;
                }
                Problem problem = problemOf(call, e, 0);
                LOG.warn("stream of request {} broke off: {}", call.getId(), problem);
                events.broken(problem, call.getId());
            }
            client.end();
        }
    }

    private static Map<String, String> headers(Call call, String contentType, Map<String, String> own) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", contentType);
        headers.put("X-Request-Id", call.getId());
        Attempt attempt = call.attempt();
        if (attempt != null || call.getCacheHit() != null) {
            String model = attempt == null ? call.getModel() : attempt.model();
            String provider = attempt == null ? call.getProvider() : attempt.provider();
            if (call.getDegraded() == null && model != null && provider != null) {
                headers.put("X-LLM-Model", model);
                headers.put("X-LLM-Provider", provider);
            }
            headers.put("X-LLM-Attempts", Integer.toString(call.getAttempts().size()));
            headers.put("X-LLM-Cache", call.getCache());
        }
        if (call.getDegraded() != null) {
            headers.put("X-LLM-Degraded", call.getDegraded());
        }
        headers.putAll(call.answerHeaders());
        own.forEach((name, value) -> {
            if (headers.keySet().stream().noneMatch(name::equalsIgnoreCase)) {
                headers.put(name, value);
            }
        });
        return headers;
    }
}
