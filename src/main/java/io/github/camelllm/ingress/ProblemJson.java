package io.github.camelllm.ingress;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.problem.Problem;
import java.nio.charset.StandardCharsets;

/**
 * A problem as clients read it: OpenAI's error object, plus the request id.
 *
 * <p>{@code {"error":{"message","type","code","param","request_id"}}}, always with all five fields. Only what a problem
 * says to clients is in it; its detail and its cause are not.
 */
public final class ProblemJson {

    private ProblemJson() {}

    /**
     * The error object as a tree of its own, which the caller may change.
     *
     * @param problem never null
     * @param requestId the id under which logs know the call; null when there is none, and then null in the object
     */
    public static ObjectNode tree(Problem problem, String requestId) {
        ObjectNode root = Json.object();
        root.putObject("error")
                .put("message", writable(problem.getMessage()))
                .put("type", problem.code().type())
                .put("code", problem.code().code())
                .put("param", writable(problem.param().orElse(null)))
                .put("request_id", requestId);
        return root;
    }

    /**
     * The error object as UTF-8 JSON. Never fails, whatever the problem quotes.
     *
     * @param problem never null
     * @param requestId as for {@link #tree}
     */
    public static byte[] bytes(Problem problem, String requestId) {
        return Json.write(tree(problem, requestId));
    }

    /** A message may quote a field of the request, and JSON escapes can put half a surrogate pair there. */
    static String writable(String text) {
        return text == null ? null : new String(text.getBytes(StandardCharsets.UTF_16LE), StandardCharsets.UTF_16LE);
    }
}
