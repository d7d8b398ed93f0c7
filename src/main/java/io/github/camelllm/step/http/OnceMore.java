package io.github.camelllm.step.http;

import java.io.IOException;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a request once more, on a new connection, where the kept one that it went out on turns out to have been closed by
 * the other side: not a byte of an answer has come. RFC 9112 (section 9.3.1) leaves that to the client for what it knows
 * to be safe, and failover would repeat the request anyway; but such a close is no failure of the other side.
 */
final class OnceMore implements ExecChainHandler {

    private static final Logger LOG = LoggerFactory.getLogger(OnceMore.class);

    private final ExchangeWatcher watcher;

    OnceMore(ExchangeWatcher watcher) {
        this.watcher = watcher;
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        if (scope.originalRequest instanceof Cancellable cancellable) {
            watcher.began(cancellable);
        }
        scope.clientContext.setRoute(scope.route); // else it is not known yet to who opens a tunnel
        try {
            return chain.proceed(request, scope);
        } catch (OneExchange.StaleConnectionException e) {
            HttpEntity entity = scope.originalRequest.getEntity();
            if (scope.execRuntime.isExecutionAborted() || entity != null && !entity.isRepeatable()) {
                throw e;
            }
            LOG.debug("a kept connection to {} was closed; its request goes out once more", scope.route, e);
            Connections.onlyFresh(true);
            try {
                return chain.proceed(
                        ClassicRequestBuilder.copy(scope.originalRequest).build(), scope);
            } finally {
                Connections.onlyFresh(false);
            }
        } catch (Error e) { // below is what would take care of its connection, but for errors
            scope.execRuntime.discardEndpoint();
            throw new OneExchange.BrokenExchangeException(e);
        }
    }
}
