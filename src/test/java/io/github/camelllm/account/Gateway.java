package io.github.camelllm.account;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.call.Usage;
import io.github.camelllm.step.Calls;
import io.github.camelllm.testkit.ManualTicker;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** A small gateway: a chain that begins with account and ends with a model that a test scripts, and whatever route listens. */
final class Gateway implements AutoCloseable {

    static final String PROMPT = "{\"model\":\"gpt-x\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";

    /** Collects finished calls in {@link #finished}. */
    static final String COLLECT =
            """
            - route:
                id: llm-completed
                startupOrder: 10
                errorHandler: { noErrorHandler: {} }
                from:
                  uri: direct:llm-completed
                  steps:
                    - process: { ref: collect }
            """;

    private static final String CHAIN =
            """
            - beans:
                - name: account
                  type: io.github.camelllm.account.Account
                  properties: { queueSize: %d, drainTimeout: %s }
            - route:
                id: chain
                errorHandler: { noErrorHandler: {} }
                from:
                  uri: direct:chain
                  steps:
                    - policy: { ref: account }
                    - process: { ref: model }
            - route:
                id: trigger
                errorHandler: { noErrorHandler: {} }
                from:
                  uri: direct:trigger
                  steps:
                    - to: { uri: direct:chain }
                    - process: { ref: reader }
            """;

    /** Reads what a trigger gets as the answer to a call. */
    interface Reader {
        void read(TokenStream stream) throws Exception;
    }

    final ManualTicker ticker = new ManualTicker();
    final DefaultCamelContext context = new DefaultCamelContext();
    final BlockingQueue<FinishedCall> finished = new LinkedBlockingQueue<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ProducerTemplate template;
    private volatile Reader reader = stream -> {};
    private volatile Processor model = exchange -> exchange.getMessage().setBody(answer());

    /** With a queue of 1,000 calls. */
    static Gateway withRoutes(String... yaml) throws Exception {
        return new Gateway(1000, "5s", yaml);
    }

    Gateway(int queueSize, String drainTimeout, String... yaml) throws Exception {
        context.getRegistry().bind("ticker", ticker);
        context.getRegistry().bind("meterRegistry", meters);
        context.getRegistry().bind("model", (Processor) exchange -> model.process(exchange));
        context.getRegistry().bind("reader", (Processor) this::read);
        context.getRegistry().bind("collect", (Processor)
                exchange -> finished.add(exchange.getMessage().getMandatoryBody(FinishedCall.class)));
        load(CHAIN.formatted(queueSize, drainTimeout));
        for (String routes : yaml) {
            load(routes);
        }
        template = context.createProducerTemplate();
    }

    void load(String yaml) throws Exception {
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("test.camel.yaml", yaml));
    }

    Gateway start() {
        context.start();
        // A stop empties Camel's registry.
        context.getRegistry().findByType(MeterBinder.class).forEach(binder -> binder.bindTo(meters));
        return this;
    }

    /** The counter of that Micrometer name and these tags. */
    double count(String name, String... tags) {
        return meters.get(name).tags(tags).counter().count();
    }

    /** What the model does from now on. */
    void model(Processor newModel) {
        this.model = newModel;
    }

    /** A whole answer. */
    static Answer answer() {
        return new Answer(null, Json.object().put("object", "chat.completion"));
    }

    /** A model that answers after some time, as the model routes note it on the call. */
    void modelThatTakes(Duration time, Usage usage) {
        model(exchange -> {
            Call call = Calls.of(exchange);
            call.getRequest().tree();
            var attempt = call.attempt("gpt-x", "openai");
            ticker.advance(time);
            attempt.answered(ticker.nanos());
            attempt.status(200);
            call.used(usage);
            call.finishReason("stop");
            exchange.getMessage().setBody(answer());
        });
    }

    /** What a trigger does with a stream, from now on. */
    void reader(Reader newReader) {
        this.reader = newReader;
    }

    private void read(Exchange exchange) throws Exception {
        if (exchange.getMessage().getBody() instanceof TokenStream stream) {
            reader.read(stream);
        }
    }

    void modelThatStreams(TokenStream stream) {
        model(exchange -> {
            Calls.of(exchange).getRequest().tree();
            exchange.getMessage().setBody(stream);
        });
    }

    /** Sends a request through the chain and returns the exchange, failed or not; headers are names and values. */
    Exchange call(String body, String... headers) {
        Exchange done = template.send("direct:trigger", exchange -> {
            exchange.getMessage().setBody(body);
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getMessage().setHeader(headers[i], headers[i + 1]);
            }
        });
        if (failureOf(done) instanceof AssertionError failed) {
            throw failed;
        }
        return done;
    }

    Exchange call() {
        return call(PROMPT);
    }

    /** The next finished call. */
    FinishedCall next() throws InterruptedException {
        FinishedCall next = finished.poll(20, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no finished call came");
        }
        return next;
    }

    /** The only finished call: stops the gateway, so that no other can come. */
    FinishedCall only() throws InterruptedException {
        FinishedCall only = next();
        close();
        if (!finished.isEmpty()) {
            throw new AssertionError(finished.size() + " other finished calls came");
        }
        return only;
    }

    static Throwable failureOf(Exchange exchange) {
        Throwable failure = exchange.getException();
        return failure instanceof CamelExecutionException ? failure.getCause() : failure;
    }

    @Override
    public void close() {
        context.stop();
    }
}
