package io.github.camelllm.step;

import io.github.camelllm.call.Call;
import java.util.List;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Channel;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Navigate;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.ShutdownRunningTask;
import org.apache.camel.spi.Policy;
import org.apache.camel.spi.ShutdownAware;
import org.apache.camel.spi.WrapAwareProcessor;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.apache.camel.support.service.ServiceHelper;

/**
 * Around-advice on the rest of a route: the shape of every capability of the gateway.
 *
 * <p>A step is a bean, placed in a route by {@code - policy: {ref: name}}. In a flat YAML list the lines after it are
 * what it wraps. One bean may stand in several routes and then shares its state between them; it is called by many
 * threads at once.
 */
public abstract class Step implements Policy {

    /**
     * Acts on the call, before or after what follows, or instead of it.
     *
     * @param call the call, never null
     * @param exchange the exchange that carries it; its body is the request on the way in and the answer ({@link
     *     io.github.camelllm.call.Answer} or {@link io.github.camelllm.call.TokenStream}) on the way out
     * @param next the rest of the chain
     * @throws Exception to fail the call; a {@link io.github.camelllm.problem.Problem} says how to tell the client
     */
    protected abstract void around(Call call, Exchange exchange, Chain next) throws Exception;

    /** The call of an exchange; by default the one it carries, begun from its body if there is none yet. */
    protected Call callOf(Exchange exchange) throws Exception {
        return Calls.of(exchange);
    }

    /** Called when the route that the step stands in starts; what it throws stops the start. */
    protected void onStart(Route route) throws Exception {
        // nothing to prepare
    }

    /** Called when that route stops. */
    protected void onStop(Route route) throws Exception {
        // nothing to give back
    }

    /**
     * How many calls this step still has to do something for though their exchanges are done. A graceful stop waits
     * until it is 0, or until the stop's own time is up.
     */
    protected int pending() {
        return 0;
    }

    @Override
    public void beforeWrap(Route route, NamedNode definition) {
        // the definition stays as written
    }

    /** The step that a processor is, but for what Camel wraps around each; null when it is none, or one of several. */
    private static Step stepOf(Processor processor) {
        Processor inner = processor;
        while (inner != null && !(inner instanceof Wrapped)) {
            if (inner instanceof Channel channel) {
                inner = channel.getNextProcessor();
            } else {
                inner = inner instanceof WrapAwareProcessor && inner instanceof DelegateAsyncProcessor wrap
                        ? wrap.getProcessor()
                        : null;
            }
        }
        return inner == null ? null : ((Wrapped) inner).step();
    }

    @Override
    public final Processor wrap(Route route, Processor child) {
        return new Wrapped(route, child);
    }

    /** The child comes unstarted: whoever wraps it starts and stops it. */
    private final class Wrapped extends AsyncProcessorSupport implements Navigate<Processor>, ShutdownAware {
        private final Route route;
        private final AsyncProcessor child;
        private final Step follower;

        Wrapped(Route route, Processor child) {
            this.route = route;
            this.child = AsyncProcessorConverterHelper.convert(child);
            this.follower = stepOf(child);
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            try {
                around(callOf(exchange), exchange, new Rest(exchange));
            } catch (Throwable e) {
                exchange.setException(e);
            }
            callback.done(true);
            return true;
        }

        private void proceed(Exchange exchange) throws Exception {
            child.process(exchange); // waits, should something further down be asynchronous
            Exception failure = exchange.getException();
            if (failure != null) {
                exchange.setException(null);
                throw failure;
            }
        }

        private Step step() {
            return Step.this;
        }

        /** What follows, for one exchange. */
        private final class Rest implements Chain {
            private final Exchange exchange;

            Rest(Exchange exchange) {
                this.exchange = exchange;
            }

            @Override
            public void proceed() throws Exception {
                Wrapped.this.proceed(exchange);
            }

            @Override
            public Chain on(Exchange other) {
                return new Rest(other);
            }

            @Override
            public Step follower() {
                return follower;
            }
        }

        @Override
        public int getPendingExchangesSize() {
            return pending();
        }

        @Override
        public boolean deferShutdown(ShutdownRunningTask shutdownRunningTask) {
            return true;
        }

        @Override
        public void prepareShutdown(boolean suspendOnly, boolean forced) {
            // onStop does what there is to do
        }

        @Override
        public List<Processor> next() {
            return List.of(child);
        }

        @Override
        public boolean hasNext() {
            return true;
        }

        @Override
        protected void doBuild() {
            ServiceHelper.buildService(child);
        }

        @Override
        protected void doInit() {
            ServiceHelper.initService(child);
        }

        @Override
        protected void doStart() throws Exception {
            onStart(route);
            ServiceHelper.startService(child);
        }

        @Override
        protected void doStop() throws Exception {
            ServiceHelper.stopService(child);
            onStop(route);
        }

        @Override
        protected void doShutdown() {
            ServiceHelper.stopAndShutdownService(child);
        }

        @Override
        public String toString() {
            return Step.this.getClass().getSimpleName();
        }
    }
}
