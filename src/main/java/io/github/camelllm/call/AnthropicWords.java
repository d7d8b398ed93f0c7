package io.github.camelllm.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a request of an Anthropic client says beyond OpenAI's words, and where the tree keeps it for a model that
 * understands it: top-level fields by their own names ({@code thinking}, {@code top_k}, {@code metadata}, {@code
 * output_config}, ...); {@code cache_control} on content parts, tools, tool calls and tool messages; {@code is_error} on a
 * tool message, and images among its content; {@code title}, {@code context} and {@code citations} on a document's part,
 * which says {@code document: true} where it is one of text; tools that run at Anthropic as they came; any other block as a
 * part {@code {"type":"anthropic_block","block":{...}}}; fields that nobody here knows in {@link #NATIVE_FIELDS} of what a
 * block became, and those of a message in {@link #NATIVE_MESSAGE}. An assistant's message has {@code thinking_blocks}, as they came,
 * with the blocks of Anthropic's own tools among them, and {@link BlockOrder#FIELD}.
 *
 * <p>Answers and deltas carry {@code thinking_blocks} likewise; in a stream each is a piece of a block, told apart by its
 * {@code type}, and a {@code signature} ends the block. {@code citations} in a delta belong to the text before or behind
 * them; an empty array of them begins a block of text. What else an Anthropic model says at the end of an answer ({@code
 * stop_details}, {@code container}) stands in {@link #NATIVE_FIELDS} of the choice, what it counts beyond tokens ({@code
 * server_tool_use}, {@code service_tier}) in {@link #NATIVE_USAGE} of the usage. Tool calls, and entries of the block order,
 * have {@link #NATIVE_FIELDS} as well, for Anthropic's clients alone.
 */
public final class AnthropicWords {

    /** The type of a part that only Anthropic's models can read. */
    public static final String BLOCK = "anthropic_block";

    /** The field of a finished choice with what OpenAI has no words for, as it came. */
    public static final String NATIVE_FIELDS = "native_fields";

    /** The same of the usage. */
    public static final String NATIVE_USAGE = "native_usage";

    /** The field of a message with the fields of the client's message that it was made of; see {@link NativeFields}. */
    public static final String NATIVE_MESSAGE = "native_message";

    /** The field of a stream's first choice with what its {@code message_start} says of the message beyond OpenAI's words. */
    public static final String NATIVE_START = "native_start";

    /** The field of a choice with what a {@code message_delta} says beside its delta and usage. */
    public static final String NATIVE_END = "native_end";

    /** The field of a choice with an event of a type unknown here. */
    public static final String NATIVE_EVENT = "native_event";

    /** The field of a delta with a {@code content_block} that begins, of text or thinking, if it is to be told apart. */
    public static final String NATIVE_BLOCK = "native_block";

    /** The field of a delta with a delta of a type unknown here, of the block begun last. */
    public static final String NATIVE_DELTA = "native_delta";

    /** Fields of the request that no other dialect has, or that mean something else there. */
    private static final List<String> FIELDS = List.of(
            "metadata",
            "output_config",
            "output_format",
            "service_tier",
            "container",
            "context_management",
            "mcp_servers",
            "inference_geo",
            "speed");

    /** Those without which the answer is another one, or comes from where it must not; the rest tune it. */
    private static final Set<String> DEMANDS = Set.of("container", "mcp_servers", "inference_geo");

    /** What some providers of OpenAI's dialect take from any client, or ignore. */
    private static final List<String> HINTS = List.of("thinking", "top_k", "cache_control");

    private static final List<String> NESTED_HINTS =
            List.of("cache_control", "thinking_blocks", "extra_content", NATIVE_FIELDS);
    private static final List<String> NESTED = List.of(
            "is_error", "title", "context", "citations", "document", BlockOrder.FIELD, NATIVE_FIELDS, NATIVE_MESSAGE);

    private final ObjectNode wire;
    private final boolean translated;
    private final Consumer<String> dropped;
    private final Set<String> names = new HashSet<>();

    private AnthropicWords(ObjectNode wire, boolean translated, boolean hints, Consumer<String> dropped) {
        this.wire = wire;
        this.translated = translated;
        this.dropped = dropped;
        names.addAll(translated ? NESTED : List.of());
        names.addAll(hints ? NESTED_HINTS : List.of());
    }

    /**
     * Takes it out of an object that is going to a model of another dialect. A tool's failure becomes text, its images go to
     * the user's message that follows. The object is changed, what it holds is not: it is shared with the request.
     *
     * @param translated whether an Anthropic client wrote the request
     * @param hints whether the model knows none of the hints: {@code cache_control}, {@code thinking}, {@code
     *     thinking_blocks}, {@code top_k}, and Gemini's {@code extra_content}
     * @param dropped told the name of each that has gone, or its place where that is a {@linkplain #isDemand demand}
     */
    public static void drop(ObjectNode wire, boolean translated, boolean hints, Consumer<String> dropped) {
        new AnthropicWords(wire, translated, hints, dropped).drop(hints);
    }

    /** Whether a client that asked for this is not served without it. */
    public static boolean isDemand(String dropped) {
        return DEMANDS.contains(dropped) || dropped.endsWith("]");
    }

    private void drop(boolean hints) {
        for (String field : translated ? FIELDS : List.<String>of()) {
            top(field);
        }
        for (String field : hints ? HINTS : List.<String>of()) {
            top(field);
        }
        if (!names.isEmpty() && wire.path("messages") instanceof ArrayNode messages) {
            ArrayNode plain = JsonNodeFactory.instance.arrayNode(messages.size());
            for (int i = 0; i < messages.size(); i++) {
                plain.add(message(messages.get(i), "messages[" + i + "]"));
            }
            wire.set("messages", translated ? ToolMedia.apart(plain) : plain);
        }
        if (!names.isEmpty() && wire.path("tools") instanceof ArrayNode tools) {
            tools(tools);
        }
    }

    private void top(String field) {
        JsonNode value = wire.remove(field);
        if (value != null && !value.isNull() && !isTranslated(field, value)) {
            dropped.accept(field);
        }
    }

    /** A format alone stands in {@code response_format} as well. */
    private static boolean isTranslated(String field, JsonNode value) {
        return field.equals("output_format")
                || field.equals("output_config") && value.has("format") && value.size() == 1;
    }

    private JsonNode message(JsonNode node, String where) {
        if (!(plain(node) instanceof ObjectNode message)) {
            return node;
        }
        if (message.path("content") instanceof ArrayNode parts) {
            message.set("content", each(parts, where + ".content"));
        }
        if (message.path("tool_calls") instanceof ArrayNode calls) {
            message.set("tool_calls", each(calls, where + ".tool_calls"));
        }
        if (translated && node.path("is_error").booleanValue()) {
            fail(message);
        }
        return message;
    }

    private static void fail(ObjectNode toolMessage) {
        String failed = "The tool failed.";
        if (toolMessage.path("content") instanceof ArrayNode parts) {
            parts.insertObject(0).put("type", "text").put("text", failed);
        } else {
            String text = toolMessage.path("content").asText("");
            toolMessage.put("content", text.isEmpty() ? failed : failed + "\n" + text);
        }
    }

    private ArrayNode each(ArrayNode nodes, String where) {
        ArrayNode result = JsonNodeFactory.instance.arrayNode(nodes.size());
        for (int i = 0; i < nodes.size(); i++) {
            if (translated && nodes.get(i).path("type").asText("").equals(BLOCK)) {
                dropped.accept(where + "[" + i + "]");
            } else {
                result.add(plain(nodes.get(i)));
            }
        }
        return result;
    }

    private void tools(ArrayNode tools) {
        ArrayNode plain = JsonNodeFactory.instance.arrayNode(tools.size());
        for (int i = 0; i < tools.size(); i++) {
            if (!(plain(tools.get(i)) instanceof ObjectNode tool)) {
                plain.add(tools.get(i));
            } else if (!translated) {
                if (tool.path("function").isObject()) {
                    tool.set("function", plain(tool.get("function")));
                }
                plain.add(tool);
            } else if (tool.has("function")) {
                plain.add(tool.retain("type", "function", "cache_control"));
            } else {
                dropped.accept("tools[" + i + "]");
            }
        }
        wire.set("tools", plain);
        if (plain.isEmpty()) {
            wire.remove(List.of("tools", "tool_choice", "parallel_tool_calls"));
        }
    }

    /** A copy without; hints are told of. */
    private JsonNode plain(JsonNode node) {
        if (!(node instanceof ObjectNode object)) {
            return node;
        }
        ObjectNode copy = JsonNodeFactory.instance.objectNode().setAll(object);
        for (String name : names) {
            JsonNode gone = copy.remove(name);
            if (gone != null && (name.equals(NATIVE_FIELDS) || name.equals(NATIVE_MESSAGE))) {
                gone.fieldNames().forEachRemaining(dropped);
            } else if (gone != null && NESTED_HINTS.contains(name)) {
                dropped.accept(name);
            }
        }
        return copy;
    }
}
