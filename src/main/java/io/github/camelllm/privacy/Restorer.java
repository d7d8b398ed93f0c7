package io.github.camelllm.privacy;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.github.camelllm.call.text.TextFilter;
import java.util.Locale;

/**
 * Puts values back where a text has their placeholders, though the text come in pieces and the model have changed their
 * capitals, or lost, escaped or altered their brackets. Holds back only what may be the beginning of a placeholder. What
 * comes out does not depend on how the text is cut.
 */
final class Restorer implements TextFilter {

    private static final int MORE = -1;
    private static final int NONE = 0;

    private final Pseudonyms pseudonyms;
    private final boolean json;
    /** A backslash that makes the next character plain: doubled where it stands in JSON. */
    private final String escape;

    private final String[] opens;
    private final String[] closes;
    private String held = "";
    private boolean inWord;

    private String value;

    /** @param json whether the text is JSON, so that values are to be written as parts of its strings */
    Restorer(Pseudonyms pseudonyms, boolean json) {
        this.pseudonyms = pseudonyms;
        this.json = json;
        this.escape = json ? "\\\\" : "\\";
        this.opens = new String[] {escape + "<", "\\u003c", "&lt;", "<", "＜", "["};
        this.closes = new String[] {escape + ">", "\\u003e", "&gt;", "/>", ">", "＞"};
    }

    @Override
    public String push(String piece) {
        return restore(held.isEmpty() ? piece : held + piece, false);
    }

    @Override
    public String end() {
        return restore(held, true);
    }

    private String restore(String text, boolean last) {
        StringBuilder out = null;
        int copied = 0;
        int at = 0;
        while (at < text.length()) {
            int end = begins(text.charAt(at)) ? match(text, at, last) : NONE;
            if (end == MORE) {
                break;
            }
            if (end > at) {
                out = out == null ? new StringBuilder(text.length() + 64) : out;
                out.append(text, copied, at).append(written());
                at = end;
                copied = end;
                inWord = false;
            } else {
                int next = skip(text, at, last);
                if (next == MORE) {
                    break;
                }
                at = next;
            }
        }
        held = text.substring(at);
        if (out == null) {
            return held.isEmpty() ? text : text.substring(0, at);
        }
        return out.append(text, copied, at).toString();
    }

    private String written() {
        return json ? new String(JsonStringEncoder.getInstance().quoteAsString(value)) : value;
    }

    private boolean begins(char c) {
        return c == '<'
                || c == '\\'
                || c == '['
                || c == '&'
                || c == '＜'
                || isCapital(c) && !inWord && pseudonyms.isInitial(c);
    }

    /** The place behind what cannot be a placeholder: a word, an escape, or one character. */
    private int skip(String text, int at, boolean last) {
        char c = text.charAt(at);
        if (isWord(c)) {
            int end = at + 1;
            while (end < text.length() && isWord(text.charAt(end))) {
                end++;
            }
            inWord = true;
            return end;
        }
        inWord = false;
        if (json && c == '\\') { // an escape is one character: the n of \n begins no word
            int end = at + 2;
            if (at + 1 < text.length() && text.charAt(at + 1) == 'u') {
                end = at + 6;
            }
            return end <= text.length() ? end : last ? text.length() : MORE;
        }
        return at + 1;
    }

    /** Where the placeholder ends that begins here; {@link #NONE} when none does, {@link #MORE} when that shows only later. */
    private int match(String text, int at, boolean last) {
        boolean more = false;
        for (String open : opens) {
            int fits = fits(text, at, open);
            more |= fits == MORE;
            if (fits > 0) {
                int end = bracketed(text, at + open.length(), open, last);
                if (end != NONE) {
                    return end;
                }
            }
        }
        if (more && !last) {
            return MORE;
        }
        if (!isCapital(text.charAt(at)) || inWord) {
            return NONE;
        }
        int end = name(text, at, last);
        return end > 0 && !isLabelInCapitals(text, at, end) ? NONE : end;
    }

    /** Without brackets and in small letters it is as likely to be a name of the model's own, in a program or a form. */
    private static boolean isLabelInCapitals(String text, int from, int end) {
        int label = text.lastIndexOf('_', end - 1);
        for (int i = from; i < label; i++) {
            if (isLetter(text.charAt(i)) && !isCapital(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private int bracketed(String text, int from, String open, boolean last) {
        int end = name(text, from, last);
        if (end == MORE || end == NONE) {
            return end;
        }
        if (open.equals("[")) {
            return square(text, end, last);
        }
        boolean escaped = open.equals(closes[0].replace('>', '<'));
        boolean more = false;
        for (String close : closes) {
            int fits = fits(text, end, close);
            if (fits > 0) {
                return escaped && !close.equals(closes[0]) ? NONE : fits;
            }
            more |= fits == MORE;
        }
        return more && !last ? MORE : escaped ? NONE : end;
    }

    /** The brackets of a link's text are the link's. */
    private static int square(String text, int end, boolean last) {
        if (end == text.length() || text.charAt(end) != ']') {
            return NONE;
        }
        if (end + 1 == text.length()) {
            return last ? end + 1 : MORE;
        }
        return text.charAt(end + 1) == '(' ? NONE : end + 1;
    }

    /** Where the name ends that begins here, whose {@link #value} is known then. */
    private int name(String text, int from, boolean last) {
        StringBuilder name = new StringBuilder();
        int at = from;
        while (at < text.length() && name.length() <= pseudonyms.longest()) {
            char c = text.charAt(at);
            int underscore = c == '\\' ? fits(text, at, escape + "_") : NONE;
            if (underscore == MORE) {
                // it may turn out to be one
                return last ? known(name, at) : pseudonyms.isBeginning(upper(name)) ? MORE : NONE;
            }
            if (underscore > 0) {
                name.append('_');
                at = underscore;
            } else if (isWord(c)) {
                name.append(c);
                at++;
            } else {
                break;
            }
        }
        if (at == text.length() && !last) {
            return pseudonyms.isBeginning(upper(name)) ? MORE : NONE;
        }
        return known(name, at);
    }

    private int known(StringBuilder name, int end) {
        String found = pseudonyms.value(upper(name));
        if (found == null) {
            return NONE;
        }
        value = found;
        return end;
    }

    private static String upper(StringBuilder name) {
        return name.toString().toUpperCase(Locale.ROOT);
    }

    /** The end of a word that stands here, in any case; {@link #MORE} when the text ends within it. */
    private static int fits(String text, int at, String word) {
        int length = Math.min(word.length(), text.length() - at);
        if (!text.regionMatches(true, at, word, 0, length)) {
            return NONE;
        }
        return length == word.length() ? at + length : MORE;
    }

    static boolean isWord(char c) {
        return isLetter(c) || c >= '0' && c <= '9' || c == '_';
    }

    private static boolean isCapital(char c) {
        return c >= 'A' && c <= 'Z';
    }

    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    /** Never what it holds. */
    @Override
    public String toString() {
        return "Restorer";
    }
}
