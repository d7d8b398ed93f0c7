package io.github.camelllm.cache;

import io.github.camelllm.call.Call;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the tiers in turn for an answer that is kept and fresh. What other gateways have kept is asked for once, when the built-in
 * tiers have found nothing in memory and before any other tier.
 */
final class Lookup {

    private static final Logger LOG = LoggerFactory.getLogger(Lookup.class);

    private final AnswerStore store;
    private final Tiers tiers;
    private final SharedAnswers shared;

    Lookup(AnswerStore store, Tiers tiers, SharedAnswers shared) {
        this.store = store;
        this.tiers = tiers;
        this.shared = shared;
    }

    /**
     * An answer that was found.
     *
     * @param by the tier that found it; null where it was waited for
     * @param isChecked whether a model is to be asked all the same, and the answers compared
     * @param isShared whether it was not in this gateway's memory
     */
    record Found(CacheTier by, CacheTier.Match match, Kept kept, boolean isChecked, boolean isShared) {

        static Found inFlight(Kept kept) {
            return new Found(null, new CacheTier.Match(kept.question().id(), 1), kept, false, false);
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
        boolean isFetched = false;
        for (CacheTier tier : tiers.all()) {
            try {
                if (!isFetched && !Tiers.isShared(tier)) {
                    isFetched = true;
                    Found fetched = fetch(call, question, ttl);
                    if (fetched != null) {
                        return Optional.of(fetched);
                    }
                }
                Found found = find(call, question, tier, ttl);
                if (found != null) {
                    return Optional.of(found);
                }
            } catch (RuntimeException e) {
                LOG.warn("the tier {} of the cache failed; call {} goes on without it", tier.name(), call.getId(), e);
            }
        }
        return isFetched ? Optional.empty() : Optional.ofNullable(fetch(call, question, ttl));
    }

    private Found find(Call call, Question question, CacheTier tier, Duration ttl) {
        CacheTier.Match match = tier.find(call, question).orElse(null);
        Kept kept = match == null ? null : store.find(match.id()).orElse(null);
        return kept != null && isUsable(call, question, kept, ttl)
                ? new Found(tier, match, kept, tier.checks(question, match), false)
                : null;
    }

    private Found fetch(Call call, Question question, Duration ttl) {
        try {
            return shared.fetch(call, question)
                    .filter(fetched -> isUsable(call, question, fetched.kept(), ttl))
                    .map(fetched -> new Found(
                            fetched.by(),
                            new CacheTier.Match(fetched.kept().question().id(), 1),
                            fetched.kept(),
                            false,
                            true))
                    .orElse(null);
        } catch (RuntimeException e) {
            LOG.warn("what gateways share could not be asked for; call {} goes on without it", call.getId(), e);
            return null;
        }
    }

    private static boolean isUsable(Call call, Question question, Kept kept, Duration ttl) {
        return kept.isFresh(call.ticker().nanos(), ttl)
                && kept.question().partition().equals(question.partition());
    }
}
