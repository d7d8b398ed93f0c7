package io.github.camelllm.cost;

import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.EncodingType;
import java.nio.charset.StandardCharsets;

/**
 * OpenAI's encodings, loaded once each and not before somebody counts with them: a table takes a good part of a second
 * and some tens of megabytes.
 */
final class Encodings implements TextCount {

    static final Encodings O200K = new Encodings(EncodingType.O200K_BASE);
    static final Encodings CL100K = new Encodings(EncodingType.CL100K_BASE);

    /** Longer texts are counted in pieces, so that no copy of the whole is made and no run of letters is endless. */
    static final int PIECE = 4 * 1024;

    private static final int LOOK_BACK = 256;

    private final EncodingType type;
    private volatile Encoding encoding;

    private Encodings(EncodingType type) {
        this.type = type;
    }

    /** Whether counting with it costs no loading any more. */
    boolean isLoaded() {
        return encoding != null;
    }

    @Override
    public long of(String text) {
        return tokens(text) * QuickCount.PARTS;
    }

    /** Tokens of a text; what looks like a special token in it is text like any other. */
    long tokens(String text) {
        Encoding loaded = loaded();
        if (text.length() <= PIECE) {
            return count(loaded, text);
        }
        long sum = 0;
        for (int from = 0; from < text.length(); ) {
            int to = cut(text, from);
            sum += count(loaded, text.substring(from, to));
            from = to;
        }
        return sum;
    }

    /** Halves of surrogate pairs, which no encoding of UTF-8 can hold, count as question marks. */
    private static long count(Encoding encoding, String text) {
        return encoding.countTokensOrdinary(
                isWellFormed(text) ? text : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
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

    private Encoding loaded() {
        Encoding ready = encoding;
        return ready != null ? ready : load();
    }

    private synchronized Encoding load() {
        if (encoding == null) {
            EncodingRegistry registry = com.knuddels.jtokkit.Encodings.newLazyEncodingRegistry();
            encoding = registry.getEncoding(type);
        }
        return encoding;
    }
}
