package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * How a Gemini model is told how much to think: by a level (from Gemini 3 on), by a budget of tokens (Gemini 2.5), or not
 * at all.
 */
final class GeminiThinking {

    private static final List<String> EFFORTS = List.of("none", "minimal", "low", "medium", "high", "xhigh", "max");
    private static final List<String> LEVELS = List.of("minimal", "low", "medium", "high");
    private static final long LOW_BUDGET = 2048;
    private static final long MEDIUM_BUDGET = 12288;

    private final boolean budget;
    private final List<String> levels;

    private GeminiThinking(boolean budget, List<String> levels) {
        this.budget = budget;
        this.levels = levels;
    }

    /** By what an operator writes: {@code budget}, {@code no} or the levels that the model knows, lowest first. */
    static GeminiThinking of(String setting) {
        String said = setting.strip();
        if (said.equals("budget") || said.equals("no")) {
            return new GeminiThinking(said.equals("budget"), List.of());
        }
        List<String> levels = Arrays.stream(said.split(",")).map(String::strip).toList();
        if (!LEVELS.containsAll(levels)
                || !levels.stream()
                        .sorted((a, b) -> rank(a) - rank(b))
                        .distinct()
                        .toList()
                        .equals(levels)) {
            throw new IllegalArgumentException(
                    "thinking is '" + setting + "'; budget, no, or some of " + LEVELS + " in that order are allowed");
        }
        return new GeminiThinking(false, levels);
    }

    /** Whether the model wants the signatures of its thoughts back, which goes with levels. */
    boolean wantsSignatures() {
        return !levels.isEmpty();
    }

    /** The {@code thinkingConfig} that a request asks for; null when it asks for none, or for none that can be said. */
    ObjectNode config(Call call, JsonNode request, Consumer<String> unsupported) {
        JsonNode effort = request.path("reasoning_effort");
        if (effort.isTextual()) {
            return EFFORTS.contains(effort.textValue())
                    ? say(call, "reasoning_effort", effort.textValue(), -1, unsupported)
                    : refuse("reasoning_effort", unsupported);
        }
        JsonNode thinking = request.path("thinking"); // Anthropic's
        return switch (thinking.path("type").asText("")) {
            case "enabled" -> {
                long tokens = thinking.path("budget_tokens").asLong(MEDIUM_BUDGET);
                yield say(call, "thinking", effortOf(tokens), tokens, unsupported);
            }
            case "disabled" -> say(call, "thinking", "none", 0, unsupported);
            case "adaptive" ->
                budget || wantsSignatures()
                        ? Json.object().put("includeThoughts", true)
                        : refuse("thinking", unsupported);
            default -> thinking.isMissingNode() || thinking.isNull() ? null : refuse("thinking", unsupported);
        };
    }

    private static String effortOf(long tokens) {
        return tokens <= LOW_BUDGET ? "low" : tokens <= MEDIUM_BUDGET ? "medium" : "high";
    }

    private static ObjectNode refuse(String param, Consumer<String> unsupported) {
        unsupported.accept(param);
        return null;
    }

    private ObjectNode say(Call call, String param, String effort, long tokens, Consumer<String> unsupported) {
        if (!budget && levels.isEmpty()) {
            return refuse(param, unsupported);
        }
        ObjectNode config = Json.object();
        if (budget) {
            config.put("thinkingBudget", tokens >= 0 ? tokens : tokensOf(effort));
        } else {
            String level = level(effort);
            if (!level.equals(effort)) {
                call.warn(param + " " + effort + " said as " + level + " to " + call.getModel());
            }
            config.put("thinkingLevel", level);
        }
        return effort.equals("none") ? config : config.put("includeThoughts", true);
    }

    /** The lowest level that is no less than the effort; the highest when there is none. */
    private String level(String effort) {
        for (String level : levels) {
            if (rank(level) >= rank(effort)) {
                return level;
            }
        }
        return levels.get(levels.size() - 1);
    }

    private static int rank(String effort) {
        return EFFORTS.indexOf(effort);
    }

    /** As Google's own OpenAI-compatible endpoint counts them. */
    private static long tokensOf(String effort) {
        return switch (effort) {
            case "none" -> 0;
            case "minimal", "low" -> 1024;
            case "medium" -> 8192;
            default -> 24576;
        };
    }
}
