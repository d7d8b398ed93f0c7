package io.github.camelllm.cache;

import io.github.camelllm.call.Call;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the tiers in turn for an answer that is kept and fresh. */
final class Lookup {

    private static final Logger LOG = LoggerFactory.getLogger(Lookup.class);

    private final AnswerStore store;
    private final Tiers tiers;

    Lookup(AnswerStore store, Tiers tiers) {
        this.store = store;
        this.tiers = tiers;
    }

    /**
     * An answer that was found.
     *
     * @param by the tier that found it; null where it was waited for
     * @param isStale whether its time is over, so that a fresh one is to be asked for
     * @param isChecked whether a model is to be asked all the same, and the answers compared
     */
    record Found(CacheTier by, CacheTier.Match match, Kept kept, boolean isStale, boolean isChecked) {

        static Found inFlight(Kept kept) {
            return new Found(null, new CacheTier.Match(kept.question().id(), 1), kept, false, false);
        }

        String tier() {
            return by == null ? "flight" : by.name();
        }

        /** As {@code X-LLM-Cache} has it. */
        String label() {
            return isStale ? "stale" : tier().equals("semantic") ? "semantic" : "hit";
        }
    }

    /**
     * What the first tier that knows any has.
     *
     * @param ttl how old it may be
     * @param revalidate how much older, if a fresh one is asked for behind it; asked only where it matters
     */
    Optional<Found> find(Call call, Question question, Duration ttl, Supplier<Duration> revalidate) {
        for (CacheTier tier : tiers.all()) {
            try {
                Found found = find(call, question, tier, ttl, revalidate);
                if (found != null) {
                    return Optional.of(found);
                }
            } catch (RuntimeException e) {
                LOG.warn("the tier {} of the cache failed; call {} goes on without it", tier.name(), call.getId(), e);
            }
        }
        return Optional.empty();
    }

    private Found find(Call call, Question question, CacheTier tier, Duration ttl, Supplier<Duration> revalidate) {
        CacheTier.Match match = tier.find(call, question).orElse(null);
        Kept kept = match == null ? null : store.find(match.id()).orElse(null);
        if (kept == null || !kept.question().partition().equals(question.partition())) {
            return null;
        }
        long now = call.ticker().nanos();
        boolean fresh = kept.isFresh(now, ttl);
        return fresh || kept.isWithin(now, ttl, revalidate.get())
                ? new Found(tier, match, kept, !fresh, tier.checks(question, match))
                : null;
    }
}
