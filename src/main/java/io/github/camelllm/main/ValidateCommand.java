package io.github.camelllm.main;

import io.github.camelllm.main.check.Diagnostic;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code bin/gateway validate}: tells every problem of routes and configuration, and starts nothing. */
@Command(
        name = "validate",
        description = "Prints every problem in routes and config, with file and line.",
        mixinStandardHelpOptions = true,
        footer = {"", "Exit codes: 0 no problem, or warnings alone; 1 problems; 2 wrong usage."})
final class ValidateCommand implements Callable<Integer> {

    @Mixin
    private Gateway.Directories directories;

    @Option(names = "--host", paramLabel = "H", description = "as the gateway is to be started (llm.http.host)")
    private String host;

    @Option(names = "--port", paramLabel = "N", description = "likewise (llm.http.port)")
    private String port;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Preflight preflight = Preflight.of(new Preflight.Options(
                directories.routes(), directories.config(), new SettingsReader.Flags(host, port), System.getenv()));
        Logs.silence();
        List<Diagnostic> found = new ArrayList<>(preflight.problems());
        found.addAll(preflight.openProblems());
        found.addAll(preflight.routeProblems());
        List<Diagnostic> all = byFile(found);
        all.forEach(out::println);
        out.flush();
        if (all.isEmpty()) {
            out.println("No problem in " + Shown.path(directories.routes()) + " and " + Shown.path(directories.config())
                    + ".");
            return 0;
        }
        long warnings = all.stream().filter(Diagnostic::warning).count();
        long problems = all.size() - warnings;
        String counted = Stream.of(count(problems, "problem"), count(warnings, "warning"))
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(", "));
        spec.commandLine().getErr().println(counted + ".");
        return problems == 0 ? 0 : 1;
    }

    /** What is said of one file together, by line; the files as they come first. */
    private static List<Diagnostic> byFile(List<Diagnostic> found) {
        return found.stream()
                .distinct()
                .collect(Collectors.groupingBy(Diagnostic::source, LinkedHashMap::new, Collectors.toList()))
                .values()
                .stream()
                .flatMap(ofFile -> ofFile.stream().sorted(Diagnostic.ORDER))
                .toList();
    }

    private static String count(long number, String what) {
        return number == 0 ? "" : number + " " + what + (number == 1 ? "" : "s");
    }
}
