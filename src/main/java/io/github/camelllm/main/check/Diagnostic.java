package io.github.camelllm.main.check;

import java.util.Comparator;

/**
 * One thing that is wrong with a file of the user's, and what to do about it.
 *
 * @param source the file as the user would name it, or else what holds the value ({@code --port}); never null
 * @param line the line, from 1; 0 when the problem has none
 * @param problem what is wrong; a clause without full stop
 * @param remedy what to do; a sentence without full stop, or empty when the problem says it all
 * @param warning whether it works all the same, and is only unlikely to be meant
 */
public record Diagnostic(String source, int line, String problem, String remedy, boolean warning) {

    /** Something that must be mended. */
    public Diagnostic(String source, int line, String problem, String remedy) {
        this(source, line, problem, remedy, false);
    }

    /** By file, then by line. */
    public static final Comparator<Diagnostic> ORDER = Comparator.comparing(Diagnostic::source)
            .thenComparingInt(Diagnostic::line)
            .thenComparing(Diagnostic::problem);

    /** The same as a warning. */
    Diagnostic asWarning() {
        return new Diagnostic(source, line, problem, remedy, true);
    }

    /** {@code file:line: problem. remedy}, on one line; a warning says so after the line. */
    @Override
    public String toString() {
        String where = line > 0 ? source + ":" + line : source;
        String text = where + ": " + (warning ? "warning: " : "") + problem + (remedy.isEmpty() ? "" : ". " + remedy);
        return text.replaceAll("\\s*\\R\\s*", " ");
    }
}
