package io.github.camelllm.main;

import io.github.camelllm.ingress.ActiveCalls;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Route;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.util.StringHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The orderly way out: new calls are refused, those under way may end. */
final class Drain {

    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

    /** How long calls may take to go once they are cancelled: their clients are to hear of it. */
    private static final Duration GOING = Duration.ofSeconds(2);

    private static final Set<String> STAY_OPEN = Set.of("direct", "seda", "platform-http");

    private Drain() {}

    /**
     * Lets nothing in any more but over HTTP, which refuses for itself, and goes on with what routes ask each other. A
     * queue and a directory keep what is not taken from them.
     */
    static void closeTriggers(CamelContext context) {
        for (Route route : context.getRoutes()) {
            Consumer consumer = route.getConsumer();
            if (consumer == null) {
                continue; // it never came up
            }
            String scheme = StringHelper.before(consumer.getEndpoint().getEndpointUri(), ":");
            if (!STAY_OPEN.contains(scheme)) {
                try {
                    ServiceHelper.suspendService(consumer);
                } catch (RuntimeException e) {
                    LOG.warn("stopping: route {} may still take work in", route.getRouteId(), e);
                }
            }
        }
    }

    /**
     * Waits until no call is under way, and cancels those that are after the given time.
     *
     * @param draining set first, so that no new call is taken
     * @param calls the calls under way
     * @param patience how long they may go on
     */
    static void drain(AtomicBoolean draining, ActiveCalls calls, Duration patience) {
        draining.set(true);
        try {
            if (calls.count() > 0) {
                LOG.info("stopping: calls under way: {}; they may go on for {} s", calls.count(), patience.toSeconds());
            }
            if (!calls.awaitIdle(patience)) {
                LOG.warn("stopping: calls that took longer: {}; they are cancelled", calls.count());
                calls.cancelAll();
                calls.awaitIdle(GOING);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            calls.cancelAll();
        }
    }
}
