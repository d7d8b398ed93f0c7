package io.github.camelllm.main.check;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Camel's property placeholders: {@code {{name}}}, {@code {{name:default}}}, {@code {{?name}}}, {@code {{env:NAME}}}. */
public final class Placeholders {

    /**
     * One placeholder.
     *
     * @param name what it stands for, {@code env:} and {@code sys:} included
     * @param defaultValue what it stands for where that is not defined; null when nothing
     * @param optional whether Camel leaves out what holds it where it is not defined
     */
    public record Placeholder(String name, String defaultValue, boolean optional) {}

    private static final Pattern PATTERN = Pattern.compile("\\{\\{([^{}]*)}}");

    private Placeholders() {}

    /** Whether there is any in a text. */
    public static boolean in(String text) {
        return text.contains("{{");
    }

    /** All in a text, in order. */
    public static List<Placeholder> of(String text) {
        List<Placeholder> found = new ArrayList<>();
        Matcher matcher = PATTERN.matcher(text);
        while (matcher.find()) {
            found.add(parse(matcher.group(1)));
        }
        return found;
    }

    /**
     * The text with each placeholder replaced, and those in what replaces them.
     *
     * @param text the text
     * @param lookup what a name stands for; null when nothing
     * @throws IllegalArgumentException saying which name stands for nothing
     */
    public static String resolve(String text, UnaryOperator<String> lookup) {
        String resolved = text;
        for (int depth = 0; depth < 16; depth++) {
            Matcher matcher = PATTERN.matcher(resolved);
            if (!matcher.find()) {
                return resolved;
            }
            Placeholder placeholder = parse(matcher.group(1));
            String value = lookup.apply(placeholder.name());
            if (value == null) {
                value = placeholder.optional() ? "" : placeholder.defaultValue();
            }
            if (value == null) {
                throw new IllegalArgumentException("{{" + placeholder.name() + "}} stands for nothing");
            }
            resolved = resolved.substring(0, matcher.start()) + value + resolved.substring(matcher.end());
        }
        throw new IllegalArgumentException("'" + text + "' stands for itself");
    }

    private static Placeholder parse(String inside) {
        boolean optional = inside.startsWith("?");
        String rest = optional ? inside.substring(1) : inside;
        int prefix = rest.matches("(env|sys|bean|service|service\\.name|service\\.host|service\\.port|boolean):.*")
                ? rest.indexOf(':') + 1
                : 0;
        int colon = rest.indexOf(':', prefix);
        return colon < 0
                ? new Placeholder(rest.strip(), null, optional)
                : new Placeholder(rest.substring(0, colon).strip(), rest.substring(colon + 1), optional);
    }
}
