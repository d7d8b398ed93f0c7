package io.github.camelllm.main;

import io.github.camelllm.guard.Evaluation;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code bin/gateway eval injection}. */
@Command(
        name = "injection",
        description =
                "Tells by source how many attacks the guard finds, and how many harmless texts it takes for some.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "The file, or DIR/injection.jsonl, has lines such as {\"text\": \"...\", \"attack\": true, \"source\": \"...\"}.",
            "A directory's other files ending in .jsonl, with texts, are taken as harmless; everyday.jsonl among them is held out.",
            "",
            "Exit codes: 0 all bounds kept, 1 not, or no data, 2 wrong usage."
        })
final class EvalInjection implements Callable<Integer> {

    private static final String FILE = "injection.jsonl";
    private static final String EVERYDAY = "everyday.jsonl";

    @Option(
            names = "--data",
            paramLabel = "DIR|FILE",
            description = "where the texts are, or the file of them (default: a small sample)")
    private Path data;

    @Option(names = "--harmless", paramLabel = "FILE", description = "more harmless texts, one a line; may be repeated")
    private List<Path> harmless = new ArrayList<>();

    @Option(
            names = "--held-out",
            paramLabel = "FILE",
            description = "harmless texts that no model learns from, so that they tell what to expect; may be repeated")
    private List<Path> heldOut = new ArrayList<>();

    @Option(
            names = "--rules",
            paramLabel = "FILE",
            description =
                    "the rules (default: config/guard.yaml of the installation; without that file those of the jar)")
    private Path rules;

    @Option(
            names = "--train",
            paramLabel = "FILE",
            description =
                    "trains a model with all these texts but those held out, writes it and ends; the guard's setting 'model' names it")
    private Path train;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Logs.silence();
        PrintWriter err = spec.commandLine().getErr();
        try {
            if (rules != null && Files.notExists(rules)) {
                err.println("There is no file '" + rules + "'.");
                return 1;
            }
            if (data == null) {
                if (train != null) {
                    err.println("A model needs more than the sample to learn from: name data with --data.");
                    return 1;
                }
                spec.commandLine().getOut().println(Samples.NOTE);
                return Samples.use(FILE, this::evaluate);
            }
            return evaluate(data);
        } catch (Evaluation.EvaluationException e) {
            err.println(e.getMessage());
            return 1;
        } catch (IOException | UncheckedIOException e) {
            err.println("a file cannot be read or written: " + e.getMessage());
            return 1;
        }
    }

    private int evaluate(Path labelled) throws Evaluation.EvaluationException {
        PrintWriter out = spec.commandLine().getOut();
        List<Path> others = new ArrayList<>(harmless);
        List<Path> apart = new ArrayList<>(heldOut);
        boolean directory = Files.isDirectory(labelled);
        if (directory) {
            besides(labelled).forEach(file -> (file.endsWith(EVERYDAY) ? apart : others).add(file));
        }
        Evaluation evaluation = new Evaluation(
                directory || Files.notExists(labelled) ? labelled.resolve(FILE) : labelled, others, apart, rules());
        if (train != null) {
            try {
                evaluation.train(train);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            out.println("The model is in " + train + ".");
            out.flush();
            return 0;
        }
        out.print(evaluation.report());
        out.print(evaluation.more());
        evaluation.missed().forEach(missed -> out.println("below its bound: " + missed));
        out.flush();
        return evaluation.missed().isEmpty() ? 0 : 1;
    }

    private static List<Path> besides(Path directory) {
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".jsonl") && !file.endsWith(FILE))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path rules() {
        return rules != null
                ? rules
                : Gateway.Directories.home().resolve("config").resolve("guard.yaml");
    }
}
