package io.github.camelllm.privacy;

import io.github.camelllm.privacy.detect.Finding;
import io.github.camelllm.step.http.OutboundHttp;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.DefaultExchange;

/** An analyzer in Presidio's words behind a Camel endpoint. It gets the texts and nothing else of the call. */
final class EndpointAnalyzer implements CallPrivacy.Analyzer, AutoCloseable {

    /** So many questions may be under way at once, those included that nobody waits for any more; others wait their time. */
    private static final int MOST = 256;

    private final CamelContext context;
    private final ProducerTemplate template;
    private final String uri;
    private final PrivacySettings settings;
    private final Semaphore free = new Semaphore(MOST);
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "llm-analyzer");
        thread.setDaemon(true);
        return thread;
    });

    EndpointAnalyzer(CamelContext context, PrivacySettings settings) {
        this.context = context;
        this.settings = settings;
        this.template = context.createProducerTemplate();
        this.uri = settings.analyzer().startsWith("http")
                ? timed(settings.analyzer(), settings.timeout()) + "&httpClientConfigurer="
                        + OutboundHttp.configurer(context, MOST)
                : settings.analyzer();
    }

    /** An HTTP client waits no longer than its caller. */
    private static String timed(String url, Duration timeout) {
        String time = Long.toString(timeout.toMillis());
        return url + (url.contains("?") ? "&" : "?") + "httpMethod=POST&connectTimeout=" + time + "&responseTimeout="
                + time;
    }

    @Override
    public List<List<Finding>> find(List<String> texts) {
        AnalyzerTexts all = new AnalyzerTexts(texts);
        long deadline = System.nanoTime() + settings.timeout().toNanos();
        waitForPlace();
        FutureTask<byte[]> answer = new FutureTask<>(() -> ask(all.question(settings.language())));
        try {
            threads.execute(() -> {
                try {
                    answer.run();
                } finally {
                    free.release(); // also of a question that nobody waits for before it is asked
                }
            });
        } catch (RuntimeException e) {
            free.release();
            throw new AnalyzerFailure("the analyzer cannot be asked: the gateway stops", false);
        }
        try {
            return all.findings(answer.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS), settings.threshold());
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new AnalyzerFailure(
                    "the analyzer has not answered within " + settings.timeout().toMillis() + " ms", true);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof AnalyzerFailure failure
                    ? failure
                    : new AnalyzerFailure(
                            "the analyzer failed: " + e.getCause().getClass().getSimpleName(), false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer.cancel(true);
            throw interrupted();
        }
    }

    private void waitForPlace() {
        try {
            if (!free.tryAcquire(settings.timeout().toNanos(), TimeUnit.NANOSECONDS)) {
                throw new AnalyzerFailure("the analyzer has " + MOST + " questions open", true);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted();
        }
    }

    private static AnalyzerFailure interrupted() {
        return new AnalyzerFailure("the call was interrupted", false);
    }

    private byte[] ask(byte[] question) {
        Exchange exchange = new DefaultExchange(context, ExchangePattern.InOut);
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
        exchange.getMessage().setBody(question);
        exchange.setProperty(Exchange.SKIP_GZIP_ENCODING, true); // nobody asked for it, and it may be a bomb
        Exchange done = template.send(uri, exchange);
        if (done.getException() != null) {
            throw new AnalyzerFailure(
                    "the analyzer failed: " + done.getException().getClass().getSimpleName(), false);
        }
        return done.getMessage().getBody(byte[].class);
    }

    @Override
    public void close() {
        threads.shutdownNow();
        template.stop();
    }
}
