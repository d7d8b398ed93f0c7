package io.github.camelllm.call;

import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a client calls a model, and the model that it means: by its own name, with its provider before it ({@code
 * openai/gpt-4o}), or with a version behind it ({@code gpt-4o-2024-08-06}, {@code claude-haiku-4-5-20251001}, {@code
 * gemini-2.5-flash-001}).
 *
 * @param model the model that is meant
 * @param version the dated id, without its provider, that its provider is to be asked for; null for the model as such, and for
 *     {@code -latest}, which is the model as such
 */
public record ModelName(Model model, String version) {

    private static final String MONTH = "(?:0[1-9]|1[0-2])";
    private static final String DAY = "(?:0[1-9]|[12]\\d|3[01])";

    /** Dates as providers write them: OpenAI's, Anthropic's (and Vertex's with an @), older short ones, Gemini's; and its numbers. */
    private static final Pattern VERSIONED = Pattern.compile("(?<model>.+?)(?:-20\\d\\d-" + MONTH + "-" + DAY
            + "|[-@]20\\d\\d" + MONTH + DAY + "|-" + MONTH + DAY + "|-2\\d" + MONTH + "|-" + MONTH + "-" + DAY + "|-"
            + MONTH + "-20\\d\\d|-00\\d|(?<latest>-latest))");

    /**
     * The model that a name means.
     *
     * @param models by their own names; empty for a name that is no model's
     */
    static Optional<ModelName> of(String name, Function<String, Optional<Model>> models) {
        Optional<ModelName> whole = plain(name, models);
        int slash = name.indexOf('/');
        if (whole.isPresent() || slash < 0) {
            return whole;
        }
        return plain(name.substring(slash + 1), models)
                .filter(found -> isOf(found.model().provider(), name.substring(0, slash)));
    }

    private static Optional<ModelName> plain(String name, Function<String, Optional<Model>> models) {
        Optional<Model> own = models.apply(name);
        if (own.isPresent()) {
            return own.map(model -> new ModelName(model, null));
        }
        Matcher matcher = VERSIONED.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return models.apply(matcher.group("model"))
                .map(model -> new ModelName(model, matcher.group("latest") == null ? name : null));
    }

    /** Google's models are known by its name too, and as its own API writes them. */
    private static boolean isOf(String provider, String prefix) {
        return prefix.equals(provider)
                || provider.equals("gemini") && (prefix.equals("google") || prefix.equals("models"));
    }

    /** Whether the provider can be asked for the version: not where the routes say what it is to be asked for. */
    public boolean reachesProvider() {
        return version == null
                || model.upstream().equals(model.name())
                || model.upstream().equals(version);
    }
}
