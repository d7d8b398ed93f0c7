package io.github.camelllm.cache;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.StreamEnd;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.step.Completions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a model what the cache cannot answer, and keeps what comes back: one call for all that ask the same meanwhile, here and in
 * the gateways that answers are shared with.
 */
final class Asking {

    private static final Logger LOG = LoggerFactory.getLogger(Asking.class);

    /** Whoever has seen so many fail asks by himself: more would add one's time to the next one's. */
    static final int MOST_FAILURES = 2;

    private final AnswerStore store;
    private final Tiers tiers;
    private final SharedAnswers shared;
    private final SharedFlight everywhere;
    private final Map<String, Flight> flights = new ConcurrentHashMap<>();

    Asking(AnswerStore store, Tiers tiers, SharedAnswers shared) {
        this.store = store;
        this.tiers = tiers;
        this.shared = shared;
        this.everywhere = new SharedFlight(shared);
    }

    /**
     * How things were when a question was asked, which its answer is kept by.
     *
     * @param flight those who wait for it; null for nobody
     * @param token of the lease on asking it, among all gateways; null for none
     * @param generation of the answers in memory
     * @param sharedGeneration of those that gateways share
     */
    private record Start(Flight flight, String token, long generation, long sharedGeneration) {}

    private Start start(Flight flight, String token) {
        return new Start(flight, token, store.generation(), shared.generation());
    }

    /** Who asks from now on gets no answer that is being asked for at present. */
    void detach() {
        flights.clear();
    }

    /** Asks what follows, and waits for nobody. */
    void alone(Asked asked) throws Exception {
        run(asked, start(null, null), null);
    }

    /** Claims a question for {@link #behind}; null while another call is asking it. */
    Flight claim(Question question) {
        Flight mine = new Flight();
        return flights.putIfAbsent(question.id(), mine) == null ? mine : null;
    }

    /** Gives a claim back, if nothing has come of it. */
    void release(Question question, Flight mine) {
        flights.remove(question.id(), mine);
        mine.fail();
    }

    /**
     * Asks what follows for the sake of what is kept.
     *
     * @param mine the claim
     * @param checked what is to be compared with the answer; null for nothing
     */
    void behind(Asked asked, Flight mine, Lookup.Found checked) throws Exception {
        mine.askedBy(asked.call());
        lead(asked, mine, checked);
    }

    /**
     * Asks what follows, unless another call is asking the same already.
     *
     * @return the other's answer; empty when this call has asked itself and its exchange has what came of it
     */
    Optional<Kept> together(Asked asked) throws Exception {
        String id = asked.question().id();
        for (int failures = 0; failures < MOST_FAILURES; failures++) {
            Flight mine = new Flight();
            mine.askedBy(asked.call());
            Flight first = flights.putIfAbsent(id, mine);
            if (first == null) {
                return lead(asked, mine, null);
            }
            if (first.isOf(asked.call())) {
                asked.next().proceed(); // the cache stands twice in the chain: the outer one keeps the answer
                return Optional.empty();
            }
            switch (first.await(asked.call(), asked.rules().patience())) {
                case LANDED -> {
                    return Optional.of(first.kept());
                }
                case UNSHARED, LATE -> {
                    run(asked, start(null, null), null);
                    return Optional.empty();
                }
                case FAILED -> LOG.debug("call {} does not share another's failure", asked.call());
            }
        }
        run(asked, start(null, null), null);
        return Optional.empty();
    }

    /** The answer may have come between the look into the store and the start, here or in another gateway. */
    private Optional<Kept> lead(Asked asked, Flight mine, Lookup.Found checked) throws Exception {
        Kept kept = store.find(asked.question().id())
                .filter(found -> found.isFresh(asked.call().ticker().nanos(), asked.ttl()))
                .orElse(null);
        String token = null;
        if (kept == null) {
            try {
                SharedFlight.Start joined = everywhere.join(
                        asked, () -> !mine.stalls(asked.call().ticker().nanos()));
                kept = joined.kept();
                token = joined.token();
            } catch (Throwable e) {
                end(asked, mine, null, false);
                throw e;
            }
        }
        if (kept != null) {
            end(asked, mine, kept, true);
            return Optional.of(kept);
        }
        run(asked, start(mine, token), checked);
        return Optional.empty();
    }

    private void run(Asked asked, Start start, Lookup.Found checked) throws Exception {
        Object body;
        try {
            asked.next().proceed();
            body = asked.exchange().getMessage().getBody();
        } catch (Throwable e) {
            finish(asked, start, null, false);
            throw e;
        }
        if (body instanceof TokenStream stream && asked.call().getOperation() == Operation.CHAT) {
            asked.exchange().getMessage().setBody(watched(asked, start, checked, stream));
        } else {
            Kept kept = null;
            try {
                kept = body instanceof Answer answer ? keep(asked, answer, start, checked) : null;
            } finally {
                finish(asked, start, kept, true); // whatever happens: others wait
            }
        }
    }

    private TokenStream watched(Asked asked, Start start, Lookup.Found checked, TokenStream stream) {
        Call call = asked.call();
        Collected collected = new Collected(asked.rules().maxAnswerBytes());
        TokenStream watched = stream.map(event -> {
                    collected.add(event);
                    if (start.flight() != null) {
                        start.flight().moved(call.ticker().nanos());
                    }
                    return event;
                })
                .onEnd(end -> {
                    boolean whole = end.kind() == StreamEnd.Kind.WHOLE;
                    Kept kept = null;
                    try {
                        kept = whole ? keep(asked, collected, start, checked) : null;
                    } finally {
                        finish(asked, start, kept, whole);
                    }
                });
        Completions.closeAtEnd(asked.exchange(), watched);
        return watched;
    }

    private Kept keep(Asked asked, Collected collected, Start start, Lookup.Found checked) {
        try {
            return collected
                    .answer(asked.call())
                    .map(tree -> keep(asked, new Answer(null, tree), start, checked))
                    .orElse(null);
        } catch (RuntimeException e) {
            return notKept(asked, "put together to be cached", e);
        }
    }

    /** The answer as it is kept; null when it is not. Never throws: a call must not fail by being cached. */
    private Kept keep(Asked asked, Answer answer, Start start, Lookup.Found checked) {
        try {
            ObjectNode tree = answer.tree();
            byte[] bytes = answer.bytes();
            Duration ttl = asked.rules().ttlOf(asked.call(), asked.ttl());
            if (ttl.isZero()
                    || bytes.length > asked.rules().maxAnswerBytes()
                    || !Keepable.test(asked.call(), tree, asked.rules())) {
                return null;
            }
            Kept kept = new Kept(
                    asked.question(), asked.call(), bytes, ttl, asked.rules().beyond(asked.call()));
            if (checked != null) {
                checked.by()
                        .compared(
                                asked.question(),
                                checked.match(),
                                checked.kept().answer(),
                                kept.answer());
            }
            for (CacheTier tier : tiers.all()) {
                tier.add(asked.call(), asked.question()); // before the store, whose removals then find it
            }
            if (!store.put(kept, start.generation())) {
                tiers.remove(kept.question());
            }
            return asked.isForAll(kept, this::forget) ? kept : null;
        } catch (RuntimeException e) {
            return notKept(asked, "cached", e);
        }
    }

    private Kept notKept(Asked asked, String what, RuntimeException e) {
        tiers.troubles().is(what, () -> "the answer to call " + asked.call().getId() + " could not be " + what, e);
        return null;
    }

    /** Drops an answer that is not for all after all, here and where it is shared. */
    void forget(Kept kept) {
        store.remove(kept);
        shared.remove(kept);
    }

    private void end(Asked asked, Flight flight, Kept kept, boolean answered) {
        if (flight == null) {
            return;
        }
        flights.remove(asked.question().id(), flight);
        if (answered) {
            flight.land(kept);
        } else {
            flight.fail();
        }
    }

    /** Tells those who wait here, and then the other gateways. */
    private void finish(Asked asked, Start start, Kept kept, boolean answered) {
        end(asked, start.flight(), kept, answered);
        if (kept != null && start.generation() == store.generation() && !asked.isPersonal()) {
            shared.keep(asked.question(), kept, start.token(), start.sharedGeneration(), start.flight() == null);
        } else if (start.token() != null) {
            shared.release(asked.question(), start.token(), answered && kept == null);
        }
    }
}
