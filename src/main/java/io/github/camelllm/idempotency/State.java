package io.github.camelllm.idempotency;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;

/**
 * What is known of keys in a Camel context: kept apart from the step, which an edit of its bean replaces while requests are under
 * way.
 */
final class State {

    private static final Map<CamelContext, State> ALL = Collections.synchronizedMap(new WeakHashMap<>());

    private final ConcurrentMap<String, Running> running = new ConcurrentHashMap<>();
    private final Answers answers;
    private int routes;

    private State(Answers answers) {
        this.answers = answers;
    }

    static State of(CamelContext context, Supplier<Answers> make) {
        return ALL.computeIfAbsent(context, unused -> new State(make.get()));
    }

    ConcurrentMap<String, Running> running() {
        return running;
    }

    Answers answers() {
        return answers;
    }

    /** @return whether it is the first of the routes that are up */
    synchronized boolean enter() {
        return routes++ == 0;
    }

    /** Lets go of the shared store with the last route. */
    synchronized void leave() {
        if (--routes == 0) {
            answers.close();
        }
    }
}
