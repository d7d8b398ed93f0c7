package io.github.camelllm.observe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Identity;
import io.github.camelllm.call.Json;
import io.github.camelllm.config.Edits;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Answers {@code POST /admin/reload}, by an admin's key: puts routes and configuration in force as they are saved, and says what has
 * changed, or with 409 {@code config_refused} what is wrong and leaves all as it is. {@code ?dry-run=true} only tells.
 *
 * <pre>{@code
 * {"object":"reload","changes":["~ route llm-chat"],"restart":[]}
 * }</pre>
 */
public final class ReloadEndpoint implements Processor {

    /** The exchange property with the query as it came. */
    public static final String QUERY = "llm.reload.query";

    @Override
    public void process(Exchange exchange) {
        Call call = Calls.of(exchange);
        Edits edits = exchange.getContext().getRegistry().findSingleByType(Edits.class);
        if (edits == null) {
            throw Problem.of(
                    ErrorCode.NOT_FOUND,
                    "Nothing is reloaded in this runtime: it is the gateway's own launcher that can (bin/gateway).");
        }
        boolean anybody = edits.isOpen() && call.getIdentity().equals(Identity.ANONYMOUS);
        if (!anybody && !call.getIdentity().admin()) {
            throw Problem.of(ErrorCode.ADMIN_KEY_NEEDED, "A reload takes an admin's key (admin: true in keys.yaml).");
        }
        Edits.Outcome outcome = edits.reload(isDry(exchange.getProperty(QUERY, "", String.class)));
        if (!outcome.problems().isEmpty()) {
            throw Problem.of(
                    ErrorCode.CONFIG_REFUSED,
                    "Routes or configuration are not in order, and all goes on as before: "
                            + outcome.problems().stream()
                                    .map(Edits.Wrong::toString)
                                    .collect(Collectors.joining("; ")));
        }
        ObjectNode json = Json.object().put("object", "reload");
        outcome.changes().forEach(json.putArray("changes")::add);
        outcome.restart().forEach(json.putArray("restart")::add);
        exchange.getMessage().setBody(new Answer(null, json));
    }

    private static boolean isDry(String query) {
        return switch (query) {
            case "", "dry-run=false" -> false;
            case "dry-run=true" -> true;
            default ->
                throw Problem.invalid("dry-run", "The query is not known; dry-run=true, or no query, is expected.");
        };
    }
}
