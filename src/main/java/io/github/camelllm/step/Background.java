package io.github.camelllm.step;

import io.github.camelllm.call.Accountant;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.problem.ErrorCode;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.spi.UnitOfWork;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.UnitOfWorkHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the rest of a chain for calls that have their answer already: as a call and an exchange of their own, which the
 * client's departure does not touch, and which are accounted for as the caller's. Bounded: what does not fit is not run, and
 * counted. Thread-safe.
 */
public final class Background implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Background.class);

    private final Accountant accountant;
    private final Semaphore free;
    private final ExecutorService threads;
    private final Set<Call> running = ConcurrentHashMap.newKeySet();
    private final LongAdder dropped = new LongAdder();
    private volatile boolean closed;

    /** What is to be done on another exchange. */
    @FunctionalInterface
    public interface Work {

        /**
         * Does it.
         *
         * @param call the call of its own
         * @param exchange its exchange
         * @param rest what follows the step, for that exchange
         */
        void run(Call call, Exchange exchange, Chain rest) throws Exception;
    }

    /**
     * @param name of its threads
     * @param most how many calls may be under way at once, from 1
     */
    public Background(CamelContext context, String name, int most) {
        this.accountant = context.getRegistry().findByType(Accountant.class).stream()
                .findFirst()
                .orElse(Accountant.NONE);
        this.free = new Semaphore(most);
        AtomicInteger number = new AtomicInteger();
        this.threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Begins some work, unless there is no room for it. Returns at once; what goes wrong is in the call's record.
     *
     * @param why what the record says the call is for
     * @param call the caller's, of which a copy is made here and now
     * @param next what follows the step
     * @param after done in any case: when the work is over, or here and now when it does not begin
     */
    public void start(String why, Call call, Exchange exchange, Chain next, Work work, Runnable after) {
        if (closed || !free.tryAcquire()) {
            dropped.increment();
            after.run();
            return;
        }
        Call own = null;
        try {
            own = call.behind(why);
            own.enter(); // it is in the midst of the chain
            Call begun = own;
            Exchange copy = copy(exchange, begun);
            running.add(begun);
            threads.execute(() -> run(begun, copy, next.on(copy), work, after));
        } catch (RejectedExecutionException e) {
            dropped.increment(); // closed meanwhile
            over(own, after);
        } catch (RuntimeException e) {
            LOG.warn("call {} could not be copied", call.getId(), e);
            over(own, after);
        }
    }

    private void over(Call call, Runnable after) {
        if (call != null) {
            running.remove(call);
        }
        free.release();
        after.run();
    }

    /** What routes have set, without what belongs to the caller's message: a consumer's own message ends with its exchange. */
    private static Exchange copy(Exchange exchange, Call call) {
        Exchange copy = new DefaultExchange(exchange.getContext());
        exchange.getProperties().forEach((name, value) -> {
            if (!Calls.OF_THE_EXCHANGE.contains(name)) {
                copy.setProperty(name, value);
            }
        });
        copy.getExchangeExtension().setFromEndpoint(exchange.getFromEndpoint());
        copy.getExchangeExtension().setFromRouteId(exchange.getFromRouteId());
        copy.getMessage()
                .setHeaders(new java.util.HashMap<>(exchange.getMessage().getHeaders()));
        Calls.attach(copy, call);
        Entry.within(copy, call);
        return copy;
    }

    private void run(Call call, Exchange exchange, Chain rest, Work work, Runnable after) {
        UnitOfWork unit = null;
        try {
            unit = PluginHelper.getUnitOfWorkFactory(exchange.getContext()).createUnitOfWork(exchange);
            exchange.getExchangeExtension().setUnitOfWork(unit);
            accountant.account(call, () -> {
                work.run(call, exchange, rest);
                readToEnd(exchange.getMessage().getBody());
            });
        } catch (Exception e) {
            exchange.setException(e); // its record has said so
            LOG.debug("{}, made behind its caller's back, has failed", call, e);
        } finally {
            try {
                UnitOfWorkHelper.doneUow(unit, exchange);
            } finally {
                over(call, after);
            }
        }
    }

    /** A model may answer with a stream though none was asked for. */
    private static void readToEnd(Object body) {
        if (body instanceof TokenStream stream) {
            try (stream) {
                while (stream.next() != null) {
                    // whoever watches it takes what it needs
                }
            }
        }
    }

    /** How many calls are under way. */
    public int running() {
        return running.size();
    }

    /** How many were not run for want of room. */
    public long dropped() {
        return dropped.sum();
    }

    /** Begins nothing more, and cancels what is under way. */
    @Override
    public void close() {
        closed = true;
        for (Call call : running) {
            try {
                call.cancellation().cancel(ErrorCode.SHUTTING_DOWN);
            } catch (RuntimeException e) {
                LOG.debug("{} could not be cancelled well", call, e);
            }
        }
        threads.shutdownNow();
    }
}
