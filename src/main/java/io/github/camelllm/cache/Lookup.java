package io.github.camelllm.cache;

import io.github.camelllm.call.Call;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Asks the tiers in turn for an answer that is kept and fresh. What other gateways have kept is asked for once, when the built-in
 * tiers have found nothing in memory and before any other tier.
 */
final class Lookup {

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
     * @param isStale whether its time is over, so that a fresh one is to be asked for
     * @param isChecked whether a model is to be asked all the same, and the answers compared
     * @param isShared whether it was not in this gateway's memory
     */
    record Found(CacheTier by, CacheTier.Match match, Kept kept, boolean isStale, boolean isChecked, boolean isShared) {

        static Found inFlight(Kept kept) {
            return new Found(null, new CacheTier.Match(kept.question().id(), 1), kept, false, false, false);
        }

        private static Found shared(SharedAnswers.Fetched fetched) {
            Kept kept = fetched.kept();
            return new Found(fetched.by(), new CacheTier.Match(kept.question().id(), 1), kept, false, false, true);
        }

        /** Whether it answers a question in all but the text of its last message. */
        private boolean answers(Question question) {
            return kept.question().partition().equals(question.partition());
        }

        /** The same, marked where its time is over; empty where it is too old. */
        private Optional<Found> timed(Call call, Duration ttl, Supplier<Duration> revalidate) {
            long now = call.ticker().nanos();
            boolean fresh = kept.isFresh(now, ttl);
            return fresh || kept.isWithin(now, ttl, revalidate.get())
                    ? Optional.of(new Found(by, match, kept, !fresh, false, isShared))
                    : Optional.empty();
        }

        private Found checked(Question question) {
            return new Found(by, match, kept, isStale, by.checks(question, match), isShared);
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
        boolean isFetched = false;
        for (CacheTier tier : tiers.all()) {
            try {
                if (!isFetched && !Tiers.isShared(tier)) {
                    isFetched = true;
                    Found fetched = fetch(call, question, ttl, revalidate);
                    if (fetched != null) {
                        return Optional.of(fetched);
                    }
                }
                Found found = find(call, question, tier, ttl, revalidate);
                if (found != null) {
                    return Optional.of(found);
                }
            } catch (RuntimeException e) {
                tiers.failed(tier, "failed; calls go on without it", e);
            }
        }
        return isFetched ? Optional.empty() : Optional.ofNullable(fetch(call, question, ttl, revalidate));
    }

    private Found find(Call call, Question question, CacheTier tier, Duration ttl, Supplier<Duration> revalidate) {
        CacheTier.Match match = tier.find(call, question).orElse(null);
        Kept kept = match == null ? null : store.find(match.id()).orElse(null);
        Found found = kept == null ? null : new Found(tier, match, kept, false, false, false);
        return found == null || !found.answers(question)
                ? null
                : found.timed(call, ttl, revalidate)
                        .map(timely -> timely.checked(question))
                        .orElse(null);
    }

    private Found fetch(Call call, Question question, Duration ttl, Supplier<Duration> revalidate) {
        try {
            return shared.fetch(call, question)
                    .map(Found::shared)
                    .filter(found -> found.answers(question))
                    .flatMap(found -> found.timed(call, ttl, revalidate))
                    .orElse(null);
        } catch (RuntimeException e) {
            tiers.troubles()
                    .is(
                            "shared",
                            () -> "what gateways share could not be asked for; call " + call.getId()
                                    + " goes on without it",
                            e);
            return null;
        }
    }
}
