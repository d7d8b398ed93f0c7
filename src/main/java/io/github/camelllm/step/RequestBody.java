package io.github.camelllm.step;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.AnswerText;
import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.RequestDialect;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.io.File;
import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.StreamCache;
import org.apache.camel.WrappedFile;

/**
 * The body of a message as a request: what a route may put there, and in which form its answer is expected.
 *
 * @param request in OpenAI's words
 * @param form of the body, and so of its answer
 */
record RequestBody(Request request, Form form) {

    /** What a body is. */
    enum Form {
        /** Text that is no JSON object: a user's message. */
        TEXT,
        /** JSON as text or bytes, an object that Jackson writes, or a {@link Request}. */
        JSON,
        MAP,
        TREE
    }

    private static final String EXPECTED =
            "expected text, or a chat request as JSON: text, bytes, a Map, a JsonNode or an"
                    + " object that Jackson can write";

    /**
     * Reads a body.
     *
     * @param operation what the call asks for: {@code chat} makes a message of a text, {@code embeddings} an input
     * @param model asked for where the body names none
     * @throws Problem {@code invalid_request} naming a body that can be no request
     */
    static RequestBody read(Exchange exchange, Object body, Operation operation, String model) {
        if (body == null) {
            return new RequestBody(new Request((byte[]) null), Form.JSON);
        }
        if (body instanceof Request request) {
            return new RequestBody(request, Form.JSON);
        }
        String said = said(body);
        if (said != null) {
            return ofText(said, operation, model, Form.TEXT);
        }
        if (body instanceof JsonNode tree) {
            return tree instanceof ObjectNode object
                    ? ofTree(object.deepCopy(), operation, model, Form.TREE)
                    : refuse(body, "a JSON " + Request.kindOf(tree));
        }
        if (isBytes(body)) {
            return ofBytes(exchange, body, operation, model);
        }
        if (body instanceof Map<?, ?>) {
            return ofTree(treeOf(body), operation, model, Form.MAP);
        }
        if (isNoObject(body)) {
            return refuse(body, nameOf(body));
        }
        return ofTree(treeOf(body), operation, model, Form.JSON);
    }

    /**
     * Makes the request of a call what a route has put in the body of its exchange: a text becomes the only message, a JSON
     * object all of the request, but for {@code model} and {@code stream} where it has none.
     */
    static RequestBody rewritten(Exchange exchange, Object body, Operation operation, ObjectNode before) {
        RequestBody read = read(exchange, body, operation, "");
        ObjectNode tree = read.request().tree();
        if (read.form() == Form.TEXT) {
            ObjectNode kept = before.deepCopy();
            kept.setAll(tree);
            return new RequestBody(new Request(kept), Form.TEXT);
        }
        for (String field : new String[] {"model", "stream", "stream_options"}) {
            if (before.has(field) && !tree.has(field)) {
                tree.set(field, before.get(field));
            }
        }
        return read;
    }

    private static String said(Object body) {
        if (body instanceof Answer answer) {
            return AnswerText.of(answer.tree());
        }
        if (body instanceof TokenStream stream) {
            return SharedStream.textOf(stream);
        }
        return null;
    }

    private static RequestBody ofBytes(Exchange exchange, Object body, Operation operation, String model) {
        byte[] bytes = body instanceof byte[] array
                ? array
                : body instanceof CharSequence text
                        ? text.toString().getBytes(StandardCharsets.UTF_8)
                        : exchange.getContext().getTypeConverter().tryConvertTo(byte[].class, exchange, body);
        if (bytes == null) {
            return refuse(body, nameOf(body));
        }
        int first = 0;
        while (first < bytes.length && bytes[first] <= ' ' && bytes[first] >= 0) {
            first++;
        }
        if (first == bytes.length || bytes[first] == '{' || startsWithMark(bytes)) {
            return new RequestBody(Request.ofAnyDialect(bytes, model), Form.JSON);
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (!(body instanceof CharSequence) && text.indexOf('\uFFFD') >= 0 && !isUtf8(bytes, text)) {
            throw Problem.of(ErrorCode.INVALID_REQUEST, "The body is neither UTF-8 text nor JSON.");
        }
        return ofText(text, operation, model, Form.TEXT);
    }

    private static boolean startsWithMark(byte[] bytes) {
        return bytes.length > 2 && bytes[0] == (byte) 0xEF && bytes[1] == (byte) 0xBB && bytes[2] == (byte) 0xBF;
    }

    private static boolean isUtf8(byte[] bytes, String text) {
        return java.util.Arrays.equals(bytes, text.getBytes(StandardCharsets.UTF_8));
    }

    private static RequestBody ofTree(ObjectNode tree, Operation operation, String model, Form form) {
        if (operation == Operation.CHAT && RequestDialect.of(tree).isPresent()) {
            return new RequestBody(Request.ofAnyDialect(Json.write(tree), model), form);
        }
        if (!tree.has("model") && !model.isEmpty()) {
            tree.put("model", model);
        }
        return new RequestBody(new Request(tree), form);
    }

    private static RequestBody ofText(String text, Operation operation, String model, Form form) {
        if (text.isBlank()) {
            throw Problem.of(ErrorCode.INVALID_REQUEST, "The body has no text; " + EXPECTED + ".");
        }
        ObjectNode tree = Json.object();
        if (!model.isEmpty()) {
            tree.put("model", model);
        }
        if (operation == Operation.CHAT) {
            tree.putArray("messages").addObject().put("role", "user").put("content", text);
        } else {
            tree.put("input", text);
        }
        return new RequestBody(new Request(tree), form);
    }

    private static ObjectNode treeOf(Object body) {
        JsonNode tree;
        try {
            tree = Json.read(Json.MAPPER.writeValueAsBytes(body));
        } catch (java.io.IOException | RuntimeException e) {
            throw wrong(nameOf(body) + " that Jackson cannot write")
                    .withDetail(String.valueOf(e.getMessage()))
                    .withCause(e);
        }
        if (tree instanceof ObjectNode object) {
            return object;
        }
        throw wrong(nameOf(body) + " that Jackson writes as a JSON " + Request.kindOf(tree));
    }

    private static boolean isBytes(Object body) {
        return body instanceof CharSequence
                || body instanceof byte[]
                || body instanceof InputStream
                || body instanceof Reader
                || body instanceof ByteBuffer
                || body instanceof StreamCache
                || body instanceof WrappedFile
                || body instanceof File
                || body instanceof Path
                || body instanceof org.w3c.dom.Node
                || body.getClass().getName().startsWith("io.vertx.");
    }

    /** Whether a body is a value, a list or the like, of which no request can be made. */
    private static boolean isNoObject(Object body) {
        String type = body.getClass().getName();
        return body instanceof Iterable
                || body instanceof FinishedCall
                || body.getClass().isArray()
                || body.getClass().isEnum()
                || type.startsWith("java.")
                || type.startsWith("jakarta.")
                || type.startsWith("org.apache.camel.");
    }

    private static RequestBody refuse(Object body, String what) {
        throw wrong(what);
    }

    private static Problem wrong(String what) {
        return Problem.of(ErrorCode.INVALID_REQUEST, "The body is " + what + "; " + EXPECTED + ".");
    }

    /** The type of a body as a person would name it: {@code a List of Integer}. */
    private static String nameOf(Object body) {
        if (body.getClass().isArray()) {
            return "an array of " + body.getClass().getComponentType().getSimpleName()
                    + (Array.getLength(body) == 0 ? ", empty" : "");
        }
        if (body instanceof Collection<?> several) {
            String kind = several instanceof java.util.List
                    ? "List"
                    : several instanceof java.util.Set ? "Set" : "Collection";
            Object first = several.isEmpty() ? null : several.iterator().next();
            return several.isEmpty()
                    ? "an empty " + kind
                    : "a " + kind + " of "
                            + (first == null ? "null" : first.getClass().getSimpleName());
        }
        String name = body.getClass().getSimpleName();
        String article = !name.isEmpty() && "AEIOU".indexOf(Character.toUpperCase(name.charAt(0))) >= 0 ? "an " : "a ";
        return article + (name.isEmpty() ? body.getClass().getName() : name);
    }
}
