package io.github.camelllm.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/** Gathers what is wrong in one file. */
public final class YamlReport {

    private final Path file;
    private final List<ConfigProblem> problems = new ArrayList<>();

    public YamlReport(Path file) {
        this.file = file;
    }

    /** Notes a problem of a line (from 1), or of the whole file (0). */
    public void add(int line, String message) {
        problems.add(new ConfigProblem(file, line, message));
    }

    /** How many problems have been noted. */
    public int size() {
        return problems.size();
    }

    /** Everything noted, by line. */
    public List<ConfigProblem> problems() {
        return problems.stream()
                .sorted(Comparator.comparingInt(ConfigProblem::line))
                .toList();
    }

    /** The line that a node begins in, from 1. */
    public static int line(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(-1) + 1;
    }
}
