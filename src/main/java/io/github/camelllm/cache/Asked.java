package io.github.camelllm.cache;

import io.github.camelllm.call.Call;
import io.github.camelllm.step.Chain;
import java.time.Duration;
import java.util.function.Consumer;
import org.apache.camel.Exchange;

/**
 * A call that the cache may answer.
 *
 * @param rules as they were when it came
 * @param ttl how long its answer may be given again; positive
 */
record Asked(Call call, Exchange exchange, Chain next, Question question, CacheRules rules, Duration ttl) {

    /**
     * Whether an answer may be given to others than this caller as far as anybody knows. It is forgotten when personal data is
     * found in it: now, or later.
     */
    boolean isForAll(Kept kept, Consumer<Kept> forget) {
        if (rules.scope(call) == CacheRules.Scope.USER) {
            return true; // there are no others
        }
        call.personalAnswer().listen(() -> forget.accept(kept));
        return !isPersonal();
    }

    /** Whether personal data has been found in the answer that others may be given. */
    boolean isPersonal() {
        return rules.scope(call) != CacheRules.Scope.USER
                && call.personalAnswer().isGiven();
    }

    /** The same, asked by a call of its own on an exchange of its own. */
    Asked by(Call other, Exchange otherExchange, Chain rest) {
        return new Asked(other, otherExchange, rest, question, rules, ttl);
    }
}
