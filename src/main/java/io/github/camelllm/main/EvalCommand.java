package io.github.camelllm.main;

import io.github.camelllm.cache.semantic.Embedder;
import io.github.camelllm.cache.semantic.Evaluation;
import io.github.camelllm.cache.semantic.Lexicon;
import io.github.camelllm.cache.semantic.LocalEmbedder;
import io.github.camelllm.config.LabelledLines;
import io.github.camelllm.privacy.detect.Detectors;
import io.github.camelllm.privacy.detect.PiiEvaluation;
import java.io.PrintWriter;
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
                paramLabel = "FILE",
                description = "pairs, a JSON object a line; may be given several times (default: ${DEFAULT-VALUE})",
                defaultValue = "../shared/data/paraphrases.jsonl")
        private List<Path> files;

        @Option(names = "--costs", description = "measures as well what a lookup costs")
        private boolean costs;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() {
            Logs.silence();
            PrintWriter out = spec.commandLine().getOut();
            PrintWriter err = spec.commandLine().getErr();
            try {
                List<Evaluation.Pair> pairs = new ArrayList<>();
                for (Path file : files) {
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
            } catch (LabelledLines.DataException | Embedder.EmbeddingException e) {
                err.println(e.getMessage());
                return 1;
            }
        }
    }

    /** The command {@code bin/gateway eval pii}. */
    @Command(
            name = "pii",
            description = "Tells how well the built-in detectors find personal data, by type and by source.",
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "Reads pii_recognisers.jsonl, pii_synthetic.jsonl and the benign texts of injection.jsonl.",
                "",
                "Exit codes: 0 micro F1 and texts hit wrongly are within the bounds, 1 they are not, or no data, 2 wrong usage."
            })
    static final class Pii implements Callable<Integer> {

        @Option(
                names = "--data",
                paramLabel = "DIR",
                description = "the directory of labelled texts (default: ${DEFAULT-VALUE})",
                defaultValue = "../shared/data")
        private Path directory;

        @Option(names = "--mistakes", description = "prints each mistake, with the text around it")
        private boolean mistakes;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() {
            Logs.silence();
            PrintWriter out = spec.commandLine().getOut();
            try {
                PiiEvaluation evaluation = PiiEvaluation.of(Detectors.builtIn(), directory);
                out.print(evaluation.report());
                if (mistakes) {
                    evaluation.mistakes().forEach(out::println);
                }
                out.flush();
                return evaluation.passes() ? 0 : 1;
            } catch (LabelledLines.DataException e) {
                spec.commandLine().getErr().println(e.getMessage());
                return 1;
            }
        }
    }
}
