package io.github.camelllm.main;

import io.github.camelllm.ledger.CostReport;
import io.github.camelllm.ledger.ReportText;
import io.github.camelllm.main.check.Diagnostic;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code bin/gateway report}: what stands in the ledger. */
@Command(
        name = "report",
        description = "Reports what stands in the ledger.",
        mixinStandardHelpOptions = true,
        subcommands = ReportCommand.Cost.class)
final class ReportCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "Say what to report: cost");
    }

    /** The command {@code bin/gateway report cost}. */
    @Command(
            name = "cost",
            description = "Adds up calls, tokens and dollars, the dearest first, whether the gateway runs or not.",
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "Days begin where llm.ledger.zone says. A call that went to two models counts once for each, and once in the",
                "total. Costs that are not known are counted, not guessed.",
                "",
                "Exit codes: 0 reported, 1 no ledger, 2 wrong usage, 78 wrong configuration."
            })
    static final class Cost implements Callable<Integer> {

        @Option(
                names = "--from",
                paramLabel = "DATE",
                description = "the first day, as in 2026-11-01 (default: this month's)")
        private String from;

        @Option(
                names = "--to",
                paramLabel = "DATE",
                description = "the last day (default: the last of the month of --from)")
        private String to;

        @Option(
                names = "--by",
                paramLabel = "NAMES",
                defaultValue = "user,model",
                description =
                        "any of user, team, tenant, key, model, provider, day, operation (default: ${DEFAULT-VALUE})")
        private String by;

        @Option(
                names = "--format",
                paramLabel = "FORMAT",
                defaultValue = "table",
                description = "table or csv (default: ${DEFAULT-VALUE})")
        private String format;

        @Option(names = "--config", paramLabel = "DIR", description = "the directory of application.properties")
        private Path config;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() {
            Logs.silence();
            List<CostReport.By> columns = columns();
            if (!format.equals("table") && !format.equals("csv")) {
                throw bad("--format is '" + format + "'; table and csv are allowed");
            }
            LocalDate first = date("--from", from);
            LocalDate last = date("--to", to);
            PrintWriter err = spec.commandLine().getErr();
            SettingsReader.Result read = SettingsReader.read(
                    config != null ? config : Gateway.Directories.home().resolve("config"),
                    System.getenv(),
                    SettingsReader.Flags.NONE);
            if (!read.problems().isEmpty()) {
                read.problems().stream().map(Diagnostic::toString).forEach(err::println);
                return Gateway.EXIT_CONFIG;
            }
            ZoneId zone = ZoneId.of(read.properties().get(SettingsTable.LEDGER_ZONE));
            if (first == null) {
                LocalDate today = LocalDate.now(Clock.system(zone));
                first = (last == null ? today : last).withDayOfMonth(1);
            }
            if (last == null) {
                last = first.withDayOfMonth(first.lengthOfMonth());
            }
            if (last.isBefore(first)) {
                throw bad("--to " + last + " lies before --from " + first);
            }
            try {
                CostReport report = CostReport.read(
                        read.properties().get(SettingsTable.LEDGER_URL),
                        read.properties().get(SettingsTable.LEDGER_USER),
                        read.properties().get(SettingsTable.LEDGER_PASSWORD),
                        first,
                        last,
                        zone,
                        columns);
                PrintWriter out = spec.commandLine().getOut();
                out.print(format.equals("csv") ? ReportText.csv(report) : ReportText.table(report));
                out.flush();
                return 0;
            } catch (CostReport.NoLedgerException e) {
                err.println(e.getMessage());
                err.println("It is looked for where " + SettingsTable.LEDGER_URL
                        + " says; a relative path counts from the directory that the command is run in.");
                return 1;
            }
        }

        private List<CostReport.By> columns() {
            List<CostReport.By> columns = new ArrayList<>();
            for (String name : by.split(",", -1)) {
                CostReport.By column = Stream.of(CostReport.By.values())
                        .filter(known -> known.label().equals(name.strip().toLowerCase(Locale.ROOT)))
                        .findFirst()
                        .orElseThrow(() -> bad("--by has '" + name.strip() + "'; allowed are "
                                + Stream.of(CostReport.By.values())
                                        .map(CostReport.By::label)
                                        .collect(Collectors.joining(", "))));
                if (columns.contains(column)) {
                    throw bad("--by has '" + column.label() + "' twice");
                }
                columns.add(column);
            }
            return columns;
        }

        private LocalDate date(String option, String value) {
            try {
                return value == null ? null : LocalDate.parse(value);
            } catch (DateTimeParseException e) {
                throw bad(option + " is '" + value + "'; a date such as 2026-11-30 is expected");
            }
        }

        private ParameterException bad(String message) {
            return new CommandLine.ParameterException(spec.commandLine(), message);
        }
    }
}
