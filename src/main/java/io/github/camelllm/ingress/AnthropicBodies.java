package io.github.camelllm.ingress;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.RequestDialect;
import java.util.List;
import java.util.Set;

/** Knows requests of Anthropic's Messages API among the bodies of routes: by fields and blocks that OpenAI has not. */
public final class AnthropicBodies implements RequestDialect {

    private static final List<String> FIELDS =
            List.of("system", "stop_sequences", "thinking", "output_config", "mcp_servers");
    private static final Set<String> BLOCKS =
            Set.of("tool_use", "tool_result", "document", "image", "thinking", "redacted_thinking", "search_result");

    @Override
    public boolean recognises(ObjectNode body) {
        if (!body.path("messages").isArray() || !body.path("max_tokens").isIntegralNumber()) {
            return false;
        }
        return FIELDS.stream().anyMatch(body::has)
                || body.path("tools").path(0).has("input_schema")
                || hasBlocks(body.path("messages"));
    }

    private static boolean hasBlocks(JsonNode messages) {
        for (JsonNode message : messages) {
            for (JsonNode block : message.path("content")) {
                if (BLOCKS.contains(block.path("type").asText())) {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public ObjectNode read(ObjectNode body) {
        return AnthropicRequest.read(body);
    }

    @Override
    public ObjectNode write(Call call, Answer answer) {
        return AnthropicAnswer.message(answer.tree(), call.getUsage());
    }
}
