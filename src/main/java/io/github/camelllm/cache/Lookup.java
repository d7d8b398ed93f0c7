package io.github.camelllm.cache;

import io.github.camelllm.call.Call;
import java.time.Duration;
import java.util.Optional;
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
     * @param isChecked whether a model is to be asked all the same, and the answers compared
     */
    record Found(CacheTier by, CacheTier.Match match, Kept kept, boolean isChecked) {

        static Found inFlight(Kept kept) {
            return new Found(null, new CacheTier.Match(kept.question().id(), 1), kept, false);
        }

        String tier() {
            return by == null ? "flight" : by.name();
        }

        /** As {@code X-LLM-Cache} has it. */
        String label() {
            return tier().equals("semantic") ? "semantic" : "hit";
        }
    }

    Optional<Found> find(Call call, Question question, Duration ttl) {
        for (CacheTier tier : tiers.all()) {
            try {
                Found found = find(call, question, tier, ttl);
                if (found != null) {
                    return Optional.of(found);
                }
            } catch (RuntimeException e) {
                LOG.warn("the tier {} of the cache failed; call {} goes on without it", tier.name(), call.getId(), e);
            }
        }
        return Optional.empty();
    }

    private Found find(Call call, Question question, CacheTier tier, Duration ttl) {
        CacheTier.Match match = tier.find(call, question).orElse(null);
        Kept kept = match == null ? null : store.find(match.id()).orElse(null);
        return kept != null
                        && kept.isFresh(call.ticker().nanos(), ttl)
                        && kept.question().partition().equals(question.partition())
                ? new Found(tier, match, kept, tier.checks(question, match))
                : null;
    }
}
