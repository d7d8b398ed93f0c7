package io.github.camelllm.call;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * What calls of the past used and cost, so that counters kept in memory can be filled again after a restart. A bean of this
 * type tells whoever asks; where there is none, nobody remembers. Thread-safe.
 */
public interface SpentBefore {

    /** By what it is added up. */
    enum Scope {
        GLOBAL,
        PROVIDER,
        MODEL,
        TENANT,
        TEAM,
        USER,
        KEY
    }

    /**
     * What has been spent by one of a scope.
     *
     * @param tenant whose team, user or key it is; null for the other scopes
     * @param name which one; null for {@link Scope#GLOBAL}, and for the model and provider of calls that none was billed for
     * @param calls how many calls, without those that a limit has refused (429) or that no model was asked for (503)
     * @param tokens of input and output together; {@link Long#MAX_VALUE} where they are more
     * @param nanodollars billionths of a dollar, rounded up; {@link Long#MAX_VALUE} where they are more. What has no known
     *     price is not among them
     * @param unpriced how many of the calls have a part without a known price
     */
    record Spent(String tenant, String name, long calls, long tokens, long nanodollars, long unpriced) {}

    /**
     * Adds up the calls that came in from one moment on and before another. Never waits: the answer comes on another thread
     * once the ledger is open and has taken in what a crash had kept from it, which may be never.
     *
     * @param from the first moment that counts
     * @param until the first that does not: as a rule when this process began to count by itself
     * @return one entry for each of the scope that has calls, in no order; fails with an {@link IllegalStateException} when
     *     the ledger is closed, or with what the database says
     */
    CompletionStage<List<Spent>> spent(Scope scope, Instant from, Instant until);
}
