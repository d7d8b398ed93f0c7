package io.github.camelllm.step;

import io.github.camelllm.call.Accountant;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.TokenStream;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Channel;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.NamedNode;
import org.apache.camel.Navigate;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.Service;
import org.apache.camel.ShutdownRunningTask;
import org.apache.camel.model.PolicyDefinition;
import org.apache.camel.model.ProcessorDefinition;
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

    /** What is between {@link #beforeWrap} and {@link #wrap}, innermost first: Camel makes a route on one thread. */
    private static final ThreadLocal<Deque<Definition>> BEING_WRAPPED = ThreadLocal.withInitial(ArrayDeque::new);

    /**
     * A policy whose children are being made, which take over or not what it says of the error handler.
     *
     * @param inherits what it says itself; null for nothing
     */
    private record Definition(Step step, ProcessorDefinition<?> policy, Boolean inherits) {}

    private String when;

    /**
     * A Simple predicate, such as {@code ${header.X-Team} == 'sales'}: where it is false when the step is reached, the call passes
     * by the step as if its line were not there. Null or blank, as it is unless set, for always.
     */
    public void setWhen(String when) {
        this.when = when;
    }

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

    /**
     * Begins what a client has sent as a call that the chain will take up; null where the step stands in a chain itself, as most
     * do: then the call is the one that is under way, or one that begins here. See {@link #begins}.
     */
    protected Call received(Exchange exchange) throws Exception {
        return null;
    }

    /**
     * Whether each call passes this step once, so that coming to it again on the same exchange is another call. True of the first
     * step of a chain.
     */
    protected boolean begins() {
        return false;
    }

    /**
     * Makes an answer of whatever the rest of the chain has left in the body.
     *
     * @throws Exception what has failed below, if an error handler has taken it for handled and nobody has answered
     */
    protected void answered(Call call, Exchange exchange) throws Exception {
        Failures.rethrowHandled(exchange, call);
        AnswerBody.normalise(call, exchange);
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
     * Called when the route is replaced by another or taken away while the gateway runs: no call comes any more, those under way
     * go on, and {@link #onStop} follows when they are done. What replaces it has started already.
     */
    protected void onRetire(Route route) {
        // calls under way notice nothing
    }

    /** Tells those of some services that are steps that their route is retired. */
    public static void retire(Collection<? extends Service> services) {
        for (Service service : services) {
            if (service instanceof Wrapped wrapped) {
                wrapped.step().onRetire(wrapped.route);
            }
        }
    }

    /**
     * How many calls this step still has to do something for though their exchanges are done. A graceful stop waits
     * until it is 0, or until the stop's own time is up.
     */
    protected int pending() {
        return 0;
    }

    /**
     * Takes the route's error handler off what the step wraps: a failure passes through the steps, any of which may make it good,
     * before {@code onException}, redelivery or a dead letter channel of the route act on it, at the outermost step.
     */
    @Override
    public void beforeWrap(Route route, NamedNode definition) {
        if (definition instanceof ProcessorDefinition<?> step) {
            if (step.getOutputs().isEmpty()) {
                throw new IllegalArgumentException(nothingToActOn(definition));
            }
            BEING_WRAPPED.get().push(new Definition(this, step, step.getInheritErrorHandler()));
            withoutErrorHandler(step);
        }
    }

    private static String nothingToActOn(NamedNode definition) {
        String bean = definition instanceof PolicyDefinition policy ? policy.getRef() : definition.getShortName();
        return "policy '" + bean
                + "' is the last line of its list, and a step acts on the lines after it. For a step that acts only"
                + " sometimes give its bean a condition (when: \"${header.X-Team} == 'sales'\"), or call a route of its own in that"
                + " branch, which begins with the step";
    }

    private static void withoutErrorHandler(ProcessorDefinition<?> definition) {
        definition.setInheritErrorHandler(false);
        definition.getOutputs().forEach(Step::withoutErrorHandler);
    }

    private static Accountant accountant(Exchange exchange) {
        return exchange.getContext().getRegistry().findByType(Accountant.class).stream()
                .findFirst()
                .orElse(Accountant.NONE);
    }

    /** The step that a processor is, but for what Camel wraps around each; null when it is none, or one of several. */
    private static Wrapped wrapped(Processor processor) {
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
        return (Wrapped) inner;
    }

    @Override
    public final Processor wrap(Route route, Processor child) {
        Deque<Definition> open = BEING_WRAPPED.get();
        while (!open.isEmpty()) {
            Definition definition = open.pop(); // those of a route that could not be made are passed over
            if (definition.step() == this) {
                definition.policy().setInheritErrorHandler(definition.inherits());
                break;
            }
        }
        return new Wrapped(route, child);
    }

    /** The child comes unstarted: whoever wraps it starts and stops it. */
    private final class Wrapped extends AsyncProcessorSupport implements Navigate<Processor>, ShutdownAware {
        private final Route route;
        private final AsyncProcessor child;
        private final Step follower;
        private boolean followed;
        private Predicate condition;

        Wrapped(Route route, Processor child) {
            this.route = route;
            this.child = AsyncProcessorConverterHelper.convert(child);
            Wrapped inner = wrapped(child);
            this.follower = inner == null ? null : inner.step();
            if (inner != null) {
                inner.followed = true;
            }
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            try {
                run(exchange);
            } catch (Throwable e) {
                exchange.setException(e);
            }
            callback.done(true);
            return true;
        }

        private void run(Exchange exchange) throws Exception {
            if (condition != null && !condition.matches(exchange)) {
                child.process(exchange);
                return;
            }
            Call received = received(exchange);
            if (received != null) {
                around(received, exchange, new Rest(exchange, received));
                return;
            }
            Entry entry = Entry.at(exchange, begins());
            if (entry == null) {
                pass(exchange, exchange.getProperty(Calls.PROPERTY, Call.class));
                return;
            }
            Throwable failure = null;
            try {
                if (entry.isPart()) {
                    accountant(exchange).account(entry.call(), () -> pass(exchange, entry.call()));
                } else {
                    pass(exchange, entry.call());
                }
            } catch (Throwable e) {
                failure = e;
                throw e;
            } finally {
                entry.leave(failure);
            }
        }

        private void pass(Exchange exchange, Call call) throws Exception {
            around(call, exchange, new Rest(exchange, call));
            Message message = exchange.getMessage();
            if (!followed && message.getBody() instanceof TokenStream stream) {
                message.setBody(SharedStream.of(stream, () -> readAsAWhole(call)));
            }
        }

        private void readAsAWhole(Call call) {
            if (!call.hasLeft() || call.isAwaited()) {
                call.warn("a line of the route has read the stream as a whole, so it did not come piece by piece");
            }
        }

        private void proceed(Exchange exchange, Call call) throws Exception {
            Runnable over = Entry.resume(exchange, call);
            try {
                child.process(exchange); // waits, should something further down be asynchronous
            } finally {
                over.run();
            }
            Exception failure = exchange.getException();
            if (failure != null) {
                exchange.setException(null);
                throw failure;
            }
            answered(call, exchange);
        }

        private Step step() {
            return Step.this;
        }

        /** What follows, for one exchange. */
        private final class Rest implements Chain {
            private final Exchange exchange;
            private final Call call;

            Rest(Exchange exchange, Call call) {
                this.exchange = exchange;
                this.call = call;
            }

            @Override
            public void proceed() throws Exception {
                Wrapped.this.proceed(exchange, call);
            }

            @Override
            public Chain on(Exchange other) {
                return new Rest(other, other.getProperty(Calls.PROPERTY, Call.class));
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
            if (when != null && !when.isBlank()) {
                condition = route.getCamelContext().resolveLanguage("simple").createPredicate(when);
                condition.init(route.getCamelContext());
            }
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
