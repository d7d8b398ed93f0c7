package io.github.camelllm.step;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Models;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.Ticker;
import java.util.Collections;
import java.util.Map;
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

    /** Looked up once: a search by type walks Camel's registry, which is not safe while something is bound. */
    private static final Map<CamelContext, Ticker> TICKERS = Collections.synchronizedMap(new WeakHashMap<>());

    private Calls() {}

    /**
     * The call that an exchange carries. Where it carries none, its body becomes the request and its headers become
     * those of the call; the credential is read from {@code Authorization} or {@code x-api-key}.
     *
     * @throws io.github.camelllm.problem.Problem when the body cannot be read as bytes
     */
    public static Call of(Exchange exchange) {
        Call call = exchange.getProperty(PROPERTY, Call.class);
        if (call == null) {
            call = begin(exchange);
        }
        return call;
    }

    /** Puts a call, new to the exchange, where routes and steps find it; the body becomes its request. */
    public static Call attach(Exchange exchange, Call call) {
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

    private static Call begin(Exchange exchange) {
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
        Request request =
                message.getBody() instanceof Request ready ? ready : new Request(message.getBody(byte[].class));
        Operation operation = Operation.of(exchange.getProperty(OPERATION, Operation.CHAT.label(), String.class));
        String credential = credential(
                message.getHeader("Authorization", String.class), message.getHeader("x-api-key", String.class));
        return attach(exchange, new Call(ticker(exchange.getContext()), operation, headers, credential, request));
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
