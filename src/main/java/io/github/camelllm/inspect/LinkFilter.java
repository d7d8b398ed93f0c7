package io.github.camelllm.inspect;

import io.github.camelllm.call.text.TextFilter;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Takes the addresses of hosts that are not known out of one text: those of Markdown's images, links, definitions and
 * autolinks, of HTML, and if wanted of plain text. An image asks its host as soon as it is shown, and its address can carry
 * away what the model knows.
 *
 * <p>Where two renderers could see different things, it sees the worse. Holds back no more than one address or tag, and no
 * more than {@value #MOST_HELD} characters.
 */
final class LinkFilter implements TextFilter {

    /** What an address is replaced by: it leads nowhere. */
    static final String NOWHERE = "about:blank";

    /** What stands in the place of an address in plain text. */
    static final String REMOVED = "[link removed]";

    static final int MOST_HELD = 2048;

    /** A tag in which more others seem to begin is none, and would take time. */
    private static final int MOST_INNER = 16;

    private static final String[] BARE = {"https://", "http://", "ftp://", "www."};

    private final InspectRules.Links links;
    private final Predicate<String> known;
    private final Findings findings;
    private final Fences fences = new Fences();

    private final StringBuilder out = new StringBuilder();
    private String text = "";
    private int copied;
    private boolean last;

    /** Whether {@code ![} has come in this paragraph, or at all. */
    private boolean imageHere;

    private boolean imageSeen;

    /** Whether a definition of an unknown host has been let through, which an image could use. */
    private boolean defined;

    /** Nothing before here may begin a tag: it was too long to be looked at. */
    private int noTag;

    /** Whether the rest of an address is left out that has been replaced, and what it ends at. */
    private Rest dropping = Rest.NONE;

    private int depth;
    private char previous = '\n';

    private enum Rest {
        NONE,
        PLAIN,
        PARENTHESIS,
        ANGLE
    }

    /** @param known whether a host is known */
    LinkFilter(InspectRules.Links links, Predicate<String> known, Findings findings) {
        this.links = links;
        this.known = known;
        this.findings = findings;
    }

    @Override
    public String push(String piece) {
        return filter(piece, false);
    }

    @Override
    public String end() {
        return filter("", true);
    }

    private String filter(String piece, boolean end) {
        String heldBefore = text;
        text = heldBefore.isEmpty() ? piece : heldBefore.concat(piece);
        last = end;
        copied = 0;
        out.setLength(0);
        int at = 0;
        while (at < text.length()) {
            int plain = dropping == Rest.NONE ? plain(at) : at;
            int next = plain > at
                    ? skip(at, plain)
                    : dropping != Rest.NONE ? drop(at) : fences.isCode() ? pass(at, at + 1) : look(at);
            if (next < 0) {
                break;
            }
            at = next;
        }
        String result;
        if (out.isEmpty() && copied == 0) {
            result = at == text.length() ? (at == piece.length() ? piece : text) : text.substring(0, at);
        } else {
            result = out.append(text, Math.min(copied, at), at).toString();
        }
        text = text.substring(at);
        noTag = Math.max(0, noTag - at);
        return result;
    }

    /** Where the next character is that could mean something. */
    private int plain(int from) {
        boolean bare = links.bare() != Action.LEAVE;
        int to = from;
        while (to < text.length()) {
            char c = text.charAt(to);
            boolean meaning = c < 128
                    && (c == '!'
                            || c == ']'
                            || c == '<'
                            || c == '`'
                            || c == '~'
                            || c == '\n'
                            || c == '\r'
                            || bare && "hHwWfF".indexOf(c) >= 0);
            if (meaning) {
                break;
            }
            to++;
        }
        return to;
    }

    private int skip(int from, int to) {
        fences.skip(text, from, to);
        previous = text.charAt(to - 1);
        return to;
    }

    /** Lets characters through, and goes on behind them. */
    private int pass(int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            fences.step(c);
            previous = c;
        }
        if (fences.isNewParagraph()) {
            imageHere = false;
        }
        return to;
    }

    /** Puts something in the place of characters, and goes on behind them. */
    private int replace(int from, int to, String other) {
        out.append(text, copied, from).append(other);
        copied = to;
        return pass(from, to);
    }

    /** Looks at what begins here; -1 when more must come before that can be said. */
    private int look(int at) {
        switch (text.charAt(at)) {
            case '!' -> {
                return image(at);
            }
            case ']' -> {
                return bracket(at);
            }
            case '<' -> {
                return tag(at);
            }
            case 'h', 'H', 'w', 'W', 'f', 'F' -> {
                return links.bare() == Action.LEAVE || Character.isLetterOrDigit(previous)
                        ? pass(at, at + 1)
                        : bare(at);
            }
            default -> {
                return pass(at, at + 1);
            }
        }
    }

    /** How far what begins here may be read. */
    private int limit(int at) {
        return Math.min(text.length(), at + MOST_HELD);
    }

    /** Whether more may come, and may be waited for. */
    private boolean isOpen(int at) {
        return !last && text.length() - at < MOST_HELD;
    }

    private int image(int at) {
        if (at + 1 == text.length()) {
            return isOpen(at) ? -1 : pass(at, at + 1);
        }
        if (text.charAt(at + 1) != '[') {
            return pass(at, at + 1);
        }
        imageHere = true;
        imageSeen = true;
        if (defined && links.images().acts()) {
            findings.act(InspectRules.IMAGE, links.images());
            return replace(at, at + 2, "!\\[");
        }
        return pass(at, at + 2);
    }

    private int bracket(int at) {
        if (at + 1 == text.length()) {
            return isOpen(at) ? -1 : pass(at, at + 1);
        }
        boolean inline = text.charAt(at + 1) == '(';
        if (!inline && text.charAt(at + 1) != ':') {
            return pass(at, at + 1);
        }
        boolean image = inline ? imageHere : imageSeen;
        Action action = image ? links.images() : links.links();
        if (action == Action.LEAVE && (inline || links.images() == Action.LEAVE)) {
            return pass(at, at + 2);
        }
        int from = at + 2;
        while (from < limit(at) && Character.isWhitespace(text.charAt(from))) {
            from++;
        }
        if (from == limit(at)) {
            return isOpen(at)
                    ? -1
                    : last && text.length() == from
                            ? pass(at, at + 1)
                            : replace(at, at + 2, "]\\" + text.charAt(at + 1));
        }
        boolean angle = text.charAt(from) == '<';
        int begin = angle ? from + 1 : from;
        int end = angle ? angleEnd(begin, limit(at)) : plainEnd(begin, limit(at), inline);
        if (end < 0 && isOpen(at)) {
            return -1;
        }
        int to = end < 0 ? limit(at) : end;
        if (!isUnknown(begin, to)) {
            return pass(at, to);
        }
        if (action != Action.LEAVE) {
            findings.act(image ? InspectRules.IMAGE : InspectRules.LINK, action);
        }
        if (action != Action.CHANGE) {
            defined |= !inline;
            return pass(at, to);
        }
        if (end < 0) {
            dropping = angle ? Rest.ANGLE : inline ? Rest.PARENTHESIS : Rest.PLAIN;
            depth = 0;
        }
        pass(at, begin);
        return replace(begin, to, NOWHERE);
    }

    /** Where an address in angle brackets ends, or the line; -1 when it does not. */
    private int angleEnd(int from, int limit) {
        for (int i = from; i < limit; i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '>' || c == '\n' || c == '\r') {
                return i;
            }
        }
        return -1;
    }

    /** Where an address ends: at a blank, or at the parenthesis that closes the link; -1 when it does not. */
    private int plainEnd(int from, int limit, boolean inline) {
        int open = 0;
        for (int i = from; i < limit; i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < limit && text.charAt(i + 1) > ' ') {
                i++;
            } else if (c <= ' ') {
                return i;
            } else if (inline && c == '(') {
                open++;
            } else if (inline && c == ')' && open-- == 0) {
                return i;
            }
        }
        return -1;
    }

    private boolean isUnknown(int from, int to) {
        String raw = text.substring(from, to);
        String decoded = Entities.decode(raw);
        return isUnknown(raw) || isUnknown(decoded) || isUnknown(unescape(decoded));
    }

    private boolean isUnknown(String address) {
        String host = Urls.host(address);
        return host != null && !known.test(host);
    }

    /** As Markdown reads a backslash before a sign. */
    private static String unescape(String address) {
        if (address.indexOf('\\') < 0) {
            return address;
        }
        StringBuilder read = new StringBuilder(address.length());
        for (int i = 0; i < address.length(); i++) {
            char c = address.charAt(i);
            boolean escape = c == '\\'
                    && i + 1 < address.length()
                    && address.charAt(i + 1) < 128
                    && !Character.isLetterOrDigit(address.charAt(i + 1));
            read.append(escape ? address.charAt(++i) : c);
        }
        return read.toString();
    }

    private int tag(int at) {
        if (at < noTag) {
            return replace(at, at + 1, "&lt;");
        }
        if (at + 1 == text.length()) {
            return isOpen(at) ? -1 : pass(at, at + 1);
        }
        char c = Character.toLowerCase(text.charAt(at + 1));
        if (c < 'a' || c > 'z' || links.images() == Action.LEAVE && links.links() == Action.LEAVE) {
            return pass(at, at + 1);
        }
        HtmlTag tag = HtmlTag.read(text, at, limit(at));
        if (tag.end() < 0 && isOpen(at)) {
            return -1;
        }
        int end = tag.end() < 0 ? limit(at) : tag.end();
        boolean image = links.images() != Action.LEAVE && tag.loads(known);
        boolean link = !image
                && links.links() != Action.LEAVE
                && (tag.leads(known) || tag.isAddress() && isUnknown(at + 1, end - (tag.end() < 0 ? 0 : 1)));
        Action action = image ? links.images() : links.links();
        if (image || link) {
            findings.act(image ? InspectRules.IMAGE : InspectRules.LINK, action);
            if (action != Action.CHANGE) {
                return pass(at, at + 1);
            }
            if (link && tag.isAddress()) {
                return replace(at, end, REMOVED);
            }
        } else if (!(tag.end() < 0 && end == at + MOST_HELD || inner(at, end) > MOST_INNER)
                || !links.images().acts()) {
            return pass(at, at + 1);
        }
        noTag = end; // nor does what stands in it become a tag
        return replace(at, at + 1, "&lt;");
    }

    /** How often another tag could begin in one. */
    private int inner(int from, int to) {
        int count = 0;
        for (int i = from + 1; i < to; i++) {
            count += text.charAt(i) == '<' ? 1 : 0;
        }
        return count;
    }

    private int bare(int at) {
        boolean begun = false;
        boolean may = false;
        for (String beginning : BARE) {
            int length = Math.min(beginning.length(), text.length() - at);
            if (text.substring(at, at + length).toLowerCase(Locale.ROOT).equals(beginning.substring(0, length))) {
                begun |= length == beginning.length();
                may |= length < beginning.length();
            }
        }
        if (!begun) {
            return may && isOpen(at) ? -1 : pass(at, at + 1);
        }
        int to = at;
        while (to < limit(at) && !isBareEnd(text.charAt(to))) {
            to++;
        }
        if (to == text.length() && isOpen(at)) {
            return -1;
        }
        String address = text.substring(at, to);
        String host = Urls.host(Character.toLowerCase(address.charAt(0)) == 'w' ? "//" + address : address);
        if (host == null || known.test(host)) {
            return pass(at, to);
        }
        findings.act(InspectRules.LINK, links.bare());
        if (links.bare() != Action.CHANGE) {
            return pass(at, to);
        }
        dropping = to == at + MOST_HELD ? Rest.PLAIN : Rest.NONE;
        return replace(at, to, REMOVED);
    }

    private static boolean isBareEnd(char c) {
        return c <= ' ' || c == '<' || c == '>' || c == '"' || c == ')' || c == ']' || Character.isWhitespace(c);
    }

    /** Leaves out the rest of an address that was too long. */
    private int drop(int at) {
        char c = text.charAt(at);
        boolean over =
                switch (dropping) {
                    case ANGLE -> c == '>' || c == '\n' || c == '\r';
                    case PARENTHESIS -> c <= ' ' || c == ')' && depth-- == 0;
                    default -> isBareEnd(c);
                };
        if (over) {
            dropping = Rest.NONE;
            return at;
        }
        depth += c == '(' ? 1 : 0;
        return replace(at, at + 1, "");
    }
}
