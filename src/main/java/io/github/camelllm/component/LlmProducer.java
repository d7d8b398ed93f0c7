package io.github.camelllm.component;

import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Facts;
import io.github.camelllm.step.OwnCall;
import java.util.List;
import org.apache.camel.AsyncProducer;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ServiceStatus;
import org.apache.camel.StartupListener;
import org.apache.camel.component.direct.DirectConsumerNotAvailableException;
import org.apache.camel.support.DefaultProducer;
import org.apache.camel.support.service.ServiceHelper;

/** Makes the calls of an endpoint: one for each message, by any number of threads at once. */
final class LlmProducer extends DefaultProducer implements StartupListener {

    /** What tells of a call, as properties of the exchange and as headers alike. */
    private static final List<String> FACTS = List.of(
            Facts.REQUEST_ID,
            Facts.MODEL,
            Facts.PROVIDER,
            Facts.CACHE,
            Facts.ATTEMPTS,
            Facts.INPUT_TOKENS,
            Facts.OUTPUT_TOKENS,
            Facts.COST_USD,
            Facts.FINISH_REASON,
            Facts.ERROR_CODE,
            Facts.ERROR_STATUS);

    private final LlmEndpoint endpoint;
    private Endpoint chainEndpoint;
    private AsyncProducer chain;
    private Prompt prompt;

    LlmProducer(LlmEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        FACTS.forEach(exchange::removeProperty); // of a call before this one
        boolean keyless = isKeyless(exchange);
        try {
            Object body = prompt.body(exchange);
            OwnCall call = new Asking(exchange.getMessage(), endpoint)
                    .call(prompt.system(exchange), prompt.isDefaultSystem(exchange));
            call.make(exchange, body, chain);
        } catch (Exception e) {
            Exception told = told(e, keyless);
            if (exchange.getProperty(Facts.ERROR_CODE) == null) {
                Facts.refused(exchange, told);
            }
            throw told;
        } finally {
            FACTS.forEach(name -> {
                Object value = exchange.getProperty(name);
                if (value == null) {
                    exchange.getMessage().removeHeader(name);
                } else {
                    exchange.getMessage().setHeader(name, value);
                }
            });
        }
    }

    private boolean isKeyless(Exchange exchange) {
        return endpoint.keyId() == null
                && exchange.getProperty(Calls.PROPERTY) == null
                && exchange.getProperty(OwnCall.KEY_ID) == null
                && Calls.credential(
                                exchange.getMessage().getHeader("Authorization", String.class),
                                exchange.getMessage().getHeader("x-api-key", String.class))
                        == null;
    }

    /** A wrong key and a missing chain in the words of whoever writes routes; anything else as it is. */
    private Exception told(Exception e, boolean keyless) {
        if (e instanceof DirectConsumerNotAvailableException) {
            return Problem.of(ErrorCode.NO_MODEL_AVAILABLE, "Nothing answers this request now.")
                    .withDetail(e.getMessage())
                    .withCause(e);
        }
        if (e instanceof Problem problem && problem.code() == ErrorCode.INVALID_API_KEY) {
            String message = endpoint.keyId() != null
                    ? "The key that llm:" + endpoint.getOperation()
                            + " acts for (keyId) is not valid: it is unknown, disabled or expired."
                    : "The gateway asks for keys, and this call has none. Name a key of the keys file by the parameter keyId of llm:"
                            + endpoint.getOperation()
                            + ", or send one in the header 'Authorization: Bearer <key>', or in 'x-api-key'.";
            return endpoint.keyId() != null || keyless
                    ? Problem.of(ErrorCode.INVALID_API_KEY, message)
                            .withDetail(problem.detail().orElse(null))
                    : e;
        }
        return e;
    }

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        CamelContext context = endpoint.getCamelContext();
        chainEndpoint = context.getEndpoint(endpoint.chainUri());
        chain = chainEndpoint.createAsyncProducer();
        prompt = new Prompt(context, endpoint);
        ServiceHelper.initService(chain);
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        ServiceHelper.startService(chain);
        CamelContext context = endpoint.getCamelContext();
        ServiceStatus status = context.getStatus();
        if (!status.isStarted()) {
            context.addStartupListener(this);
        }
    }

    /** Fails the start where no route answers: every call would fail. */
    @Override
    public void onCamelContextStarted(CamelContext context, boolean alreadyStarted) {
        if (alreadyStarted || !isRunAllowed()) {
            return;
        }
        String uri = base(chainEndpoint.getEndpointUri());
        boolean answered = context.getRoutes().stream()
                .anyMatch(route -> base(route.getEndpoint().getEndpointUri()).equals(uri));
        if (!answered) {
            throw new IllegalStateException(endpoint.getEndpointUri() + ": no route begins with " + endpoint.chainUri()
                    + ", the chain that is to answer. Include one (classpath:camel-llm/gateway.camel.yaml), or name another with"
                    + " the parameter chain");
        }
    }

    private static String base(String uri) {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }

    @Override
    protected void doStop() throws Exception {
        ServiceHelper.stopService(chain);
        super.doStop();
    }

    @Override
    protected void doShutdown() throws Exception {
        ServiceHelper.stopAndShutdownService(chain);
        super.doShutdown();
    }
}
