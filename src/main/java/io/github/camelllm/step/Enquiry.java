package io.github.camelllm.step;

import io.github.camelllm.step.http.OutboundHttp;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.DefaultExchange;

/**
 * Asks a Camel endpoint beside the way of a call, such as a detector, and waits no longer than it may take, whatever the endpoint is
 * made of. Questions that nobody waits for any more are bounded in number, and those over HTTP also in time: an endpoint that hangs
 * takes neither threads nor connections for good. Thread-safe.
 */
public final class Enquiry implements AutoCloseable {

    /** So many questions may be under way at once, those included that nobody waits for any more. */
    private static final int MOST = 256;

    private final CamelContext context;
    private final ProducerTemplate template;
    private final ExecutorService threads;
    private final String uri;
    private final Semaphore free = new Semaphore(MOST);

    /** What keeps an answer from coming; the message is for operators and quotes nothing of question or answer. */
    public static final class NoAnswerException extends Exception {
        private static final long serialVersionUID = 1;

        NoAnswerException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * @param uri the endpoint; a wrong one stops the start
     * @param name of its threads
     */
    public Enquiry(CamelContext context, String uri, String name) {
        context.getEndpoint(isHttp(uri) ? configured(context, uri) : uri);
        this.context = context;
        this.template = context.createProducerTemplate();
        this.threads = context.getExecutorServiceManager().newCachedThreadPool(this, name);
        this.uri = isHttp(uri) ? configured(context, uri) : uri;
    }

    private static boolean isHttp(String uri) {
        return uri.startsWith("http:") || uri.startsWith("https:");
    }

    private static String configured(CamelContext context, String uri) {
        StringBuilder configured = new StringBuilder(uri);
        option(configured, "httpClientConfigurer", OutboundHttp.configurer(context, MOST));
        return configured.toString();
    }

    /**
     * Posts JSON.
     *
     * @param headers more headers than the content's type; may be empty
     * @return the body of the answer; empty when it has none
     * @throws NoAnswerException when it has not come in time
     */
    public byte[] ask(byte[] json, Map<String, String> headers, Duration timeout) throws NoAnswerException {
        if (!free.tryAcquire()) {
            throw new NoAnswerException("it has " + MOST + " questions open", null);
        }
        Future<byte[]> answer;
        try {
            answer = threads.submit(() -> {
                try {
                    return send(json, headers, timeout);
                } finally {
                    free.release();
                }
            });
        } catch (RejectedExecutionException e) {
            free.release();
            throw new NoAnswerException("the gateway is stopping", e);
        }
        try {
            return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new NoAnswerException("it does not answer within " + timeout.toMillis() + " ms", null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer.cancel(true);
            throw new NoAnswerException("the wait for it was interrupted", e);
        } catch (ExecutionException e) {
            throw new NoAnswerException("it fails", e.getCause());
        }
    }

    private byte[] send(byte[] json, Map<String, String> headers, Duration timeout) throws Exception {
        Exchange exchange = new DefaultExchange(context, ExchangePattern.InOut);
        exchange.getMessage().setHeader(Exchange.HTTP_METHOD, "POST");
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
        headers.forEach(exchange.getMessage()::setHeader);
        exchange.getMessage().setBody(json);
        exchange.setProperty(Exchange.SKIP_GZIP_ENCODING, true); // nobody asked for it, and it may be a bomb
        Exchange done = template.send(timed(uri, timeout), exchange);
        if (done.getException() != null) {
            throw done.getException();
        }
        byte[] body = done.getMessage().getBody(byte[].class);
        return body == null ? new byte[0] : body;
    }

    /** An HTTP client gives up when its caller does, and has a connection for each question; what the address sets itself stays. */
    private static String timed(String uri, Duration timeout) {
        if (!isHttp(uri)) {
            return uri;
        }
        StringBuilder timed = new StringBuilder(uri);
        for (String name : new String[] {"connectTimeout", "connectionRequestTimeout", "responseTimeout"}) {
            option(timed, name, timeout.toMillis());
        }
        return timed.toString();
    }

    private static void option(StringBuilder uri, String name, Object value) {
        if (uri.indexOf("?" + name + "=") < 0 && uri.indexOf("&" + name + "=") < 0) {
            uri.append(uri.indexOf("?") < 0 ? '?' : '&')
                    .append(name)
                    .append('=')
                    .append(value);
        }
    }

    /** Lets go of its threads. */
    @Override
    public void close() {
        context.getExecutorServiceManager().shutdownNow(threads);
        template.stop();
    }
}
