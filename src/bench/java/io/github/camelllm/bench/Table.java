package io.github.camelllm.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The result, as one Markdown table. */
final class Table {

    private final List<String> lines = new ArrayList<>();

    Table(String rival) {
        lines.add("| what | " + rival + " | full chain | difference | bound |");
        lines.add("|---|--:|--:|--:|--:|");
    }

    void row(String what, String rival, String full, String difference, String bound) {
        String line = "| " + String.join(" | ", what, rival, full, difference, bound) + " |";
        lines.add(line);
        System.err.println(line);
    }

    String markdown() {
        return String.join("\n", lines) + "\n";
    }

    static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
