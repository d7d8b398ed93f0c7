package io.github.camelllm.main;

import io.github.camelllm.main.check.Diagnostic;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@code .properties} file, read as {@link Properties} reads it (ISO 8859-1, backslash escapes, continued lines), with
 * the line of every entry, and what in it is most likely not meant as it stands.
 */
final class PropertiesFile {

    /**
     * One entry.
     *
     * @param key the key, unescaped
     * @param value the value, unescaped
     * @param line where it begins, from 1
     * @param raw the entry as written, continued lines joined
     */
    record Entry(String key, String value, int line, String raw) {}

    private static final Pattern DOUBTFUL_ESCAPE = Pattern.compile("\\\\(?![\\\\:=#! tnrfu])(.)");

    private final List<Entry> entries;
    private final List<Diagnostic> problems;

    private PropertiesFile(List<Entry> entries, List<Diagnostic> problems) {
        this.entries = List.copyOf(entries);
        this.problems = List.copyOf(problems);
    }

    /** The entries in the order of the file; a key may stand more than once. */
    List<Entry> entries() {
        return entries;
    }

    /** What of the file could not be read at all. */
    List<Diagnostic> problems() {
        return problems;
    }

    /**
     * Reads a file. One that does not exist has no entries.
     *
     * @param file the file
     * @param shownAs how messages call it
     */
    static PropertiesFile read(Path file, String shownAs) {
        List<Entry> entries = new ArrayList<>();
        List<Diagnostic> problems = new ArrayList<>();
        List<String> lines = List.of();
        try {
            lines = Files.readString(file, StandardCharsets.ISO_8859_1).lines().toList();
        } catch (NoSuchFileException absent) {
            return new PropertiesFile(entries, problems);
        } catch (IOException e) {
            problems.add(new Diagnostic(shownAs, 0, "cannot be read: " + e, "Make it a readable file"));
        }
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).stripLeading();
            if (line.isEmpty() || line.startsWith("#") || line.startsWith("!")) {
                continue;
            }
            int first = i + 1;
            StringBuilder logical = new StringBuilder(line);
            while (endsInBackslash(logical) && i + 1 < lines.size()) {
                logical.setLength(logical.length() - 1);
                logical.append(lines.get(++i).stripLeading());
            }
            entry(logical.toString(), first, shownAs, entries, problems);
        }
        return new PropertiesFile(entries, problems);
    }

    /** The first backslash of an entry that {@link Properties} would drop in silence; empty when there is none. */
    static String doubtfulEscape(Entry entry) {
        Matcher matcher = DOUBTFUL_ESCAPE.matcher(entry.raw().replace("\\\\", "//"));
        return matcher.find() ? matcher.group() : "";
    }

    private static void entry(String raw, int line, String shownAs, List<Entry> entries, List<Diagnostic> problems) {
        Properties one = new Properties();
        try {
            one.load(new StringReader(raw));
        } catch (IllegalArgumentException malformed) {
            problems.add(new Diagnostic(
                    shownAs,
                    line,
                    "a \\u is not followed by four hexadecimal digits",
                    "Write a backslash that is meant as such twice: \\\\"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        one.forEach((key, value) -> entries.add(new Entry((String) key, (String) value, line, raw)));
    }

    private static boolean endsInBackslash(CharSequence line) {
        int backslashes = 0;
        while (backslashes < line.length() && line.charAt(line.length() - 1 - backslashes) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }
}
