package io.github.camelllm.call;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.io.IOException;
import java.util.function.UnaryOperator;

/**
 * What a client asks, as a JSON tree in OpenAI's words that is parsed once, on first use.
 *
 * <p>Only the fields that a step acts on have accessors; everything else passes through as it came. Steps may change
 * the tree: what a later step, a tap or the model reads is what the earlier ones left. Belongs to one call and, like
 * the call, is used by one thread at a time.
 */
public final class Request {

    private static final String NO_VALUE = "The request has no JSON value in its body; an object is expected.";
    private static final String NOT_UTF8 = "The body is not valid UTF-8 JSON.";

    private final byte[] received;
    private final ObjectNode written;
    private final int receivedBytes;
    private final UnaryOperator<ObjectNode> reader;
    private final boolean ofAnyDialect;
    private RequestDialect dialect;
    private String defaultModel = "";
    private ObjectNode tree;

    /** A request still to be parsed; null stands for an empty body. */
    public Request(byte[] body) {
        this(body, null);
    }

    /**
     * A request still to be parsed, in other words than OpenAI's.
     *
     * @param reader makes OpenAI's words of the body's object, which it may change; throws a {@link Problem} when it cannot
     */
    public Request(byte[] body, UnaryOperator<ObjectNode> reader) {
        this(body, reader, false);
    }

    private Request(byte[] body, UnaryOperator<ObjectNode> reader, boolean ofAnyDialect) {
        this.reader = reader;
        this.ofAnyDialect = ofAnyDialect;
        this.received = body == null ? new byte[0] : body;
        this.written = null;
        this.receivedBytes = received.length;
    }

    /** A request that is a tree already. */
    public Request(ObjectNode tree) {
        this(tree, null, 0);
    }

    /**
     * A request still to be parsed, of whatever {@link RequestDialect} is recognised in it.
     *
     * @param model asked for where it names none; empty for none
     */
    public static Request ofAnyDialect(byte[] body, String model) {
        Request request = new Request(body, null, true);
        request.defaultModel = model;
        return request;
    }

    private Request(ObjectNode tree, UnaryOperator<ObjectNode> reader, int receivedBytes) {
        this.ofAnyDialect = false;
        this.reader = reader;
        this.received = null;
        this.written = tree.deepCopy();
        this.tree = tree;
        this.receivedBytes = receivedBytes;
    }

    /** The request as it was before any step has changed it, as one of its own. */
    public Request original() {
        return received != null ? new Request(received, reader, ofAnyDialect) : copied(written.deepCopy());
    }

    /** A copy, as it is now. Texts are shared, so its cost does not grow with them. */
    public Request copy() {
        return copied(tree().deepCopy());
    }

    /** A copy, as it is now, that asks for the answer in one piece. Texts are shared, so its cost does not grow with them. */
    public Request unstreamed() {
        ObjectNode copy = tree().deepCopy();
        copy.remove("stream");
        copy.remove("stream_options");
        return copied(copy);
    }

    private Request copied(ObjectNode copy) {
        Request request = new Request(copy, reader, receivedBytes);
        request.dialect = dialect;
        return request;
    }

    /**
     * The request's JSON object, to read and to change.
     *
     * @throws Problem {@code invalid_request} when the body is not one JSON object
     */
    public ObjectNode tree() {
        if (tree == null) {
            ObjectNode object = parse(received);
            dialect = ofAnyDialect ? RequestDialect.of(object).orElse(null) : null;
            tree = dialect != null ? dialect.read(object) : reader != null ? reader.apply(object) : object;
            if (!defaultModel.isEmpty() && !tree.has("model")) {
                tree.put("model", defaultModel);
            }
        }
        return tree;
    }

    /** Whether the client wrote in other words than OpenAI's. */
    public boolean translated() {
        return reader != null || dialect != null;
    }

    /** The dialect that has been recognised in it; null for OpenAI's, and for one whose dialect was known before. */
    public RequestDialect dialect() {
        return dialect;
    }

    /** Whether the body has been parsed, and found to be an object. */
    public boolean parsed() {
        return tree != null;
    }

    /** The body's size as it came, in bytes; 0 of a request that came as a tree. */
    public int receivedBytes() {
        return receivedBytes;
    }

    /** The model or alias asked for; null when none is named by a string. */
    public String model() {
        return tree().path("model").textValue();
    }

    /** Whether the answer is to be streamed. */
    public boolean stream() {
        return tree().path("stream").booleanValue();
    }

    /** Whether the client asked for a stream's usage ({@code stream_options.include_usage}). */
    public boolean wantsStreamUsage() {
        return tree().path("stream_options").path("include_usage").booleanValue();
    }

    /** A copy of the tree, for {@link #restore}. Texts are shared, so its cost does not grow with them. */
    public ObjectNode snapshot() {
        return tree().deepCopy();
    }

    /** Makes the request what it was; the copy belongs to the request from now on. */
    public void restore(ObjectNode snapshot) {
        tree = snapshot;
    }

    /** The request as UTF-8 JSON, with every change made so far. */
    public byte[] bytes() {
        return Json.write(tree());
    }

    private static ObjectNode parse(byte[] body) {
        if (body.length == 0) {
            throw Problem.of(ErrorCode.INVALID_REQUEST, "The request has no body; a JSON object is expected.");
        }
        if (!isUtf8(body)) {
            throw Problem.of(ErrorCode.INVALID_REQUEST, NOT_UTF8);
        }
        JsonNode node;
        try {
            node = Json.read(body);
        } catch (StreamConstraintsException e) {
            throw Problem.of(
                            ErrorCode.INVALID_REQUEST,
                            "The body is nested more than " + Json.MAX_DEPTH
                                    + " levels deep, has a number of more than 1000 digits or with a giant exponent,"
                                    + " or a field name of more than 50000 characters.")
                    .withDetail(e.getOriginalMessage());
        } catch (MismatchedInputException e) {
            String message = String.valueOf(e.getOriginalMessage());
            throw Problem.of(
                            ErrorCode.INVALID_REQUEST,
                            message.contains("Duplicate field")
                                    ? "The body names a field twice in one object" + position(e) + "."
                                    : message.contains("railing token")
                                            ? "The body goes on after its JSON object" + position(e) + "."
                                            : NO_VALUE)
                    .withDetail(message);
        } catch (JsonProcessingException e) {
            throw Problem.of(ErrorCode.INVALID_REQUEST, "The body is not valid JSON" + position(e) + ".")
                    .withDetail(e.getOriginalMessage());
        } catch (IOException e) {
            throw Problem.of(ErrorCode.INVALID_REQUEST, NOT_UTF8).withDetail(String.valueOf(e.getMessage()));
        }
        if (node.isMissingNode()) {
            throw Problem.of(ErrorCode.INVALID_REQUEST, NO_VALUE);
        }
        if (!(node instanceof ObjectNode object)) {
            throw Problem.of(
                    ErrorCode.INVALID_REQUEST, "The body is a JSON " + kindOf(node) + "; an object is expected.");
        }
        return object;
    }

    /**
     * RFC 8259, section 8.1: UTF-8 and nothing else. The parser would guess UTF-16 and UTF-32 from zeros among the
     * first four bytes, where the UTF-8 of an object has none.
     */
    private static boolean isUtf8(byte[] body) {
        for (int i = 0; i < Math.min(4, body.length); i++) {
            if (body[i] == 0) {
                return false;
            }
        }
        return Utf8.isWellFormed(body);
    }

    private static String position(JsonProcessingException e) {
        return e.getLocation() == null
                ? ""
                : " (line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr() + ")";
    }

    /** The JSON kind of a node, as an error message names it. */
    public static String kindOf(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "array";
            case BOOLEAN -> "boolean";
            case NULL -> "null";
            case NUMBER -> "number";
            case STRING -> "string";
            case OBJECT, POJO -> "object";
            case MISSING, BINARY -> "nothing";
        };
    }

    /** Never the prompt: requests end up in logs by accident. */
    @Override
    public String toString() {
        return "Request[" + receivedBytes + " bytes]";
    }
}
