package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * OpenAI's models that reason, known by their names: what they refuse, by OpenAI's API reference. The o-series and GPT-5 take
 * neither sampling parameters nor {@code logprobs}; from GPT-5.1 on a model takes {@code temperature}, {@code top_p} and {@code
 * logprobs} as long as its effort is none, which is its default. All of them want {@code max_completion_tokens}.
 */
final class ReasoningModels {

    private static final Pattern FAMILY = Pattern.compile("(?:.*/)?(?:o[1-9]|gpt-5)(?:[.-].*)?");
    private static final Pattern CHATS = Pattern.compile("(?:.*/)?gpt-5[0-9.]*-chat.*");
    private static final Pattern MAY_REST = Pattern.compile("(?:.*/)?gpt-5\\.[1-9].*");
    private static final Pattern NEVER_RESTS = Pattern.compile(".*-(?:pro|codex)(?:-.*)?");

    private static final Set<String> BIASES = Set.of("presence_penalty", "frequency_penalty", "logit_bias");
    private static final Set<String> ALL = Set.of(
            "temperature", "top_p", "presence_penalty", "frequency_penalty", "logit_bias", "logprobs", "top_logprobs");

    private ReasoningModels() {}

    /** Whether a model refuses {@code max_tokens}. */
    static boolean wantsCompletionTokens(String model) {
        return FAMILY.matcher(model.toLowerCase(Locale.ROOT)).matches();
    }

    /** The parameters that a model refuses in a request of that effort; empty for a model that is none of these. */
    static Set<String> unsupported(String model, JsonNode effort) {
        String name = model.toLowerCase(Locale.ROOT);
        if (!FAMILY.matcher(name).matches() || CHATS.matcher(name).matches()) {
            return Set.of();
        }
        boolean rests = MAY_REST.matcher(name).matches()
                && !NEVER_RESTS.matcher(name).matches()
                && (!effort.isTextual() || effort.textValue().equals("none"));
        return rests ? BIASES : ALL;
    }
}
