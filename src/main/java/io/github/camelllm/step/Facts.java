package io.github.camelllm.step;

import io.github.camelllm.call.Attempt;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.Problem;
import java.util.List;
import org.apache.camel.Exchange;

/**
 * The exchange properties that tell a route of the last call on its exchange. Each is absent where it is not known; of a stream,
 * usage and cost are known at its end, and so not here.
 */
public final class Facts {

    /** The request id, as in the client's {@code X-Request-Id} (a String). */
    public static final String REQUEST_ID = "CamelLlmRequestId";

    /** The model that has answered (a String). */
    public static final String MODEL = "CamelLlmModel";

    /** Whose model it is (a String). */
    public static final String PROVIDER = "CamelLlmProvider";

    /** What the cache has said (a String): hit, semantic, stale, miss or bypass. */
    public static final String CACHE = "CamelLlmCache";

    /** How many times models were asked (an Integer). */
    public static final String ATTEMPTS = "CamelLlmAttempts";

    /** Tokens of the prompt (a Long). */
    public static final String INPUT_TOKENS = "CamelLlmInputTokens";

    /** Tokens of the completion (a Long). */
    public static final String OUTPUT_TOKENS = "CamelLlmOutputTokens";

    /** What the call has cost, in dollars (a BigDecimal). */
    public static final String COST_USD = "CamelLlmCostUsd";

    /** Why the model stopped (a String): stop, length, tool_calls. */
    public static final String FINISH_REASON = "CamelLlmFinishReason";

    /** The code of the error that the call has failed with (a String). */
    public static final String ERROR_CODE = "CamelLlmErrorCode";

    /** The HTTP status of that error (an Integer). */
    public static final String ERROR_STATUS = "CamelLlmErrorStatus";

    private Facts() {}

    /** Tells of a call that was refused before it could begin. */
    public static void refused(Exchange exchange, Throwable failure) {
        Problem problem = Problem.from(failure);
        for (String name : List.of(
                REQUEST_ID, MODEL, PROVIDER, CACHE, ATTEMPTS, INPUT_TOKENS, OUTPUT_TOKENS, COST_USD, FINISH_REASON)) {
            exchange.removeProperty(name);
        }
        put(exchange, ERROR_CODE, problem.code().code());
        put(exchange, ERROR_STATUS, problem.status());
    }

    static void tell(Exchange exchange, Call call, Throwable failure) {
        Usage usage = call.getUsage();
        Attempt attempt = call.attempt();
        boolean answered = failure == null && call.getDegraded() == null;
        Problem problem = failure == null ? null : Problem.from(failure);
        put(exchange, REQUEST_ID, call.getId());
        put(exchange, MODEL, !answered ? null : attempt == null ? call.getModel() : attempt.model());
        put(exchange, PROVIDER, !answered ? null : attempt == null ? call.getProvider() : attempt.provider());
        put(exchange, CACHE, call.getCache());
        put(exchange, ATTEMPTS, call.getAttempts().size());
        put(exchange, INPUT_TOKENS, usage == null ? null : usage.inputTokens());
        put(exchange, OUTPUT_TOKENS, usage == null ? null : usage.outputTokens());
        put(exchange, COST_USD, call.getCost());
        put(exchange, FINISH_REASON, call.getFinishReason());
        put(exchange, ERROR_CODE, problem == null ? null : problem.code().code());
        put(exchange, ERROR_STATUS, problem == null ? null : problem.status());
    }

    private static void put(Exchange exchange, String name, Object value) {
        if (value == null) {
            exchange.removeProperty(name);
        } else {
            exchange.setProperty(name, value);
        }
    }
}
