package io.github.camelllm.step;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.problem.Problem;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Message;
import org.apache.camel.Ordered;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call's way into the chain and out of it, at one step: what stood on the exchange before, and is put back afterwards.
 *
 * <p>A step that finds a call which is under way joins it. One that finds none, or one that has left the chain, or a part of a
 * {@code split} or {@code multicast} of another, begins one, and ends it when it is left.
 */
final class Entry {

    private static final Logger LOG = LoggerFactory.getLogger(Entry.class);

    /** What steers a call, and is no fact about the next one. */
    private static final String[] STEERING = {
        Calls.ASKED, Calls.TASK, Calls.MODEL, Calls.CLASSIFICATION, Calls.CHAIN, Calls.TEMPLATE, Calls.TAGS
    };

    private static final Runnable NOTHING = () -> {};

    /** The exchange property with the call that the exchange is in the midst of, and where that entered. */
    static final String WITHIN = "llm.within";

    /** A call that is under way, and the exchange on which it entered the chain: others that have it are copies of that. */
    private record Within(Call call, Exchange exchange) {}

    private final Exchange exchange;
    private final Call call;
    private final Call before;
    private final Object withinBefore;
    private final boolean part;
    private final RequestBody asked;
    private final Object body;
    private final Message message;
    private final Object correlation;
    private final Object[] steering = new Object[STEERING.length];

    private Entry(Exchange exchange, Call call, Call before, boolean part, RequestBody asked, Object body) {
        this.exchange = exchange;
        this.call = call;
        this.before = before;
        this.part = part;
        this.asked = asked;
        this.body = body;
        this.message = exchange.getMessage();
        this.correlation = exchange.getProperty(ExchangePropertyKey.CORRELATION_ID);
        this.withinBefore = exchange.getProperty(WITHIN);
        for (int i = 0; i < STEERING.length; i++) {
            steering[i] = exchange.getProperty(STEERING[i]);
        }
        within(exchange, call);
        Calls.attach(exchange, call);
    }

    /**
     * Enters the chain, if the call that is under way does not go on.
     *
     * @param begins whether the step is one that each call passes once, so that it stands for another call the second time
     * @return null where a call goes on
     * @throws Problem when the body can be no request
     */
    static Entry at(Exchange exchange, boolean begins) {
        Call open = exchange.getProperty(Calls.PROPERTY, Call.class);
        if (open == null) {
            Object body = exchange.getMessage().getBody();
            RequestBody asked = Calls.read(exchange);
            Call call = Calls.begin(exchange, asked);
            if (isFurther(exchange)) {
                call.markFurther();
            }
            return entered(exchange, call, null, false, asked, body, begins);
        }
        Within within = exchange.getProperty(WITHIN, Within.class);
        boolean inside = within != null && within.call() == open && !open.hasLeft();
        if (!inside && open.enter()) {
            RequestBody asked = new RequestBody(open.getRequest(), Calls.rewrite(exchange, open));
            return entered(exchange, open, open, false, asked, null, begins);
        }
        boolean part = inside && isPart(exchange, within.exchange());
        if (!inside || part || begins && !open.account()) {
            Object body = exchange.getMessage().getBody();
            RequestBody asked = body == open.getRequest()
                    ? new RequestBody(
                            part ? open.getRequest().copy() : open.getRequest().original(), RequestBody.Form.JSON)
                    : Calls.read(exchange, open);
            Request request = part && asked.request().parsed() && asked.request().stream()
                    ? asked.request().unstreamed()
                    : asked.request();
            Call call = part ? open.part(request) : open.another(open.getOperation(), request);
            return entered(exchange, call, open, part, asked, body, begins);
        }
        Calls.rewrite(exchange, open);
        return null;
    }

    /** Says that an exchange is in the midst of a call, so that steps join it. */
    static void within(Exchange exchange, Call call) {
        exchange.setProperty(WITHIN, new Within(call, exchange));
    }

    private static Entry entered(
            Exchange exchange, Call call, Call before, boolean part, RequestBody asked, Object body, boolean begins) {
        call.enter();
        if (begins) {
            call.account();
        }
        return new Entry(exchange, call, before, part, asked, body);
    }

    /**
     * Has what follows a step join its call though that has left the chain: a stream that breaks off asks another model while its
     * client reads it.
     *
     * @return to be run when that is over
     */
    static Runnable resume(Exchange exchange, Call call) {
        Call present = exchange.getProperty(Calls.PROPERTY, Call.class);
        if (present == call && !call.hasLeft()) {
            return NOTHING;
        }
        boolean left = call.hasLeft();
        Object entry = exchange.getProperty(WITHIN);
        exchange.setProperty(Calls.PROPERTY, call);
        within(exchange, call);
        call.comeBack();
        return () -> {
            if (left) {
                call.leave();
            }
            put(exchange, Calls.PROPERTY, present);
            put(exchange, WITHIN, entry);
        };
    }

    /** Whether an exchange is one of several that a call was divided into since it entered the chain. */
    private static boolean isPart(Exchange exchange, Exchange entry) {
        return entry != exchange
                && (differs(entry, exchange, ExchangePropertyKey.MULTICAST_INDEX)
                        || differs(entry, exchange, ExchangePropertyKey.SPLIT_INDEX));
    }

    /** Whether a route makes several calls for one request, of which this is not the first, or one of many at once. */
    private static boolean isFurther(Exchange exchange) {
        return Calls.last(exchange) != null
                || exchange.getProperty(ExchangePropertyKey.SPLIT_INDEX) != null
                || exchange.getProperty(ExchangePropertyKey.MULTICAST_INDEX) != null
                || exchange.getProperty(ExchangePropertyKey.LOOP_INDEX) != null;
    }

    private static boolean differs(Exchange entry, Exchange exchange, ExchangePropertyKey key) {
        return !Objects.equals(entry.getProperty(key), exchange.getProperty(key));
    }

    Call call() {
        return call;
    }

    /** Whether it is a part of a call, for which nobody else accounts. */
    boolean isPart() {
        return part;
    }

    /** Ends the call's way: the exchange is as before, but for its answer and what is told of the call. */
    void leave(Throwable failure) {
        call.leave();
        for (int i = 0; i < STEERING.length; i++) {
            put(STEERING[i], steering[i]);
        }
        put(Calls.PROPERTY, before);
        put(WITHIN, withinBefore);
        put(Exchange.CORRELATION_ID, correlation); // circuitBreaker leaves that of its copy
        exchange.setProperty(Calls.LAST, call);
        Facts.tell(exchange, call, failure);
        if (failure != null) {
            restore();
            return;
        }
        if (exchange.getMessage().getBody() instanceof Answer) {
            AnswerBody.stream(call, exchange);
            AnswerBody.give(call, exchange, asked);
        }
        if (exchange.getMessage().getBody() instanceof TokenStream stream
                && Lifetime.of(exchange).isOf(exchange)
                && correlation != null
                && stream instanceof SharedStream shared) {
            Completions.atEnd(exchange, () -> keepWhole(shared), Ordered.HIGHEST);
        }
    }

    /** Whatever a failed producer has left in an OUT message would hide from error handlers what they are to find. */
    @SuppressWarnings("deprecation")
    private void restore() {
        exchange.setOut(null);
        exchange.setMessage(message);
        message.setBody(before == call ? call.getRequest().original() : body);
    }

    /** A copy of an exchange ends before its answer is read, by whoever has made the copy. */
    private void keepWhole(SharedStream stream) {
        try {
            stream.whole();
        } catch (RuntimeException e) {
            LOG.debug("{} could not be read to its end", call, e); // whoever reads it is told
        }
    }

    private void put(String name, Object value) {
        put(exchange, name, value);
    }

    private static void put(Exchange exchange, String name, Object value) {
        if (value == null) {
            exchange.removeProperty(name);
        } else {
            exchange.setProperty(name, value);
        }
    }
}
