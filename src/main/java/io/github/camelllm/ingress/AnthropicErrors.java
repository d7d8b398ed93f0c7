package io.github.camelllm.ingress;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A problem as Anthropic's clients read it: {@code {"type":"error","error":{"type","message","code"},"request_id"}}, where
 * {@code code} is the gateway's own and no part of Anthropic's API.
 */
final class AnthropicErrors {

    /** The status of Anthropic's own API when it is overloaded, by which its clients know that they may try again. */
    static final int OVERLOADED = 529;

    private static final Pattern MESSAGE = Pattern.compile("messages\\[.*");
    private static final Pattern TOOL = Pattern.compile("(tools\\[\\d+])\\.function(\\..*)?");

    private AnthropicErrors() {}

    static ObjectNode tree(Problem problem, String requestId) {
        ObjectNode root = Json.object().put("type", "error");
        root.putObject("error")
                .put("type", type(problem))
                .put("message", ProblemJson.writable(message(problem)))
                .put("code", problem.code().code());
        return root.put("request_id", requestId);
    }

    /** Whether it is the provider's own 529, with a status or in the place of an answer. */
    static boolean isOverload(Problem problem) {
        return problem.code() == ErrorCode.UPSTREAM_ERROR
                && problem.upstream().orElse(null) == UpstreamFailure.STATUS_529;
    }

    /** The error type that Anthropic's documentation gives to a status. */
    static String type(Problem problem) {
        if (isOverload(problem)) {
            return "overloaded_error";
        }
        return switch (problem.status()) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 503 -> "overloaded_error";
            case 504 -> "timeout_error";
            default -> problem.status() < 500 ? "invalid_request_error" : "api_error";
        };
    }

    /** Steps name a field by its place in OpenAI's words, and begin their message with it. */
    private static String message(Problem problem) {
        String message = problem.getMessage();
        String param = problem.param().orElse(null);
        if (param == null || !message.startsWith(param)) {
            return message;
        }
        return place(param) + message.substring(param.length());
    }

    private static String place(String param) {
        if (MESSAGE.matcher(param).matches()) {
            return "messages (" + param + " once translated for the model)";
        }
        Matcher tool = TOOL.matcher(param);
        if (tool.matches()) {
            String rest = tool.group(2) == null ? "" : tool.group(2);
            return tool.group(1) + rest.replaceFirst("^\\.parameters", ".input_schema");
        }
        if (param.equals("stop") || param.startsWith("stop[")) {
            return "stop_sequences" + param.substring("stop".length());
        }
        if (param.startsWith("response_format")) {
            return "output_config.format";
        }
        return param.replaceFirst("^tool_choice\\.function", "tool_choice");
    }
}
