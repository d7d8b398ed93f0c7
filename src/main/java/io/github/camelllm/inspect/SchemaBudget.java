package io.github.camelllm.inspect;

import com.networknt.schema.ExecutionConfig;
import com.networknt.schema.ExecutionContext;

/**
 * What one validation may take. Schemas come from clients, and a small one can ask for more steps than there are atoms: each
 * step of the validator, and each character that a pattern reads, counts.
 */
final class SchemaBudget extends ExecutionContext {

    private static final long MOST_STEPS = 500_000;

    /** Deeper than answers can be nested, and far from the end of the stack. */
    private static final int MOST_DEPTH = 600;

    private static final ThreadLocal<SchemaBudget> CURRENT = new ThreadLocal<>();

    /** The validation takes more than it may. */
    static final class SpentException extends RuntimeException {
        private static final long serialVersionUID = 1;

        SpentException() {
            super("the schema takes too long to check", null, false, false);
        }
    }

    private long steps;
    private int depth;

    SchemaBudget() {
        super(ExecutionConfig.builder().failFast(true).build());
    }

    /** From now on patterns that this thread evaluates count here; {@link #leave} ends it. */
    void enter() {
        CURRENT.set(this);
    }

    static void leave() {
        CURRENT.remove();
    }

    /** Counts steps that the validator does not show. */
    static void spend(long more) {
        SchemaBudget current = CURRENT.get();
        if (current != null) {
            current.count(more);
        }
    }

    private void count(long more) {
        steps += more;
        if (steps > MOST_STEPS || depth > MOST_DEPTH) {
            throw new SpentException();
        }
    }

    @Override
    public void evaluationPathAddLast(String token) {
        depth++;
        count(1);
        super.evaluationPathAddLast(token);
    }

    @Override
    public void evaluationPathAddLast(int token) {
        depth++;
        count(1);
        super.evaluationPathAddLast(token);
    }

    @Override
    public void evaluationPathRemoveLast() {
        depth--;
        super.evaluationPathRemoveLast();
    }
}
