package io.github.camelllm.cost;

import java.util.List;
import java.util.Locale;

/** Models that cut text into tokens alike, by the beginnings of their names. */
enum Family {
    O200K(
            Encodings.O200K,
            true,
            1.1,
            List.of("gpt-4o", "gpt-4.1", "gpt-4.5", "gpt-5", "gpt-6", "gpt-oss", "chatgpt-4o", "o1", "o3", "o4")),
    CL100K(Encodings.CL100K, true, 1.3, List.of("gpt-4", "gpt-3.5", "text-embedding-3", "text-embedding-ada")),
    CLAUDE(
            Encodings.O200K,
            false,
            1.2,
            List.of("claude-2", "claude-3", "claude-haiku-4", "claude-sonnet-4", "claude-opus-4")),
    /** From Opus 4.7 on with a tokenizer that makes up to 1.35 times as many tokens. */
    CLAUDE_LATER(Encodings.O200K, false, 1.6, List.of("claude", "claude-opus-4-7", "claude-opus-4-8")),
    GEMINI(Encodings.O200K, false, 1.15, List.of("gemini", "gemma")),
    MISTRAL(Encodings.O200K, false, 1.2, List.of("mistral", "ministral", "mixtral", "codestral", "magistral")),
    LLAMA(Encodings.O200K, false, 1.1, List.of("llama")),
    QWEN(Encodings.O200K, false, 1.1, List.of("qwen")),
    DEEPSEEK(Encodings.O200K, false, 1.1, List.of("deepseek")),
    OTHER(Encodings.O200K, false, 1.25, List.of());

    private final Encodings encoding;
    private final boolean own;
    private final double start;
    private final List<String> prefixes;

    Family(Encodings encoding, boolean own, double start, List<String> prefixes) {
        this.encoding = encoding;
        this.own = own;
        this.start = start;
        this.prefixes = prefixes;
    }

    /** The encoding that comes nearest to the family's. */
    Encodings encoding() {
        return encoding;
    }

    /** Whether that is the family's own, and its counts need no factor. */
    boolean hasOwnEncoding() {
        return own;
    }

    /** By what a count is multiplied while nothing has been learned. */
    double start() {
        return start;
    }

    /**
     * The family of a model; {@link #OTHER} for one that is not known.
     *
     * @param model as its provider calls it; null for none. What stands before a slash is passed over
     */
    static Family of(String model) {
        String name = bare(model);
        Family best = OTHER;
        int length = 0;
        for (Family family : values()) {
            for (String prefix : family.prefixes) {
                if (prefix.length() > length && name.startsWith(prefix)) {
                    best = family;
                    length = prefix.length();
                }
            }
        }
        return best;
    }

    /** The name in lower case, without what stands before a slash. */
    static String bare(String model) {
        return model == null ? "" : model.substring(model.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    }
}
