package io.github.camelllm.main;

import io.github.camelllm.main.check.Diagnostic;
import io.github.camelllm.main.check.RouteCheck;
import java.util.List;

/** Says why a start failed. */
final class Failure {

    private Failure() {}

    /**
     * What {@code validate} finds wrong; where it finds nothing, what Camel says.
     *
     * @return never empty
     */
    static List<Diagnostic> explain(Preflight preflight, Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof StartException told) {
                return told.problems();
            }
        }
        List<Diagnostic> found = preflight.routeProblems().stream()
                .filter(problem -> !problem.warning())
                .toList();
        return found.isEmpty() ? List.of(RouteCheck.explain(failure, Shown::path)) : found;
    }
}
