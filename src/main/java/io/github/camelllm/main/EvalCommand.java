package io.github.camelllm.main;

import io.github.camelllm.cache.semantic.Embedder;
import io.github.camelllm.cache.semantic.Evaluation;
import io.github.camelllm.cache.semantic.Lexicon;
import io.github.camelllm.cache.semantic.LocalEmbedder;
import io.github.camelllm.config.LabelledLines;
import io.github.camelllm.privacy.detect.Detectors;
import io.github.camelllm.privacy.detect.PiiEvaluation;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code bin/gateway eval}: how well something does that decides by likeness. */
@Command(
        name = "eval",
        description = "Tells how well something does that decides by likeness.",
        mixinStandardHelpOptions = true,
        subcommands = {EvalCommand.Cache.class, EvalCommand.Pii.class, EvalInjection.class})
final class EvalCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "Say what to evaluate: cache, pii or injection");
    }

    /** The command {@code bin/gateway eval cache}. */
    @Command(
            name = "cache",
            description = "Tells by threshold which pairs of questions would share an answer, with and without guards.",
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "A pair is a line such as {\"text\": \"...\", \"other\": \"...\", \"same\": true}. Questions are embedded in this",
                "process, and judged with the words that are in the jar.",
                "",
                "Exit codes: 0 no wrong hit with guards at the threshold of 0.95, 1 some, or no pairs, 2 wrong usage."
            })
    static final class Cache implements Callable<Integer> {

        private static final double THRESHOLD = 0.95;

        @Option(
                names = "--data",
                paramLabel = "DIR|FILE",
                description =
                        "pairs, a JSON object a line, or a directory with paraphrases.jsonl; may be given several times (default: a small sample)")
        private List<Path> files = new ArrayList<>();

        @Option(names = "--costs", description = "measures as well what a lookup costs")
        private boolean costs;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() {
            Logs.silence();
            PrintWriter err = spec.commandLine().getErr();
            try {
                if (files.isEmpty()) {
                    spec.commandLine().getOut().println(Samples.NOTE);
                    return Samples.use("pairs.jsonl", sample -> evaluate(List.of(sample)));
                }
                return evaluate(files.stream()
                        .map(file -> Files.isDirectory(file) ? file.resolve("paraphrases.jsonl") : file)
                        .toList());
            } catch (LabelledLines.DataException | Embedder.EmbeddingException e) {
                err.println(e.getMessage());
                return 1;
            } catch (IOException e) {
                err.println("the sample cannot be read: " + e.getMessage());
                return 1;
            }
        }

        private int evaluate(List<Path> data) throws LabelledLines.DataException {
            PrintWriter out = spec.commandLine().getOut();
            List<Evaluation.Pair> pairs = new ArrayList<>();
            for (Path file : data) {
                pairs.addAll(Evaluation.read(file));
            }
            Embedder embedder = new LocalEmbedder();
            Evaluation evaluation = new Evaluation(embedder, Lexicon.builtIn(), pairs);
            out.print(evaluation.report());
            if (costs) {
                out.println();
                out.print(evaluation.costs(embedder));
            }
            List<Evaluation.Pair> wrong = evaluation.wrong(THRESHOLD);
            wrong.forEach(pair -> out.println("wrong hit: " + pair.text() + " | " + pair.other()));
            out.flush();
            return wrong.isEmpty() ? 0 : 1;
        }
    }

    /** The command {@code bin/gateway eval pii}. */
    @Command(
            name = "pii",
            description = "Tells how well the built-in detectors find personal data, by type and by source.",
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "Of a directory pii_recognisers.jsonl, pii_synthetic.jsonl and the benign texts of injection.jsonl are read. A",
                "line of a file is such as {\"text\": \"...\", \"spans\": [{\"start\": 0, \"end\": 11, \"type\": \"EMAIL_ADDRESS\"}]}.",
                "",
                "Exit codes: 0 micro F1 and texts hit wrongly are within the bounds, 1 they are not, or no data, 2 wrong usage."
            })
    static final class Pii implements Callable<Integer> {

        @Option(names = "--data", paramLabel = "DIR|FILE", description = "labelled texts (default: a small sample)")
        private Path data;

        @Option(names = "--mistakes", description = "prints each mistake, with the text around it")
        private boolean mistakes;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() {
            Logs.silence();
            PrintWriter err = spec.commandLine().getErr();
            try {
                if (data == null) {
                    spec.commandLine().getOut().println(Samples.NOTE);
                    return Samples.use("pii.jsonl", this::evaluate);
                }
                return evaluate(data);
            } catch (LabelledLines.DataException e) {
                err.println(e.getMessage());
                return 1;
            } catch (IOException e) {
                err.println("the sample cannot be read: " + e.getMessage());
                return 1;
            }
        }

        private int evaluate(Path labelled) throws LabelledLines.DataException {
            PrintWriter out = spec.commandLine().getOut();
            PiiEvaluation evaluation = PiiEvaluation.of(Detectors.builtIn(), labelled);
            out.print(evaluation.report());
            if (mistakes) {
                evaluation.mistakes().forEach(out::println);
            }
            out.flush();
            return evaluation.passes() ? 0 : 1;
        }
    }
}
