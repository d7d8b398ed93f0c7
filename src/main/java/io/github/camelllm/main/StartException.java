package io.github.camelllm.main;

import io.github.camelllm.main.check.Diagnostic;
import java.util.List;

/** The gateway cannot start; what is to be told of it stands in {@link #problems()}. */
final class StartException extends Exception {

    private static final long serialVersionUID = 1;

    private final transient List<Diagnostic> problems;

    StartException(List<Diagnostic> problems, Throwable cause) {
        super(problems.isEmpty() ? "cannot start" : problems.get(0).toString(), cause);
        this.problems = List.copyOf(problems);
    }

    /** What is wrong, each with its remedy; never empty. */
    List<Diagnostic> problems() {
        return problems;
    }
}
