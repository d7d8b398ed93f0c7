package io.github.camelllm.account;

import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells operators why a call failed, in one line: a warning when the gateway or a model is at fault, a debug line when the
 * client is. Only a failure that nobody foresaw brings a stack trace.
 */
final class FailureLog {

    private static final Logger LOG = LoggerFactory.getLogger(Account.class);
    private static final int MAX_TEXT = 1000;

    private FailureLog() {}

    static void tell(FinishedCall call, Problem problem) {
        if (problem.status() < ErrorCode.INTERNAL_ERROR.status()) {
            // The detail and the cause of a refusal may quote the request.
            LOG.debug("{}", new Line(call, problem, false));
        } else if (problem.code() == ErrorCode.INTERNAL_ERROR) {
            LOG.warn(new Line(call, problem, true).toString(), problem.getCause());
        } else {
            LOG.warn("{}", new Line(call, problem, true));
        }
    }

    /** Composed only if it is logged. */
    private record Line(FinishedCall call, Problem problem, boolean detailed) {
        @Override
        public String toString() {
            StringBuilder line = new StringBuilder(200)
                    .append("call ")
                    .append(call.requestId())
                    .append(" failed: ")
                    .append(problem.status())
                    .append(' ')
                    .append(problem.code().code())
                    .append(", model ")
                    .append(call.model() == null ? "none" : call.model())
                    .append(", key id ")
                    .append(call.who().keyId())
                    .append(", attempts ")
                    .append(call.attempts().size())
                    .append(", after ")
                    .append(call.latencyNanos() / 1_000_000)
                    .append(" ms: ")
                    .append(problem.getMessage());
            if (detailed) {
                problem.detail()
                        .ifPresent(detail -> line.append(" [").append(detail).append(']'));
                Throwable root = root(problem);
                if (root != problem) {
                    line.append(" Cause: ").append(root);
                }
            }
            return FinishedCalls.oneLine(line.toString(), MAX_TEXT);
        }

        private static Throwable root(Throwable throwable) {
            Throwable root = throwable;
            for (int depth = 0; root.getCause() != null && depth < 20; depth++) {
                root = root.getCause();
            }
            return root;
        }
    }
}
