package io.github.camelllm.step;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.AnswerText;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.RequestDialect;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.StreamCache;

/**
 * A call that is made for a route on its exchange, with settings of its own, apart from any call that is under way on it.
 *
 * <p>Where there is one, the new call is another of the same caller, who leaves both at once, unless it acts for a key of its
 * own. What stood on the exchange to steer that other call stands there again afterwards.
 *
 * @param operation what it asks for
 * @param model asked for where the body names none
 * @param headers what the headers of {@link CallHeaders} say, by their names
 * @param keyId the id of the virtual key that it acts for; null for none
 * @param credential the virtual key that it brings; null for that of the message or of the caller
 * @param timeout how long it may take at most; null where nobody has said
 * @param form in which the answer is given; null for the one that the body suggests
 * @param edit changes the request before it is sent
 */
public record OwnCall(
        Operation operation,
        String model,
        Map<String, String> headers,
        String keyId,
        String credential,
        Duration timeout,
        Form form,
        Consumer<ObjectNode> edit) {

    /** The form of an answer. */
    public enum Form {
        /** What the first choice says, as a String. */
        TEXT,
        /** A chat completion, or embeddings. */
        JSON,
        /** Events, one after the other. */
        STREAM
    }

    /** The exchange property in which {@code authenticate} finds the id of the key that a trusted route acts for. */
    public static final String KEY_ID = "llm.keyId";

    /** What the call must not find on the exchange, and what must be there again after it. */
    private static final List<String> STATE = List.of(
            Calls.PROPERTY,
            Entry.WITHIN,
            Calls.ASKED,
            Calls.TASK,
            Calls.MODEL,
            Calls.CLASSIFICATION,
            Calls.CHAIN,
            Calls.TEMPLATE,
            Calls.TAGS);

    private static final List<String> CREDENTIALS = List.of("Authorization", "x-api-key");

    /**
     * Makes the call. The answer becomes the body; the headers of the message stay.
     *
     * @param body the request, as {@code direct:llm-chat} takes it
     * @param chain the chain that answers
     * @throws Exception why there is no answer: a {@link Problem} unless a line of a route has thrown another. Body and headers
     *     are as before then
     */
    public void make(Exchange exchange, Object body, Processor chain) throws Exception {
        Message message = exchange.getMessage();
        Object bodyBefore = message.getBody();
        Map<String, Object> headersBefore = new HashMap<>(message.getHeaders());
        Map<String, Object> before = new HashMap<>();
        STATE.forEach(name -> before.put(name, exchange.removeProperty(name)));
        Object keyBefore = exchange.getProperty(KEY_ID);
        Call call = null;
        try {
            RequestBody asked =
                    RequestBody.read(exchange, body instanceof Request other ? other.copy() : body, operation, model);
            ObjectNode tree = asked.request().tree();
            if (!tree.has("model")) {
                tree.put("model", model);
            }
            edit.accept(tree);
            wantForm(tree);
            Request request = asked.request().copy();
            call = begin(exchange, (Call) before.get(Calls.PROPERTY), request);
            if (keyId != null) {
                exchange.setProperty(KEY_ID, keyId);
            }
            Calls.attach(exchange, call);
            chain.process(exchange);
            if (exchange.getException() != null) {
                Exception failure = exchange.getException();
                exchange.setException(null);
                throw failure;
            }
            give(exchange, call, asked.form());
            headersBefore.forEach((name, value) -> {
                if (CREDENTIALS.stream().anyMatch(name::equalsIgnoreCase)) {
                    exchange.getMessage().setHeader(name, value); // the route's own, which authenticate has taken
                }
            });
        } catch (Throwable e) {
            if (bodyBefore instanceof StreamCache cache) {
                cache.reset();
            }
            restore(exchange, message, bodyBefore, headersBefore);
            throw e;
        } finally {
            before.forEach((name, value) -> put(exchange, name, value));
            put(exchange, KEY_ID, keyBefore);
        }
    }

    /** Whatever a failed producer has left in the OUT message would hide what error handlers are to find. */
    @SuppressWarnings("deprecation")
    private static void restore(Exchange exchange, Message message, Object body, Map<String, Object> headers) {
        exchange.setOut(null);
        exchange.setMessage(message);
        message.setBody(body);
        message.setHeaders(headers);
    }

    private Call begin(Exchange exchange, Call outer, Request request) {
        Call call;
        if (outer != null && keyId == null && credential == null) {
            call = outer.another(operation, request);
            headers.forEach(call.headers()::put);
        } else {
            CallHeaders own = new CallHeaders();
            for (String name : List.of("x-request-id", "traceparent")) {
                own.put(name, exchange.getMessage().getHeader(name, String.class));
            }
            headers.forEach(own::put);
            call = new Call(Calls.ticker(exchange.getContext()), operation, own, credential(exchange), request);
            if (outer != null) {
                outer.cancellation().onCancel(call.cancellation()::cancel);
            }
        }
        if (timeout != null) {
            call.deadline(call.startedNanos() + timeout.toNanos());
        }
        return call;
    }

    private String credential(Exchange exchange) {
        if (credential != null || keyId != null) {
            return credential;
        }
        Message message = exchange.getMessage();
        return Calls.credential(
                message.getHeader("Authorization", String.class), message.getHeader("x-api-key", String.class));
    }

    private void wantForm(ObjectNode tree) {
        if (form == Form.STREAM) {
            tree.put("stream", true);
        } else if (form != null) {
            tree.remove("stream");
            tree.remove("stream_options");
        }
    }

    private void give(Exchange exchange, Call call, RequestBody.Form asked) {
        AnswerBody.normalise(call, exchange);
        Object body = exchange.getMessage().getBody();
        if (body instanceof TokenStream stream) {
            exchange.getMessage().setBody(SharedStream.of(stream, () -> {}));
            return;
        }
        if (!(body instanceof Answer answer)) {
            throw Problem.of(ErrorCode.INTERNAL_ERROR, "The gateway has no route that answers this request.")
                    .withDetail("no step of the chain left an answer in the body");
        }
        RequestBody.Form given = form == Form.TEXT
                ? RequestBody.Form.TEXT
                : form == Form.JSON && asked == RequestBody.Form.TEXT ? RequestBody.Form.JSON : asked;
        AnswerBody.hand(call, exchange, answer, given);
        if (form == Form.TEXT && exchange.getMessage().getBody() == answer) {
            RequestDialect dialect = call.getRequest().dialect();
            exchange.getMessage().setBody(dialect == null ? AnswerText.of(answer.tree()) : textOf(answer.tree()));
        }
    }

    /** The text of a message whose content is a list of blocks. */
    private static String textOf(JsonNode message) {
        StringBuilder text = new StringBuilder();
        message.path("content").forEach(block -> text.append(block.path("text").asText("")));
        return text.toString();
    }

    private static void put(Exchange exchange, String name, Object value) {
        if (value == null) {
            exchange.removeProperty(name);
        } else {
            exchange.setProperty(name, value);
        }
    }
}
