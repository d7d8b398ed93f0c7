package io.github.camelllm.main;

import io.github.camelllm.main.check.Diagnostic;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code bin/gateway validate}: tells every problem of routes and configuration, and starts nothing. */
@Command(
        name = "validate",
        description = "Prints every problem in routes and config, with file and line.",
        mixinStandardHelpOptions = true,
        footer = {"", "Exit codes: 0 no problem, 1 problems, 2 wrong usage."})
final class ValidateCommand implements Callable<Integer> {

    @Mixin
    private Gateway.Directories directories;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Preflight preflight = Preflight.of(new Preflight.Options(
                directories.routes(), directories.config(), SettingsReader.Flags.NONE, System.getenv()));
        Logs.silence();
        List<Diagnostic> problems = new ArrayList<>(preflight.problems());
        problems.addAll(preflight.routeProblems());
        problems.forEach(out::println);
        if (problems.isEmpty()) {
            out.println("No problem in " + Shown.path(directories.routes()) + " and " + Shown.path(directories.config())
                    + ".");
            return 0;
        }
        spec.commandLine().getErr().println(problems.size() == 1 ? "1 problem." : problems.size() + " problems.");
        return 1;
    }
}
