package io.github.camelllm.call;

import io.github.camelllm.problem.Problem;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where a prompt comes from, in the words of whoever wrote it.
 *
 * @param template the name of its template, with the version behind an {@code @} if it has one; null when none is named
 * @param tags words to find its answer by; never null
 */
public record PromptLabels(String template, Set<String> tags) {

    /** No template, no tags. */
    public static final PromptLabels NONE = new PromptLabels(null, Set.of());

    private static final int MOST_TAGS = 10;
    private static final Pattern TEMPLATE = Pattern.compile("[\\w.:/-]{1,128}(@[\\w.:-]{1,64})?");
    private static final Pattern TAG = Pattern.compile("[\\w.:/@-]{1,64}");

    public PromptLabels {
        tags = Set.copyOf(tags);
    }

    /**
     * Reads both.
     *
     * @param template such as {@code greeting@3}; null or blank for none
     * @param tags separated by commas; null or blank for none
     * @throws Problem {@code invalid_request} when one is not as it should be, naming the header
     */
    public static PromptLabels of(String template, String tags) {
        boolean none = template == null || template.isBlank();
        if (none && (tags == null || tags.isBlank())) {
            return NONE;
        }
        if (!none && !TEMPLATE.matcher(template.strip()).matches()) {
            throw Problem.invalid(
                    "X-LLM-Template",
                    "X-LLM-Template is not a name of up to 128 letters, digits and _.:/- with a version behind an @, such as"
                            + " greeting@3.");
        }
        Set<String> read = new LinkedHashSet<>();
        for (String tag : tags == null ? new String[0] : tags.split(",")) {
            if (!tag.isBlank() && !TAG.matcher(tag.strip()).matches() || read.size() > MOST_TAGS) {
                throw badTags();
            }
            if (!tag.isBlank()) {
                read.add(tag.strip());
            }
        }
        if (read.size() > MOST_TAGS) {
            throw badTags();
        }
        return new PromptLabels(none ? null : template.strip(), read);
    }

    private static Problem badTags() {
        return Problem.invalid(
                "X-LLM-Tags",
                "X-LLM-Tags is not a list of up to 10 tags separated by commas, each of up to 64 letters, digits and _.:/@-.");
    }

    /** Whether the prompt is of a template: one named with its version, or any version of one named without. */
    public boolean isOf(String name) {
        return template != null && (template.equals(name) || template.startsWith(name + "@"));
    }
}
