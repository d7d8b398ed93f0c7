package io.github.camelllm.ingress;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.problem.Problem;

/** A problem as clients read it: OpenAI's error object, plus the request id. */
public final class ProblemJson {

    private ProblemJson() {}

    /**
     * The error object.
     *
     * @param requestId the call's id; null when the call never got one
     */
    public static ObjectNode tree(Problem problem, String requestId) {
        ObjectNode root = Json.object();
        root.putObject("error")
                .put("message", problem.getMessage())
                .put("type", problem.code().type())
                .put("code", problem.code().code())
                .put("param", problem.param().orElse(null))
                .put("request_id", requestId);
        return root;
    }

    /** The error object as UTF-8. */
    public static byte[] bytes(Problem problem, String requestId) {
        return Json.write(tree(problem, requestId));
    }
}
