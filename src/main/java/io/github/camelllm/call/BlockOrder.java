package io.github.camelllm.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/**
 * The order of the blocks of an Anthropic assistant's message, whose thinking, texts and tool calls OpenAI's words keep
 * apart: {@code [{"type":"other"},{"type":"text","length":12,"citations":[...]},{"type":"tool_use"},...]}, where other is one
 * of {@code thinking_blocks}. It is a hint: whoever changes the message need not care for it.
 */
public final class BlockOrder {

    /** The field of a message. */
    public static final String FIELD = "block_order";

    private BlockOrder() {}

    /** What is known of a block of text. */
    private static final Set<String> TEXT = Set.of("type", "text", "citations", "cache_control");

    /** Notes the order of these blocks, unless it is the usual one: others, plain texts, tool calls. */
    public static void note(JsonNode blocks, ObjectNode message) {
        ArrayNode order = JsonNodeFactory.instance.arrayNode();
        boolean usual = true;
        int last = 0;
        for (JsonNode block : blocks) {
            ObjectNode entry = order.addObject();
            int rank =
                    switch (block.path("type").asText("")) {
                        case "text" -> 1;
                        case "tool_use" -> 2;
                        default -> 0;
                    };
            if (rank == 1) {
                entry.put("type", "text")
                        .put("length", block.path("text").asText("").length());
                if (!block.path("citations").isEmpty()) {
                    entry.set("citations", block.get("citations"));
                    usual = false;
                }
                ObjectNode others = NativeFields.beyond(TEXT, block);
                NativeFields.keep(AnthropicWords.NATIVE_FIELDS, others, entry);
                usual &= others.isEmpty();
            } else {
                entry.put("type", rank == 2 ? "tool_use" : "other");
            }
            usual &= rank >= last;
            last = Math.max(rank, last);
        }
        if (!usual) {
            message.set(FIELD, order);
        }
    }

    /**
     * Puts blocks together in the order noted; in the usual one where none is, or where the message is no more what it was.
     * One text is cut into those noted.
     */
    public static ArrayNode weave(JsonNode order, ArrayNode others, ArrayNode texts, ArrayNode toolUses) {
        ArrayNode pieces = pieces(order, texts);
        ArrayNode result = JsonNodeFactory.instance.arrayNode();
        if (pieces == null
                || count(order, "other") != others.size()
                || count(order, "tool_use") != toolUses.size()
                || order.size() != others.size() + toolUses.size() + pieces.size()) {
            return result.addAll(others).addAll(texts).addAll(toolUses);
        }
        int other = 0;
        int text = 0;
        int toolUse = 0;
        for (JsonNode entry : order) {
            switch (entry.path("type").asText("")) {
                case "text" -> result.add(pieces.get(text++));
                case "tool_use" -> result.add(toolUses.get(toolUse++));
                default -> result.add(others.get(other++));
            }
        }
        return result;
    }

    private static int count(JsonNode order, String type) {
        int count = 0;
        for (JsonNode entry : order) {
            count += entry.path("type").asText("").equals(type) ? 1 : 0;
        }
        return count;
    }

    /** The texts as they were; null when they are others now. */
    private static ArrayNode pieces(JsonNode order, ArrayNode texts) {
        int count = count(order, "text");
        if (order.isEmpty() || texts.size() > 1 && texts.size() != count) {
            return null;
        }
        if (texts.size() > 1) {
            return texts;
        }
        String whole = texts.path(0).path("text").asText("");
        ArrayNode pieces = JsonNodeFactory.instance.arrayNode();
        int from = 0;
        for (JsonNode entry : order) {
            if (entry.path("type").asText("").equals("text")) {
                int length = entry.path("length").asInt(-1);
                if (length < 0 || length > whole.length() - from) {
                    return null;
                }
                ObjectNode piece =
                        count == 1 && texts.size() == 1 ? ((ObjectNode) texts.get(0)).deepCopy() : pieces.objectNode();
                piece.put("type", "text").put("text", whole.substring(from, from + length));
                if (entry.path("citations").isArray()) {
                    piece.set("citations", entry.get("citations"));
                }
                NativeFields.putBack(entry.path(AnthropicWords.NATIVE_FIELDS), piece);
                pieces.add(piece);
                from += length;
            }
        }
        return from == whole.length() ? pieces : null;
    }
}
