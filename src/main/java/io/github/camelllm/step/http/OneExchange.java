package io.github.camelllm.step.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import org.apache.hc.client5.http.RouteInfo;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;

/**
 * One request and the head of its answer on a connection. Tells a kept connection that turns out to be closed from a
 * failure of the other side, and keeps errors of this process from closing the whole client.
 */
final class OneExchange extends HttpRequestExecutor {

    /** The attribute of the context that holds the connection on which a tunnel has just been opened. */
    private static final String TUNNEL = "llm.tunnel";

    private final Proxies proxies;
    private final ExchangeWatcher watcher;

    OneExchange(Proxies proxies, ExchangeWatcher watcher) {
        this.proxies = proxies;
        this.watcher = watcher;
    }

    @Override
    public ClassicHttpResponse execute(
            ClassicHttpRequest request,
            HttpClientConnection connection,
            HttpResponseInformationCallback informationCallback,
            HttpContext context)
            throws IOException, HttpException {
        RouteInfo route = HttpClientContext.cast(context).getHttpRoute();
        boolean connect = Method.CONNECT.isSame(request.getMethod());
        if (route != null && route.getProxyHost() != null && (connect || !route.isTunnelled())) {
            String authorization = proxies.authorization(route.getProxyHost());
            if (authorization != null) {
                request.setHeader(HttpHeaders.PROXY_AUTHORIZATION, authorization);
            }
        }
        EndpointDetails before = connection.getEndpointDetails();
        boolean reused = before != null && before.getRequestCount() > 0 && context.getAttribute(TUNNEL) != connection;
        long received = before == null ? 0 : before.getReceivedBytesCount();
        if (connect) {
            context.setAttribute(TUNNEL, connection);
        } else {
            watcher.sending(connection);
        }
        try {
            ClassicHttpResponse response = super.execute(request, connection, informationCallback, context);
            if (connect && response.getCode() >= HttpStatus.SC_REDIRECTION) {
                connection.close(CloseMode.IMMEDIATE); // rather than read a body of any length
                throw new HttpException("the proxy refuses the tunnel, status " + response.getCode());
            }
            if (!connect) {
                watcher.answered(connection);
            }
            return response;
        } catch (InterruptedIOException | MessageConstraintException e) {
            throw e; // it is there, and too slow or too talkative
        } catch (IOException e) {
            if (reused && before.getReceivedBytesCount() == received) {
                throw new StaleConnectionException(e);
            }
            throw e;
        } catch (Error e) {
            connection.close(CloseMode.IMMEDIATE);
            throw new BrokenExchangeException(e);
        }
    }

    /** A kept connection that the other side had closed: it took the request, and not a byte of an answer came. */
    static final class StaleConnectionException extends IOException {
        private static final long serialVersionUID = 1;

        StaleConnectionException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** An error of this process in the midst of an exchange, such as memory running out. */
    static final class BrokenExchangeException extends IOException {
        private static final long serialVersionUID = 1;

        BrokenExchangeException(Error cause) {
            super(cause.toString(), cause);
        }
    }
}
