package io.github.camelllm.ledger;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A {@link CostReport} for people, and for spreadsheets. */
public final class ReportText {

    private static final String NONE = "(none)";
    private static final List<String> NUMBERS = List.of("calls", "input", "output", "cached", "cost USD");

    private ReportText() {}

    /** A table, with the total as its last line. Names take one line each, whatever stands in them. */
    public static String table(CostReport report) {
        int names = report.by().size();
        List<List<String>> lines = new ArrayList<>();
        List<String> head =
                new ArrayList<>(report.by().stream().map(CostReport.By::label).toList());
        head.addAll(NUMBERS);
        lines.add(head);
        for (CostReport.Row row : report.rows()) {
            List<String> line = new ArrayList<>(
                    row.names().stream().map(ReportText::oneLine).toList());
            numbers(line, row);
            lines.add(line);
        }
        List<String> total = new ArrayList<>();
        for (int i = 0; i < names; i++) {
            total.add(i == 0 ? "total" : "");
        }
        numbers(total, report.total());
        lines.add(total);
        return "Cost from " + report.from() + " to " + report.to() + " (" + report.zone() + "), by "
                + report.by().stream().map(CostReport.By::label).collect(Collectors.joining(", ")) + "\n\n"
                + aligned(lines, names);
    }

    private static void numbers(List<String> line, CostReport.Row row) {
        line.add(Long.toString(row.calls()));
        line.add(row.input().toPlainString());
        line.add(row.output().toPlainString());
        line.add(row.cached().toPlainString());
        line.add(cost(row));
    }

    /** What is not known is said to be so, and never shown as nothing. */
    private static String cost(CostReport.Row row) {
        String known = plain(row.dollars());
        if (row.unknown() == 0) {
            return known;
        }
        return (row.dollars().signum() == 0 ? "" : known + " + ") + "unknown: " + row.unknown();
    }

    private static String aligned(List<List<String>> lines, int names) {
        int[] width = new int[lines.get(0).size()];
        for (List<String> line : lines) {
            for (int i = 0; i < width.length; i++) {
                width[i] = Math.max(width[i], length(line.get(i)));
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            StringBuilder row = new StringBuilder();
            for (int i = 0; i < width.length; i++) {
                String blanks = " ".repeat(width[i] - length(line.get(i)));
                row.append(i == 0 ? "" : "  ").append(i < names ? line.get(i) + blanks : blanks + line.get(i));
            }
            text.append(row.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /**
     * Comma-separated values as RFC 4180 has them, but for line feeds as the ends of lines; without a total, which would be
     * added up again. A name that a spreadsheet would take for a formula gets an apostrophe before it. Where the cost of all
     * calls is unknown the field is empty.
     */
    public static String csv(CostReport report) {
        StringBuilder text = new StringBuilder();
        for (CostReport.By by : report.by()) {
            text.append(by.label()).append(',');
        }
        text.append("calls,input_tokens,output_tokens,cached_input_tokens,cost_usd,calls_of_unknown_cost\n");
        for (CostReport.Row row : report.rows()) {
            for (String name : row.names()) {
                text.append(field(name)).append(',');
            }
            boolean nothingKnown = row.unknown() > 0 && row.dollars().signum() == 0;
            text.append(row.calls())
                    .append(',')
                    .append(row.input().toPlainString())
                    .append(',')
                    .append(row.output().toPlainString())
                    .append(',')
                    .append(row.cached().toPlainString())
                    .append(',')
                    .append(nothingKnown ? "" : plain(row.dollars()))
                    .append(',')
                    .append(row.unknown())
                    .append('\n');
        }
        return text.toString();
    }

    private static String field(String name) {
        if (name == null) {
            return "";
        }
        String safe = !name.isEmpty() && "=+-@\t\r\n".indexOf(name.charAt(0)) >= 0 ? "'" + name : name;
        boolean quoted = safe.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return quoted ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
    }

    /** Terminals obey control characters, so none reaches them. */
    private static String oneLine(String name) {
        if (name == null) {
            return NONE;
        }
        StringBuilder line = new StringBuilder(name.length());
        name.codePoints()
                .forEach(c -> line.appendCodePoint(
                        Character.isISOControl(c)
                                        || Character.getType(c) == Character.FORMAT
                                        || c == 0x2028
                                        || c == 0x2029
                                ? '?'
                                : c));
        return line.toString();
    }

    private static String plain(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }
}
