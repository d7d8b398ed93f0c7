package io.github.camelllm.inspect;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code config/inspect.yaml} says. Immutable.
 *
 * @param leak of the system prompt
 * @param links to hosts that are not known
 * @param categories words and phrases by the name of their category
 * @param refusals how answers begin that are none
 * @param moderation what is done with the verdict of a moderation model
 * @param empty what becomes of answers that say nothing
 * @param structured what becomes of answers that are not the JSON that was asked for
 */
record InspectRules(
        Leak leak,
        Links links,
        Map<String, Category> categories,
        Refusals refusals,
        Moderation moderation,
        Unfit empty,
        Structured structured) {

    static final String REFUSAL = "refusal";
    static final String EMPTY = "empty";
    static final String LEAK = "system_prompt";
    static final String IMAGE = "unknown_image";
    static final String LINK = "unknown_link";
    static final String MODERATION = "moderation";
    static final String MODERATION_DOWN = "moderation_down";
    static final String WRONG_FORM = "wrong_form";
    static final String UNCHECKED_FORM = "unchecked_form";

    /** Without a file, and where one says nothing. */
    static final InspectRules DEFAULT = new InspectRules(
            new Leak(Action.FLAG, 25, 60),
            new Links(Action.CHANGE, Action.LEAVE, Action.LEAVE, List.of(), false),
            Map.of(),
            new Refusals(Action.FLAG, 60, List.of()),
            new Moderation(Action.BLOCK, Duration.ofSeconds(3), false, true, "omni-moderation-latest"),
            Unfit.FLAG,
            new Structured(Unfit.FLAG, false, true, 64 << 10));

    /**
     * Of the system prompt.
     *
     * @param words so many of its words in a row are a leak
     * @param percent as is this part of it, in passages of at least 8 words
     */
    record Leak(Action action, int words, int percent) {}

    /**
     * Of links.
     *
     * @param images about images, and whatever else is loaded without a click
     * @param links about links
     * @param bare about addresses in plain text
     * @param hosts that are known; {@code *.example.org} stands for all below that one
     * @param ofRequest whether hosts that the client's own messages name are known too
     */
    record Links(Action images, Action links, Action bare, List<String> hosts, boolean ofRequest) {

        /** Whether anything is looked for. */
        boolean any() {
            return images != Action.LEAVE || links != Action.LEAVE || bare != Action.LEAVE;
        }
    }

    /** Words and phrases that belong together, and what is done about them. */
    record Category(Action action, List<String> phrases) {}

    /**
     * Of answers that are none.
     *
     * @param action whether they are flagged
     * @param within the phrase must stand among so many words at the beginning
     */
    record Refusals(Action action, int within, List<String> phrases) {}

    /**
     * Of the moderation model.
     *
     * @param action about what it flags
     * @param timeout how long it may take
     * @param refuse whether an answer that could not be checked is withheld
     * @param hold whether streams are held until they are checked; else they are checked at their end
     * @param model the model that is asked for; may be empty
     */
    record Moderation(Action action, Duration timeout, boolean refuse, boolean hold, String model) {}

    /** What becomes of an answer that cannot be used. */
    enum Unfit {
        /** Nothing. */
        LEAVE,
        /** It is given, and flagged. */
        FLAG,
        /** The attempt has failed: the same model is asked again, or another. */
        FAILOVER,
        /** The call has failed. */
        ERROR;

        /** Whether the answer is not given. */
        boolean acts() {
            return this == FAILOVER || this == ERROR;
        }
    }

    /**
     * Of answers that are asked for as JSON.
     *
     * @param invalid what becomes of those that are not
     * @param hold whether streams are held until they are checked; else they are checked at their end, and flagged at most
     * @param unfence whether a Markdown fence around the JSON is taken off
     * @param maxSchema the largest schema that answers are checked by, in bytes
     */
    record Structured(Unfit invalid, boolean hold, boolean unfence, int maxSchema) {}

    /** The finding of a category. */
    static String unsafe(String category) {
        return "unsafe_" + category;
    }

    /** All phrases that are looked for; those of refusals come as list -1, those of categories by their order. */
    Phrases phrases() {
        Phrases.Builder builder = new Phrases.Builder();
        if (refusals.action() != Action.LEAVE) {
            refusals.phrases().forEach(phrase -> builder.add(phrase, -1, false));
        }
        int number = 0;
        for (Category category : categories.values()) {
            int list = number++;
            if (category.action() != Action.LEAVE) {
                category.phrases()
                        .forEach(phrase ->
                                builder.add(phrase, list, category.action().acts()));
            }
        }
        return builder.build();
    }

    /** The categories by the numbers that {@link #phrases} gives them. */
    List<Map.Entry<String, Category>> list() {
        return new ArrayList<>(new LinkedHashMap<>(categories).entrySet());
    }
}
