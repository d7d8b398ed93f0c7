package io.github.camelllm.step;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Models;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.Ticker;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** Finds the call of an exchange, or begins one: from a queue, a file, a test or a route of the user's own. */
public final class Calls {

    /** The exchange property that holds the call. */
    public static final String PROPERTY = "llm";

    /**
     * The exchange property with which a trigger says what it asks for ({@code chat}, {@code embeddings}); chat where it
     * is absent.
     */
    public static final String OPERATION = "llm.operation";

    /** The exchange property with the model or alias asked for; see {@link #publish}. */
    public static final String ASKED = "llm.asked";

    /** The exchange property with the task that the client named, or nothing; see {@link #publish}. */
    public static final String TASK = "llm.task";

    /** The exchange property with the model that is to answer, once it is chosen; see {@link #publish}. */
    public static final String MODEL = "llm.model";

    /** The exchange property with the call's classification: {@code public} to {@code restricted}; see {@link #publish}. */
    public static final String CLASSIFICATION = "llm.classification";

    /** The exchange property with which routes name the models that may answer: names separated by commas. */
    public static final String CHAIN = "llm.chain";

    /** The exchange property with which a route that renders a prompt says of which template it is: {@code name@version}. */
    public static final String TEMPLATE = "llm.template";

    /** The exchange property with which it says what the prompt's tags are: words separated by commas. */
    public static final String TAGS = "llm.tags";

    /** The last call that has left the chain; see {@link #last}. */
    static final String LAST = "llm.last";

    /** What an exchange must not take over from another that it is a copy of, where it is to go on without it. */
    static final Set<String> OF_THE_EXCHANGE = Set.of(PROPERTY, LAST, Entry.WITHIN, Lifetime.PROPERTY);

    /** The model that is asked for where a body names none. */
    static final String DEFAULT_MODEL = "auto";

    /** Looked up once: a search by type walks Camel's registry, which is not safe while something is bound. */
    private static final Map<CamelContext, Ticker> TICKERS = Collections.synchronizedMap(new WeakHashMap<>());

    private Calls() {}

    /**
     * The call that is under way on an exchange. Where there is none one is begun: the
     * body becomes its request (see {@link RequestBody}), the headers become its own; the credential is read from {@code
     * Authorization} or {@code x-api-key}.
     *
     * @throws io.github.camelllm.problem.Problem when the body can be no request
     */
    public static Call of(Exchange exchange) {
        Call call = exchange.getProperty(PROPERTY, Call.class);
        if (call == null) {
            return attach(exchange, begin(exchange, read(exchange)));
        }
        return call;
    }

    /**
     * The same for a processor that stands in for a model: the call's request is what its body holds now.
     *
     * @throws io.github.camelllm.problem.Problem when the body can be no request
     */
    public static Call asked(Exchange exchange) {
        Call call = of(exchange);
        rewrite(exchange, call);
        return call;
    }

    /**
     * Makes the request what a route has put in the body since the last step, if it has.
     *
     * @return the form of what the route has put there; JSON where it has not
     */
    static RequestBody.Form rewrite(Exchange exchange, Call call) {
        Message message = exchange.getMessage();
        Object body = message.getBody();
        RequestBody.Form form = RequestBody.Form.JSON;
        if (body == call.getRequest()) {
            return form;
        }
        if (body instanceof Request request) {
            call.rewrite(request.tree());
        } else if (body != null) { // else some producer has used it up
            RequestBody written = RequestBody.rewritten(
                    exchange, body, call.getOperation(), call.getRequest().tree());
            form = written.form();
            call.rewrite(written.request().tree());
        }
        message.setBody(call.getRequest());
        return form;
    }

    /** The last call that has left the chain on an exchange; null when none has. */
    public static Call last(Exchange exchange) {
        return exchange.getProperty(LAST, Call.class);
    }

    /** Says that the client of a call has its answer: what the exchange does from here on is no call of that client. */
    public static void received(Exchange exchange, Call call) {
        exchange.removeProperty(PROPERTY);
        if (last(exchange) == null) {
            exchange.setProperty(LAST, call);
        }
    }

    /** Reads the body of an exchange as the request of a new call. */
    static RequestBody read(Exchange exchange) {
        String model = exchange.getProperty(ASKED, DEFAULT_MODEL, String.class);
        return RequestBody.read(exchange, exchange.getMessage().getBody(), operation(exchange), model);
    }

    /** The same of another call of a client: one that names no model, or is a text, asks for what the client has asked for. */
    static RequestBody read(Exchange exchange, Call client) {
        String model = client.getAsked().isEmpty() ? DEFAULT_MODEL : client.getAsked();
        RequestBody body = RequestBody.read(
                exchange,
                exchange.getMessage().getBody(),
                client.getOperation(),
                exchange.getProperty(ASKED, model, String.class));
        if (body.form() == RequestBody.Form.TEXT
                && client.isAwaited()
                && client.isStream()
                && Lifetime.of(exchange).isOf(exchange)) { // else a copy, for which nobody waits
            for (String field : List.of("stream", "stream_options")) {
                if (client.getRequest().tree().has(field)) {
                    body.request().tree().set(field, client.getRequest().tree().get(field));
                }
            }
        }
        return body;
    }

    private static Operation operation(Exchange exchange) {
        return Operation.of(exchange.getProperty(OPERATION, Operation.CHAT.label(), String.class));
    }

    /** Puts a call, new to the exchange, where routes and steps find it; the body becomes its request. */
    public static Call attach(Exchange exchange, Call call) {
        Lifetime.of(exchange);
        exchange.setProperty(PROPERTY, call);
        exchange.getMessage().setBody(call.getRequest());
        return call;
    }

    /**
     * Puts what routes ask of every call where they find it at once.
     *
     * <p>{@code ${exchangeProperty.llm.asked}} reads the exchange property of that whole name if there is one, and only
     * else calls the getter of the property {@code llm}, for which Camel 4.18 copies the exchange twice: without this,
     * the shipped choice and {@code toD} take a third of a call's time. A step that changes what is published here
     * publishes again.
     */
    public static void publish(Exchange exchange, Call call) {
        exchange.setProperty(ASKED, call.getAsked());
        exchange.setProperty(TASK, call.getTask());
        exchange.setProperty(CLASSIFICATION, call.getClassification().label());
        if (call.getModel() != null) {
            exchange.setProperty(MODEL, call.getModel());
        }
    }

    /** A call of what the headers of a message say. */
    static Call begin(Exchange exchange, RequestBody body) {
        Message message = exchange.getMessage();
        CallHeaders headers = new CallHeaders();
        for (String name : CallHeaders.KNOWN) {
            String value = message.getHeader(name, String.class);
            if (value == null) {
                // Names with hyphens are not allowed in JMS, so X_LLM_User says the same there.
                value = message.getHeader(name.replace('-', '_'), String.class);
            }
            headers.put(name, value);
        }
        String credential = credential(
                message.getHeader("Authorization", String.class), message.getHeader("x-api-key", String.class));
        return new Call(ticker(exchange.getContext()), operation(exchange), headers, credential, body.request());
    }

    /** The clocks of a context: a {@link Ticker} bean if there is one, else the machine's. Not for the hot path. */
    public static Ticker ticker(CamelContext context) {
        return TICKERS.computeIfAbsent(context, Calls::findTicker);
    }

    /**
     * The models of a context. Not for the hot path.
     *
     * @throws IllegalStateException saying what to declare, when no bean of that type is bound
     */
    public static Models models(CamelContext context) {
        Models models = context.getRegistry().findSingleByType(Models.class);
        if (models == null) {
            throw new IllegalStateException("no bean of type " + Models.class.getName()
                    + ": declare one (models) in the beans of a route file");
        }
        return models;
    }

    private static Ticker findTicker(CamelContext context) {
        return bound(context, Ticker.class, Ticker.SYSTEM);
    }

    /** The only bean of that type in a context, or another where there is none. Not for the hot path. */
    public static <T> T bound(CamelContext context, Class<T> type, T otherwise) {
        T found = context.getRegistry().findSingleByType(type);
        return found == null ? otherwise : found;
    }

    /** The virtual key in an {@code Authorization: Bearer} or else an {@code x-api-key} header; null if in neither. */
    public static String credential(String authorization, String apiKey) {
        if (authorization != null && authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return authorization.substring(7).strip();
        }
        return apiKey == null || apiKey.isBlank() ? null : apiKey.strip();
    }
}
