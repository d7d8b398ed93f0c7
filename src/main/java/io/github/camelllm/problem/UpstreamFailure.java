package io.github.camelllm.problem;

/**
 * Every way an upstream can fail a call: what is done about it, and whether it speaks against the model's health.
 *
 * <p>The one table of failover. {@code docs/failover.md} shows it, and a test holds the two together.
 */
public enum UpstreamFailure {
    CONNECT_REFUSED("connection refused, or the host is unknown", Reaction.RETRY, true),
    CONNECT_TIMEOUT("no connection within the connect timeout", Reaction.NEXT, true),
    INSECURE("no TLS connection could be agreed on", Reaction.NEXT, true),
    RESET("the connection broke before the answer began", Reaction.RETRY, true),
    FIRST_BYTE_TIMEOUT("no answer within the first-byte timeout", Reaction.NEXT, true),
    FIRST_TOKEN_TIMEOUT("no content within the first-token timeout", Reaction.NEXT, true),
    TOTAL_TIMEOUT("the answer took longer than the total timeout", Reaction.NEXT, true),
    DEADLINE("the call's own deadline passed while the model was asked", Reaction.NEXT, false),

    STATUS_400("400 or 422: the request is refused", Reaction.TELL, false),
    CONTEXT_LENGTH("the prompt is longer than the model's context", Reaction.LARGER, false),
    CONTENT_POLICY("the prompt is against the provider's content policy", Reaction.TELL, false),
    STATUS_401("401: the gateway's key is refused", Reaction.NEXT, true),
    STATUS_402("402, or a 429 that says so: the gateway's bill is unpaid", Reaction.NEXT, true),
    STATUS_403("403: the gateway may not", Reaction.NEXT, false),
    STATUS_404("404: the model or path is gone", Reaction.NEXT, true),
    STATUS_408("408: the provider ran out of time reading the request", Reaction.RETRY, true),
    STATUS_409("409: a conflict at the provider", Reaction.RETRY, false),
    STATUS_413("413: the request is larger than the provider takes", Reaction.NEXT, false),
    STATUS_429("429: the provider limits the gateway's rate", Reaction.RETRY, false),
    STATUS_500("500: the provider failed", Reaction.RETRY, true),
    STATUS_502("502: bad gateway", Reaction.RETRY, true),
    STATUS_503("503: the provider is not available", Reaction.RETRY, true),
    STATUS_504("504: the provider's own upstream fell silent", Reaction.NEXT, true),
    STATUS_529("529: the provider is overloaded", Reaction.RETRY, true),
    STATUS_OTHER("any other status that is no success", Reaction.NEXT, true),

    BAD_ANSWER("an answer that is no JSON, is empty, an HTML page, or lacks what makes it one", Reaction.RETRY, true),
    BROKEN_OFF("the answer broke off, or ended without its finish reason", Reaction.RETRY, true),
    STALLED("the answer stalled for longer than the idle timeout", Reaction.NEXT, true),
    IN_BAND_ERROR("an error instead of an answer, with a success status", Reaction.RETRY, true),
    TOO_LARGE(
            "an answer beyond the gateway's bounds: a line or the number of its headers, an event, the whole",
            Reaction.NEXT,
            true),
    UNEXPECTED("something that nobody foresaw, in the gateway too", Reaction.NEXT, true),
    CUT_BY_LENGTH(
            "the answer was cut by the model's own limit, and the settings do not take that", Reaction.NEXT, false),
    EMPTY_ANSWER("the answer has neither text nor tool call, and the settings do not take that", Reaction.RETRY, false),
    WRONG_FORM(
            "the answer is not the JSON that the request asks for, and the settings do not take that",
            Reaction.RETRY,
            false),

    BUSY("the gateway's own bound on calls in flight to the model", Reaction.NEXT, false),
    LIMIT_REACHED("the gateway's own limit of the model or its provider is reached", Reaction.NEXT, false),
    CIRCUIT_OPEN("the model's circuit breaker is open", Reaction.NEXT, false),
    RESTING("the model's provider has asked to be left alone, and the time is not over", Reaction.NEXT, false),
    NOT_SET_UP("the model lacks its key, or its route is stopping", Reaction.NEXT, false),
    CANNOT("the request needs what the model's dialect cannot express", Reaction.NEXT, false);

    /** What failover does. */
    public enum Reaction {
        /** Asks the same model again while the retry budgets last, then the next. */
        RETRY,
        /** Asks the next model. */
        NEXT,
        /** Asks the next model whose context is larger. */
        LARGER,
        /** Tells the caller: another model would say the same, or must not be asked. */
        TELL
    }

    private final String description;
    private final Reaction reaction;
    private final boolean countsAgainstBreaker;

    UpstreamFailure(String description, Reaction reaction, boolean countsAgainstBreaker) {
        this.description = description;
        this.reaction = reaction;
        this.countsAgainstBreaker = countsAgainstBreaker;
    }

    /** What happened, in words for operators. */
    public String description() {
        return description;
    }

    /** What failover does about it. */
    public Reaction reaction() {
        return reaction;
    }

    /** Whether the model's circuit breaker and health count it. */
    public boolean countsAgainstBreaker() {
        return countsAgainstBreaker;
    }

    /** Whether the model is left alone for as long as its provider says with it, by {@code Retry-After}. */
    public boolean rests() {
        return switch (this) {
            case STATUS_402, STATUS_429, STATUS_500, STATUS_502, STATUS_503, STATUS_504, STATUS_529, STATUS_OTHER ->
                true;
            default -> false;
        };
    }

    /** The failure that an HTTP status stands for, not 2xx, when its body says nothing more special. */
    public static UpstreamFailure ofStatus(int status) {
        return switch (status) {
            case 400, 422 -> STATUS_400;
            case 401 -> STATUS_401;
            case 402 -> STATUS_402;
            case 403 -> STATUS_403;
            case 404, 410 -> STATUS_404;
            case 408 -> STATUS_408;
            case 409 -> STATUS_409;
            case 413 -> STATUS_413;
            case 429 -> STATUS_429;
            case 500 -> STATUS_500;
            case 502 -> STATUS_502;
            case 503 -> STATUS_503;
            case 504 -> STATUS_504;
            case 529 -> STATUS_529;
            default -> STATUS_OTHER;
        };
    }
}
