package io.github.camelllm.cost;

import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.EncodingType;
import io.github.camelllm.config.Part;
import java.nio.charset.StandardCharsets;

/**
 * OpenAI's encodings, loaded once each and not before somebody counts with them: a table takes a good part of a second
 * and some tens of megabytes. The tables are an optional part, {@link Part#TOKEN_COUNT}: without it nobody may count.
 */
final class Encodings implements TextCount {

    static final Encodings O200K = new Encodings("o200k_base");
    static final Encodings CL100K = new Encodings("cl100k_base");

    /** Longer texts are counted in pieces, so that no copy of the whole is made and no run of letters is endless. */
    static final int PIECE = 4 * 1024;

    private static final int LOOK_BACK = 256;

    private final String name;
    private volatile Table table;

    private Encodings(String name) {
        this.name = name;
    }

    /** Apart, so that no class of the library's is looked for before the first count. */
    private record Table(Encoding encoding) {

        static Table of(String name) {
            EncodingRegistry registry = com.knuddels.jtokkit.Encodings.newLazyEncodingRegistry();
            return new Table(registry.getEncoding(EncodingType.fromName(name).orElseThrow()));
        }

        /** Halves of surrogate pairs, which no encoding of UTF-8 can hold, count as question marks. */
        long count(String text) {
            return encoding.countTokensOrdinary(
                    isWellFormed(text)
                            ? text
                            : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
        }
    }

    /** Whether counting with it costs no loading any more. */
    boolean isLoaded() {
        return table != null;
    }

    @Override
    public long of(String text) {
        return tokens(text) * QuickCount.PARTS;
    }

    /** Tokens of a text; what looks like a special token in it is text like any other. */
    long tokens(String text) {
        Table loaded = loaded();
        if (text.length() <= PIECE) {
            return loaded.count(text);
        }
        long sum = 0;
        for (int from = 0; from < text.length(); ) {
            int to = cut(text, from);
            sum += loaded.count(text.substring(from, to));
            from = to;
        }
        return sum;
    }

    private static boolean isWellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    /** Where a piece ends: before a blank if one is near, and never within a surrogate pair. */
    private static int cut(String text, int from) {
        int end = from + PIECE;
        if (end >= text.length()) {
            return text.length();
        }
        for (int i = end; i > end - LOOK_BACK; i--) {
            if (text.charAt(i) == ' ' && text.charAt(i - 1) != ' ') {
                return i;
            }
        }
        return Character.isLowSurrogate(text.charAt(end)) && Character.isHighSurrogate(text.charAt(end - 1))
                ? end - 1
                : end;
    }

    private Table loaded() {
        Table ready = table;
        return ready != null ? ready : load();
    }

    private synchronized Table load() {
        if (table == null) {
            table = Table.of(name);
        }
        return table;
    }
}
