package io.github.camelllm.step.http;

import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.io.HttpClientConnection;

/** Is told of each request of an HTTP client as it goes on, by the thread that makes it. */
public interface ExchangeWatcher {

    /** Watches nothing. */
    ExchangeWatcher NONE = new ExchangeWatcher() {};

    /** A request begins; it can be given up at any moment and by any thread. */
    default void began(Cancellable request) {
        // nobody wants to know
    }

    /** The request is about to be sent on that connection. */
    default void sending(HttpClientConnection connection) {
        // nobody wants to know
    }

    /** The head of the answer is here; the body comes on that connection. */
    default void answered(HttpClientConnection connection) {
        // nobody wants to know
    }
}
