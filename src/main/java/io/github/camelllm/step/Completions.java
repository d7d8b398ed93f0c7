package io.github.camelllm.step;

import io.github.camelllm.call.TokenStream;
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
    private final Set<Synchronization> before;
    private Set<Synchronization> since;

    private Completions(Exchange exchange) {
        this.exchange = exchange;
        this.before = all();
    }

    /** Has a stream closed when its exchange is done: one that nobody has read is over with it. */
    public static void closeAtEnd(Exchange exchange, TokenStream stream) {
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                stream.close();
            }
        });
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
        UnitOfWork work = exchange.getUnitOfWork();
        if (work == null || since.isEmpty()) {
            return;
        }
        Exchange aside = new DefaultExchange(exchange.getContext());
        work.handoverSynchronization(aside, since::contains);
        List<Synchronization> left = aside.getExchangeExtension().handoverCompletions();
        UnitOfWorkHelper.doneSynchronizations(exchange, left);
    }

    private Set<Synchronization> all() {
        Set<Synchronization> all = Collections.newSetFromMap(new IdentityHashMap<>());
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
