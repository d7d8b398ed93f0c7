package io.github.camelllm.step;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.TokenStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.spi.Synchronization;
import org.apache.camel.spi.UnitOfWork;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.SynchronizationAdapter;
import org.apache.camel.support.UnitOfWorkHelper;

/**
 * What the rest of a route leaves to be done at the end of the exchange, apart from what was left before: a step that runs
 * the rest more than once does it as soon as one run is over. Else each run would hold what it took (the permit of a
 * {@code throttle}, an open response) until the last one is done.
 */
public final class Completions {

    private final Exchange exchange;
    private final Lifetime lifetime;
    private final Call call;
    private final Set<Synchronization> before;
    private Set<Synchronization> since;

    private Completions(Exchange exchange) {
        this.exchange = exchange;
        this.lifetime = Lifetime.of(exchange);
        this.call = exchange.getProperty(Calls.PROPERTY, Call.class);
        this.before = all();
    }

    /** Has a stream closed when the client's exchange is done: one that nobody has read is over with it. */
    public static void closeAtEnd(Exchange exchange, TokenStream stream) {
        atEnd(exchange, stream::close, 0);
    }

    /**
     * Has something done when the client's exchange is done, or that on which the call entered the chain.
     *
     * @param exchange that of the call, or a copy of it
     * @param order as in {@link org.apache.camel.Ordered}: what has the lowest comes first
     */
    public static void atEnd(Exchange exchange, Runnable action, int order) {
        Lifetime.of(exchange).add(exchange.getProperty(Calls.PROPERTY, Call.class), new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                action.run();
            }

            @Override
            public int getOrder() {
                return order;
            }
        });
    }

    /**
     * Takes what is to be done at the end of an exchange, if it is a copy, to the end of the client's: an EIP such as {@code
     * circuitBreaker} ends the copy with its block, and the answer goes on.
     */
    public static void outlive(Exchange copy) {
        Lifetime lifetime = Lifetime.of(copy);
        if (lifetime.isOf(copy)) {
            return;
        }
        Exchange aside = new DefaultExchange(copy.getContext());
        copy.getExchangeExtension().handoverCompletions(aside);
        if (copy.getUnitOfWork() != null) {
            copy.getUnitOfWork().handoverSynchronization(aside);
        }
        Call call = copy.getProperty(Calls.PROPERTY, Call.class);
        List<Synchronization> actions = aside.getExchangeExtension().handoverCompletions();
        if (actions != null) {
            actions.forEach(action -> lifetime.add(call, action));
        }
    }

    /** Remembers what has been left so far. */
    public static Completions mark(Exchange exchange) {
        return new Completions(exchange);
    }

    /** Says that the run is over: what is left from now on is left by others. */
    public void end() {
        if (since == null) {
            since = all();
            since.removeAll(before);
        }
    }

    /** Does what the run has left; the second call does nothing. */
    public void run() {
        end();
        if (since.isEmpty()) {
            return;
        }
        List<Synchronization> left = new ArrayList<>(lifetime.of(call));
        left.retainAll(since);
        lifetime.remove(left);
        UnitOfWork work = exchange.getUnitOfWork();
        if (work != null) {
            Exchange aside = new DefaultExchange(exchange.getContext());
            work.handoverSynchronization(aside, since::contains);
            List<Synchronization> own = aside.getExchangeExtension().handoverCompletions();
            if (own != null) {
                left.addAll(own);
            }
        }
        UnitOfWorkHelper.doneSynchronizations(exchange, left);
    }

    private Set<Synchronization> all() {
        Set<Synchronization> all = Collections.newSetFromMap(new IdentityHashMap<>());
        all.addAll(lifetime.of(call));
        UnitOfWork work = exchange.getUnitOfWork();
        if (work != null) {
            work.handoverSynchronization(exchange, completion -> {
                all.add(completion);
                return false; // only looked at: it stays where it is
            });
        }
        return all;
    }
}
