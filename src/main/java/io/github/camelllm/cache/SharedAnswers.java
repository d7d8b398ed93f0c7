package io.github.camelllm.cache;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.store.SharedCache;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * The answers that gateways share, behind those in memory: by their ids, and by their normalised names where that tier is asked.
 * What is found there goes into memory for what is left of its time. Without a Redis it is never asked, and knows nothing.
 */
final class SharedAnswers {

    private final SharedCache shared;
    private final AnswerStore store;
    private final Tiers tiers;
    private final Ticker ticker;

    /** @param shared null where each gateway has a cache of its own */
    SharedAnswers(SharedCache shared, AnswerStore store, Tiers tiers, Ticker ticker) {
        this.shared = shared;
        this.store = store;
        this.tiers = tiers;
        this.ticker = ticker;
    }

    /** Whether there is anything to be shared with. */
    boolean isOn() {
        return shared != null;
    }

    /**
     * An answer that another gateway has kept.
     *
     * @param by the tier that would have found it in memory
     */
    record Fetched(CacheTier by, Kept kept) {}

    /** The answer to a question, be it fresh or stale; in one round trip. */
    Optional<Fetched> fetch(Call call, Question question) {
        if (shared == null) {
            return Optional.empty();
        }
        long promotions = store.promotions();
        return shared.find(question.id(), tiers.nameOf(question))
                .flatMap(this::read)
                .map(kept -> {
                    promote(call, question, kept, promotions);
                    boolean exact = kept.question().id().equals(question.id());
                    return new Fetched(exact ? tiers.exact() : tiers.normalised(), kept);
                });
    }

    /** What came of a wish to ask. */
    record Turn(Kind kind, Kept kept, String holder) {
        enum Kind {
            /** There is a fresh answer. */
            ANSWERED,
            /** The caller is to ask. */
            MINE,
            /** Another is asking. */
            OTHERS,
            /** Everybody is to ask. */
            EACH
        }
    }

    /** Asks to be the one that asks a model, among all gateways. */
    Turn lead(Asked asked, String token, BooleanSupplier alive) {
        long promotions = store.promotions();
        String id = asked.question().id();
        SharedCache.Turn turn = shared.lead(id, token, asked.ttl(), alive);
        if (turn instanceof SharedCache.Turn.There there) {
            Kept kept = read(there.entry()).orElse(null);
            if (kept != null) {
                promote(asked.call(), asked.question(), kept, promotions);
                return new Turn(Turn.Kind.ANSWERED, kept, null);
            }
            return new Turn(Turn.Kind.EACH, null, null);
        }
        if (turn instanceof SharedCache.Turn.Others others) {
            return new Turn(Turn.Kind.OTHERS, null, others.token());
        }
        return new Turn(turn instanceof SharedCache.Turn.Mine ? Turn.Kind.MINE : Turn.Kind.EACH, null, null);
    }

    String newToken() {
        return shared.newToken();
    }

    /** How many clears are known of; see {@link #keep}. */
    long generation() {
        return shared == null ? 0 : shared.generation();
    }

    /**
     * Lets others have an answer, without waiting.
     *
     * @param token of the one that was to ask; null for none
     * @param generation what {@link #generation} was before it was asked for
     * @param replaces whether others may have an older one
     */
    void keep(Question question, Kept kept, String token, long generation, boolean replaces) {
        if (shared != null) {
            shared.keep(KeptForm.write(kept), tiers.nameOf(question), token, generation, replaces);
        }
    }

    /** Drops an answer, wherever it is. */
    void remove(Kept kept) {
        if (shared != null) {
            shared.remove(kept.question().id());
        }
    }

    /** Lets the next one ask, or everybody if there is an answer that is not to be shared. */
    void release(Question question, String token, boolean unshared) {
        shared.release(question.id(), token, unshared);
    }

    /**
     * Clears the answers that match, of all gateways.
     *
     * @param query what matches, for the other gateways
     * @param all whether everything does
     * @return empty when not all of it has been done, or nobody knows
     */
    Optional<SharedCache.Cleared> clear(String query, Predicate<Kept> which, boolean all) {
        return shared.clear(query, all ? null : head -> matches(head, which));
    }

    /** What cannot be read is cleared with anything. */
    private static boolean matches(byte[] head, Predicate<Kept> which) {
        try {
            SharedCache.Entry bodiless =
                    new SharedCache.Entry("", head, new byte[0], Duration.ZERO, Duration.ZERO, Duration.ZERO);
            return KeptForm.label(head)
                    .map(label -> which.test(new Kept(label, bodiless, 0)))
                    .orElse(true);
        } catch (KeptForm.Unreadable e) {
            return true;
        }
    }

    private Optional<Kept> read(SharedCache.Entry entry) {
        try {
            return KeptForm.read(entry, ticker.nanos());
        } catch (KeptForm.Unreadable e) {
            tiers.troubles()
                    .is(
                            "unreadable",
                            () -> "the shared answer " + entry.id() + " cannot be read and is removed: "
                                    + e.getMessage(),
                            null);
            shared.remove(entry.id());
            return Optional.empty();
        }
    }

    private void promote(Call call, Question asked, Kept kept, long promotions) {
        if (!kept.question().partition().equals(asked.partition())) {
            return;
        }
        Question question = new Question(kept.question().id(), asked.partition(), asked.text());
        for (CacheTier tier : tiers.all()) {
            try {
                tier.add(call, question); // before the store, whose removals then find it
            } catch (RuntimeException e) {
                tiers.failed(tier, "could not note an answer", e);
            }
        }
        if (!store.promote(kept, promotions)) {
            tiers.remove(kept.question());
        }
    }
}
