package io.github.camelllm.problem;

import java.util.Locale;

/**
 * What went wrong, in the words that clients, dashboards and alerts rely on.
 *
 * <p>The {@linkplain #code() code} is the constant's name in lower case. Types are those of OpenAI's error objects, so
 * that its SDKs raise the exception their users expect.
 */
public enum ErrorCode {
    INVALID_REQUEST(400, "invalid_request_error"),
    CONTEXT_LENGTH_EXCEEDED(400, "invalid_request_error"),
    CONTENT_POLICY_VIOLATION(400, "invalid_request_error"),
    PROMPT_INJECTION(400, "invalid_request_error"),
    SENSITIVE_DATA(400, "invalid_request_error"),

    INVALID_API_KEY(401, "authentication_error"),
    MODEL_NOT_ALLOWED(403, "permission_error"),
    ADMIN_KEY_NEEDED(403, "permission_error"),
    MODEL_NOT_FOUND(404, "invalid_request_error"),
    NOT_FOUND(404, "invalid_request_error"),
    METHOD_NOT_ALLOWED(405, "invalid_request_error"),
    REQUEST_TIMEOUT(408, "invalid_request_error"),
    IDEMPOTENCY_CONFLICT(409, "invalid_request_error"),
    REQUEST_TOO_LARGE(413, "invalid_request_error"),
    URI_TOO_LONG(414, "invalid_request_error"),
    UNSUPPORTED_MEDIA_TYPE(415, "invalid_request_error"),

    GLOBAL_RATE_LIMITED(429, "rate_limit_error"),
    USER_RATE_LIMITED(429, "rate_limit_error"),
    QUOTA_EXHAUSTED(429, "insufficient_quota"),
    BUDGET_EXCEEDED(429, "insufficient_quota"),
    REQUEST_OVER_BUDGET(429, "insufficient_quota"),
    TOO_MANY_IN_FLIGHT(429, "rate_limit_error"),
    HEADERS_TOO_LARGE(431, "invalid_request_error"),

    /** The client left before its answer was whole. Never sent: there is nobody to read it. */
    CLIENT_GONE(499, "client_error"),

    INTERNAL_ERROR(500, "server_error"),
    UPSTREAM_ERROR(502, "server_error"),
    NO_MODEL_AVAILABLE(503, "server_error"),
    STORE_UNAVAILABLE(503, "server_error"),

    /** The gateway has as much to hold as it can: request bodies, or connections. */
    OVERLOADED(503, "server_error"),
    SHUTTING_DOWN(503, "server_error"),

    /** The server listens already, and its routes are not all up. */
    STARTING(503, "server_error"),
    UPSTREAM_TIMEOUT(504, "server_error");

    private final int status;
    private final String type;
    private final String code;

    ErrorCode(int status, String type) {
        this.status = status;
        this.type = type;
        this.code = name().toLowerCase(Locale.ROOT);
    }

    /** The HTTP status that belongs to this code. */
    public int status() {
        return status;
    }

    /** The code of an HTTP status: the first that has it; of one that none has, that of its kind. */
    public static ErrorCode ofStatus(int status) {
        for (ErrorCode code : values()) {
            if (code.status == status) {
                return code;
            }
        }
        return status >= 500 ? INTERNAL_ERROR : INVALID_REQUEST;
    }

    /** The {@code error.type} of OpenAI's error object. */
    public String type() {
        return type;
    }

    /** The {@code error.code}, as clients see it. */
    public String code() {
        return code;
    }
}
