package io.github.camelllm.step;

import io.github.camelllm.call.Call;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.spi.Synchronization;
import org.apache.camel.support.SynchronizationAdapter;
import org.apache.camel.support.UnitOfWorkHelper;

/**
 * How long what calls have begun may go on: until the exchange of their client is done, or that on which they entered the chain
 * where there is no client. EIPs such as {@code circuitBreaker} work on copies of it, which are done before the answer has been
 * read. Thread-safe.
 */
final class Lifetime extends SynchronizationAdapter {

    static final String PROPERTY = "llm.lifetime";

    private final Exchange exchange;
    private final List<Left> left = new ArrayList<>();
    private boolean over;

    /** What a call has left to be done. */
    private record Left(Call call, Synchronization action) {}

    private Lifetime(Exchange exchange) {
        this.exchange = exchange;
    }

    /** That of an exchange, which begins here if it has none, or if that of the exchange it is copied from is over. */
    static Lifetime of(Exchange exchange) {
        Lifetime found = exchange.getProperty(PROPERTY, Lifetime.class);
        if (found == null || found.isOver()) {
            found = new Lifetime(exchange);
            exchange.setProperty(PROPERTY, found);
            exchange.getExchangeExtension().addOnCompletion(found);
        }
        return found;
    }

    private synchronized boolean isOver() {
        return over;
    }

    /** Whether it is that of an exchange itself, and not that of one it is copied from. */
    boolean isOf(Exchange other) {
        return exchange == other;
    }

    /** Leaves something to be done at its end; does it here and now if that has come. */
    void add(Call call, Synchronization action) {
        synchronized (this) {
            if (!over) {
                left.add(new Left(call, action));
                return;
            }
        }
        UnitOfWorkHelper.doneSynchronizations(exchange, new ArrayList<>(List.of(action)));
    }

    /** What a call has left so far. */
    synchronized List<Synchronization> of(Call call) {
        List<Synchronization> actions = new ArrayList<>(left.size());
        for (Left one : left) {
            if (one.call() == call) {
                actions.add(one.action());
            }
        }
        return actions;
    }

    /** Forgets what is done. */
    synchronized void remove(Collection<Synchronization> done) {
        left.removeIf(one -> done.contains(one.action()));
    }

    @Override
    public void onDone(Exchange done) {
        List<Synchronization> actions = new ArrayList<>();
        synchronized (this) {
            over = true;
            left.forEach(one -> actions.add(one.action()));
            left.clear();
        }
        UnitOfWorkHelper.doneSynchronizations(done, actions);
    }

    /** Before Camel's own: its HTTP producer reads a response to its end when it closes it. */
    @Override
    public int getOrder() {
        return HIGHEST;
    }
}
