package io.github.camelllm.step;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.AnswerText;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Completion;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Replay;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.RequestDialect;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.camel.Exchange;

/** The body of a message as an answer: what a route may have put there, and what is given back to a route. */
public final class AnswerBody {

    private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};

    /** The exchange property with what was last given to a route instead of an answer. */
    private static final String GIVEN = "llm.given";

    /** An answer, and the text, map or tree that a route has been given of it. */
    private record Given(Object body, Answer answer) {}

    private AnswerBody() {}

    /**
     * Makes an answer of whatever stands in the body: a text becomes the message of a chat completion; an object with {@code
     * choices}, or one for embeddings, is the answer itself; any other object is a text as well. The text of a stream, to which an EIP
     * may have converted it, is a stream. Leaves alone what is an answer
     * or a token stream already, and a body that nobody has answered.
     *
     * @throws Problem {@code internal_error} when it can be no answer
     */
    public static void normalise(Call call, Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        if (body == null || body instanceof Answer || body instanceof TokenStream || body instanceof Request) {
            return;
        }
        if (exchange.getProperty(GIVEN) instanceof Given given && given.body() == body) {
            exchange.getMessage().setBody(given.answer()); // as it was, with its id and usage
            return;
        }
        byte[] bytes = bytesOf(exchange, body);
        TokenStream stream = SharedStream.ofSse(bytes);
        exchange.getMessage().setBody(stream != null ? stream : of(call, body, bytes));
    }

    /** A body's bytes, if it is text or bytes; null for a tree, a map and what only Jackson can write. */
    private static byte[] bytesOf(Exchange exchange, Object body) {
        return body instanceof JsonNode || body instanceof Map<?, ?>
                ? null
                : body instanceof CharSequence text
                        ? text.toString().getBytes(StandardCharsets.UTF_8)
                        : exchange.getContext().getTypeConverter().tryConvertTo(byte[].class, exchange, body);
    }

    private static Answer of(Call call, Object body, byte[] bytes) {
        JsonNode tree = null;
        if (bytes == null) {
            tree = body instanceof JsonNode node ? node : Json.MAPPER.valueToTree(body);
        } else if (looksLikeObject(bytes)) {
            tree = read(bytes);
        }
        if (tree instanceof ObjectNode object
                && (call.getOperation() != Operation.CHAT
                        || object.path("choices").isArray())) {
            return new Answer(null, object);
        }
        if (call.getOperation() != Operation.CHAT) {
            throw Problem.of(ErrorCode.INTERNAL_ERROR, "The gateway has no route that answers this request.")
                    .withDetail("what the route left in the body is no answer to a request for embeddings");
        }
        String text = bytes == null
                ? tree.isTextual() ? tree.textValue() : new String(Json.write(tree), StandardCharsets.UTF_8)
                : new String(bytes, StandardCharsets.UTF_8);
        ObjectNode message = Json.object().put("role", "assistant").put("content", text);
        String model = call.getModel() == null ? call.getAsked() : call.getModel();
        Usage usage = call.getUsage() == null ? Usage.NONE : call.getUsage();
        return new Answer(null, Completion.whole(call, model, message, "stop", usage));
    }

    /** Whether a route has made a JSON object the body, as text, bytes, a map or a tree. */
    public static boolean isObject(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        return body instanceof Map<?, ?>
                || body instanceof ObjectNode
                || body instanceof CharSequence text
                        && looksLikeObject(text.toString().getBytes(StandardCharsets.UTF_8))
                || body instanceof byte[] bytes && looksLikeObject(bytes);
    }

    private static boolean looksLikeObject(byte[] bytes) {
        for (byte b : bytes) {
            if (b > ' ' || b < 0) {
                return b == '{';
            }
        }
        return false;
    }

    private static JsonNode read(byte[] bytes) {
        try {
            return Json.read(bytes);
        } catch (IOException e) {
            return null; // a text that begins like one
        }
    }

    /** The stream that a whole answer could have been, where the client wants one. */
    public static void stream(Call call, Exchange exchange) {
        if (exchange.getMessage().getBody() instanceof Answer answer
                && call.getOperation() == Operation.CHAT
                && call.isStream()) {
            exchange.getMessage()
                    .setBody(Replay.of(answer.tree(), call.getRequest().wantsStreamUsage()));
        }
    }

    /** Gives the caller the answer in the form of its request: text for text, a map for a map. */
    static void give(Call call, Exchange exchange, RequestBody asked) {
        if (!(exchange.getMessage().getBody() instanceof Answer answer)) {
            return;
        }
        RequestDialect dialect = call.getRequest().dialect();
        hand(call, exchange, dialect == null ? answer : new Answer(null, dialect.write(call, answer)), asked.form());
    }

    /** Gives the caller an answer that is in its own words already, in a form. */
    static void hand(Call call, Exchange exchange, Answer given, RequestBody.Form form) {
        Object body =
                switch (form) {
                    case TEXT -> isText(call, given) ? AnswerText.of(given.tree()) : given;
                    case MAP -> Json.MAPPER.convertValue(given.tree(), MAP);
                    case TREE -> given.tree();
                    case JSON -> given;
                };
        exchange.getMessage().setBody(body);
        if (body != given) {
            exchange.setProperty(GIVEN, new Given(body, given));
        }
    }

    /** Whether an answer is a text and nothing else. */
    private static boolean isText(Call call, Answer answer) {
        JsonNode choices = answer.tree().path("choices");
        return call.getOperation() == Operation.CHAT
                && choices.size() == 1
                && choices.path(0).path("message").path("tool_calls").isEmpty();
    }
}
