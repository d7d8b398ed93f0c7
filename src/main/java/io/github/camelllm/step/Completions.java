package io.github.camelllm.step;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.spi.Synchronization;
import org.apache.camel.spi.UnitOfWork;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.UnitOfWorkHelper;

/**
 * What the rest of a route leaves to be done at the end of the exchange, apart from what was left before: a step that runs
 * the rest more than once does it as soon as one run is over. Else each run would hold what it took (the permit of a
 * {@code throttle}, an open response) until the last one is done.
 */
public final class Completions {

    private final Exchange exchange;
    private final Set<Synchronization> before = Collections.newSetFromMap(new IdentityHashMap<>());

    private Completions(Exchange exchange) {
        this.exchange = exchange;
        UnitOfWork work = exchange.getUnitOfWork();
        if (work != null) {
            work.handoverSynchronization(exchange, completion -> {
                before.add(completion);
                return false; // only looked at: it stays where it is
            });
        }
    }

    /** Remembers what has been left so far. */
    public static Completions mark(Exchange exchange) {
        return new Completions(exchange);
    }

    /** Does what has been left since the mark. */
    public void run() {
        UnitOfWork work = exchange.getUnitOfWork();
        if (work == null) {
            return;
        }
        Exchange aside = new DefaultExchange(exchange.getContext());
        work.handoverSynchronization(aside, completion -> !before.contains(completion));
        List<Synchronization> since = aside.getExchangeExtension().handoverCompletions();
        UnitOfWorkHelper.doneSynchronizations(exchange, since);
    }
}
