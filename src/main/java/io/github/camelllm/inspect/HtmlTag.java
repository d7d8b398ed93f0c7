package io.github.camelllm.inspect;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A start tag, cut out of a text as browsers do it: quotes count around values only, and a tag goes on until its {@code >}, over
 * line breaks and other tags.
 */
final class HtmlTag {

    /** Attributes whose whole value is an address. */
    private static final Set<String> ADDRESSES = Set.of(
            "src",
            "href",
            "xlink:href",
            "data",
            "poster",
            "background",
            "action",
            "formaction",
            "longdesc",
            "cite",
            "codebase",
            "classid",
            "archive",
            "usemap",
            "profile",
            "manifest",
            "icon",
            "dynsrc",
            "lowsrc");

    /** Elements that only lead somewhere when somebody clicks. */
    private static final Set<String> LINKS = Set.of("a", "area");

    private enum State {
        NAME,
        BEFORE,
        ATTRIBUTE,
        AFTER,
        BEFORE_VALUE,
        DOUBLE,
        SINGLE,
        UNQUOTED
    }

    private record Attribute(String name, String value) {}

    private final String name;
    private final List<Attribute> attributes;
    private final int end;

    private HtmlTag(String name, List<Attribute> attributes, int end) {
        this.name = name;
        this.attributes = attributes;
        this.end = end;
    }

    /**
     * Reads the tag that begins at a {@code <}, which a letter follows.
     *
     * @param limit where reading ends at the latest
     */
    static HtmlTag read(CharSequence text, int start, int limit) {
        List<Attribute> attributes = new ArrayList<>(4);
        StringBuilder tag = new StringBuilder();
        StringBuilder attribute = new StringBuilder();
        StringBuilder value = new StringBuilder();
        State state = State.NAME;
        int at = start + 1;
        boolean whole = false;
        for (; at < limit && !whole; at++) {
            char c = text.charAt(at);
            boolean blank = c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
            boolean quoted = state == State.DOUBLE || state == State.SINGLE;
            if (c == '>' && !quoted) {
                whole = true;
            } else if (state == State.NAME) {
                state = blank || c == '/' ? State.BEFORE : state;
                if (state == State.NAME) {
                    tag.append(c);
                }
            } else if (quoted) {
                if (c == (state == State.DOUBLE ? '"' : '\'')) {
                    add(attributes, attribute, value);
                    state = State.BEFORE;
                } else {
                    value.append(c);
                }
            } else if (state == State.UNQUOTED) {
                if (blank) {
                    add(attributes, attribute, value);
                    state = State.BEFORE;
                } else {
                    value.append(c);
                }
            } else if (state == State.BEFORE_VALUE) {
                if (!blank) {
                    state = c == '"' ? State.DOUBLE : c == '\'' ? State.SINGLE : State.UNQUOTED;
                    if (state == State.UNQUOTED) {
                        value.append(c);
                    }
                }
            } else if (blank) {
                state = state == State.ATTRIBUTE ? State.AFTER : state;
            } else if (c == '/') {
                add(attributes, attribute, value);
                state = State.BEFORE;
            } else if (c == '=' && state != State.BEFORE) {
                state = State.BEFORE_VALUE;
            } else {
                if (state != State.ATTRIBUTE) {
                    add(attributes, attribute, value);
                }
                attribute.append(c);
                state = State.ATTRIBUTE;
            }
        }
        add(attributes, attribute, value);
        return new HtmlTag(tag.toString(), attributes, whole ? at : -1);
    }

    private static void add(List<Attribute> attributes, StringBuilder name, StringBuilder value) {
        if (!name.isEmpty() || !value.isEmpty()) {
            attributes.add(new Attribute(name.toString().toLowerCase(Locale.ROOT), value.toString()));
        }
        name.setLength(0);
        value.setLength(0);
    }

    /** Where the text goes on behind it; -1 when its end has not been found. */
    int end() {
        return end;
    }

    /** Whether Markdown takes it for an address rather than a tag. */
    boolean isAddress() {
        return name.indexOf(':') >= 0;
    }

    /** Whether a browser that reads it asks a host which fails the test, without a click. */
    boolean loads(Predicate<String> known) {
        boolean link = LINKS.contains(name.toLowerCase(Locale.ROOT));
        for (Attribute attribute : attributes) {
            if (!(link && attribute.name().equals("href")) && leadsAway(attribute, known)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a click leads to a host which fails the test. */
    boolean leads(Predicate<String> known) {
        return attributes.stream()
                .anyMatch(attribute -> attribute.name().equals("href") && leadsAway(attribute, known));
    }

    private static boolean leadsAway(Attribute attribute, Predicate<String> known) {
        String value = Entities.decode(attribute.value());
        if (ADDRESSES.contains(attribute.name())) {
            String host = Urls.host(value);
            if (host != null && !known.test(host)) {
                return true;
            }
        }
        if (attribute.name().equals("style") && value.indexOf('\\') >= 0) {
            return true; // an escape of CSS: whatever it hides
        }
        for (String host : Urls.hostsIn(value)) {
            if (!known.test(host)) {
                return true;
            }
        }
        return false;
    }
}
