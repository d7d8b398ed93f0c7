package io.github.camelllm.call.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.camelllm.call.text.TextPlace.Kind;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds every place in a request where text stands. Ids, binary data, links, signatures and what only steers the model are no
 * text; neither are {@code thinking_blocks}, which providers have signed, but for those of a type unknown here.
 */
public final class RequestTexts {

    /** Top-level fields without text. */
    private static final Set<String> SETTINGS = Set.of(
            "model",
            "models",
            "stream",
            "stream_options",
            "service_tier",
            "reasoning_effort",
            "reasoning",
            "thinking",
            "verbosity",
            "tool_choice",
            "function_call",
            "modalities",
            "audio",
            "stop",
            "logit_bias",
            "encoding_format",
            "cache_control",
            "container",
            "mcp_servers",
            "inference_geo",
            "speed",
            "prompt_cache_retention",
            "web_search_options");

    /** Fields, at any depth, that hold no text. */
    private static final Set<String> NO_TEXT = Set.of(
            "id",
            "type",
            "role",
            "detail",
            "format",
            "media_type",
            "url",
            "data",
            "file_data",
            "file_id",
            "input_audio",
            "image_url",
            "audio",
            "tool_call_id",
            "tool_use_id",
            "signature",
            "thought_signature",
            "extra_content",
            "encrypted_content",
            "encrypted_index",
            "cache_control",
            "thinking_blocks",
            "block_order");

    /** The same in fields that the gateway does not know. */
    private static final Set<String> BINARY =
            Set.of("url", "data", "file_data", "image_url", "input_audio", "signature");

    /** Members of a JSON schema whose texts are structure. */
    private static final Set<String> SCHEMA_WORDS = Set.of(
            "type",
            "format",
            "pattern",
            "required",
            "$ref",
            "$schema",
            "$id",
            "$anchor",
            "$dynamicRef",
            "contentEncoding");

    /** Types of blocks among {@code thinking_blocks} that Anthropic has made, and may want back as they were. */
    private static final Pattern SIGNED = Pattern.compile(
            "(redacted_)?thinking|(server|mcp)_tool_use|[a-z_]+_tool_result|container_upload|compaction");

    private final ObjectNode tree;
    private final TextVisitor visitor;
    private boolean changed;

    private RequestTexts(ObjectNode tree, TextVisitor visitor) {
        this.tree = tree;
        this.visitor = visitor;
    }

    /**
     * Shows a visitor every text of a request, in the order in which they stand in its messages, and then the others; and puts
     * in their places what it returns.
     *
     * @return whether anything was changed
     */
    public static boolean rewrite(ObjectNode request, TextVisitor visitor) {
        RequestTexts texts = new RequestTexts(request, visitor);
        texts.all();
        return texts.changed;
    }

    private void all() {
        JsonNode messages = tree.path("messages");
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i) instanceof ObjectNode message) {
                message(message, i);
            }
        }
        for (Map.Entry<String, JsonNode> field : tree.properties()) {
            String name = field.getKey();
            switch (name) {
                case "messages" -> {
                    // seen already
                }
                case "input" -> list(name, Kind.INPUT, field.getValue());
                case "prediction" -> inside(Kind.ASSISTANT, name, -1, "", field.getValue(), false);
                case "user", "safety_identifier", "prompt_cache_key", "metadata" ->
                    list(name, Kind.IDENTIFIER, field.getValue());
                case "tools", "functions", "response_format", "output_config", "output_format" ->
                    definitions(name, field.getValue());
                default -> {
                    if (!SETTINGS.contains(name)) {
                        list(name, Kind.OTHER, field.getValue());
                    }
                }
            }
        }
    }

    /** A top-level field that is a text itself, or has texts in it. */
    private void list(String name, Kind kind, JsonNode value) {
        if (value.isTextual()) {
            String text = value.textValue();
            String other = see(kind, name, -1, "", text);
            if (other != text) {
                tree.put(name, other); // a field that is there: the iteration goes on
            }
        } else if (value instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                item(array, i, kind, name, i, "", false);
            }
        } else {
            inside(kind, name, -1, "", value, false);
        }
    }

    private void definitions(String name, JsonNode value) {
        if (value instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                JsonNode tool = array.get(i);
                if (name.equals("tools") && !tool.has("function") && !tool.has("custom") && !tool.has("input_schema")) {
                    continue; // runs at the provider, and has settings: hosts, places, credentials
                }
                inside(Kind.DEFINITION, name, i, "", tool, true);
            }
        } else {
            inside(Kind.DEFINITION, name, -1, "", value, true);
        }
    }

    private void message(ObjectNode message, int index) {
        Kind kind =
                switch (message.path("role").asText("")) {
                    case "system", "developer" -> Kind.SYSTEM;
                    case "assistant" -> Kind.ASSISTANT;
                    case "tool", "function" -> Kind.TOOL_RESULT;
                    default -> Kind.USER;
                };
        for (Map.Entry<String, JsonNode> field : message.properties()) {
            String name = field.getKey();
            JsonNode value = field.getValue();
            if (name.equals("thinking_blocks")) {
                unknownBlocks(value, index);
            }
            if (NO_TEXT.contains(name)) {
                continue;
            }
            if (name.equals("tool_calls") || name.equals("function_call")) {
                inside(Kind.TOOL_ARGUMENTS, "messages", index, name, value, false);
            } else if (value.isTextual()) {
                Kind of = name.equals("name") && kind != Kind.TOOL_RESULT ? Kind.NAME : kind;
                if (name.equals("name") && kind == Kind.TOOL_RESULT) {
                    continue; // the function's
                }
                String other = see(of, "messages", index, name, value.textValue());
                if (other != value.textValue()) {
                    message.put(name, other);
                }
            } else if (value instanceof ArrayNode parts) {
                for (int i = 0; i < parts.size(); i++) {
                    item(parts, i, kindOf(parts.get(i), kind), "messages", index, name + "[" + i + "]", false);
                }
            } else {
                inside(kind, "messages", index, name, value, false);
            }
        }
    }

    /** Blocks that nobody signs, as far as is known here. */
    private void unknownBlocks(JsonNode blocks, int message) {
        for (int i = 0; i < blocks.size(); i++) {
            if (!SIGNED.matcher(blocks.get(i).path("type").asText("")).matches()) {
                inside(Kind.ASSISTANT, "messages", message, "thinking_blocks[" + i + "]", blocks.get(i), false);
            }
        }
    }

    private static Kind kindOf(JsonNode part, Kind kind) {
        boolean block = part.path("type").asText("").equals("anthropic_block");
        return kind != Kind.TOOL_RESULT && (block || part.path("document").booleanValue()) ? Kind.DOCUMENT : kind;
    }

    private static boolean isNoText(Kind kind, String name, JsonNode parent) {
        return switch (kind) {
            case NAME, IDENTIFIER -> false;
            case OTHER -> BINARY.contains(name);
            default ->
                NO_TEXT.contains(name)
                        && !(name.equals("data")
                                && parent.path("type").asText("").equals("text"));
        };
    }

    /** The texts in an object or array. */
    private void inside(Kind kind, String list, int item, String path, JsonNode node, boolean schema) {
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                String name = field.getKey();
                JsonNode value = field.getValue();
                if (schema ? SCHEMA_WORDS.contains(name) && !value.isObject() : isNoText(kind, name, object)) {
                    continue;
                }
                if (name.equals("name") && (schema || kind == Kind.TOOL_ARGUMENTS)) {
                    if (value.isObject()) { // a parameter of that name
                        inside(kind, list, item, path.isEmpty() ? name : path + "." + name, value, schema);
                    }
                    continue; // else the function's
                }
                String below = path.isEmpty() ? name : path + "." + name;
                if (value.isTextual()) {
                    Kind of = name.equals("filename") ? Kind.NAME : kind;
                    String other = see(of, list, item, below, value.textValue());
                    if (other != value.textValue()) {
                        object.put(name, other);
                    }
                } else if (value.isContainerNode()) {
                    inside(kind, list, item, below, value, schema);
                }
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                item(array, i, kind, list, item, path + "[" + i + "]", schema);
            }
        }
    }

    private void item(ArrayNode array, int i, Kind kind, String list, int item, String path, boolean schema) {
        JsonNode value = array.get(i);
        if (value.isTextual()) {
            String other = see(kind, list, item, path, value.textValue());
            if (other != value.textValue()) {
                array.set(i, TextNode.valueOf(other));
            }
        } else if (value.isContainerNode()) {
            inside(kind, list, item, path, value, schema);
        }
    }

    private String see(Kind kind, String list, int item, String field, String text) {
        TextPlace place = new TextPlace(kind, list, item, field, null);
        String other = JsonText.rewrite(text, (label, value) -> visitor.visit(place.under(label), value));
        changed |= other != text;
        return other;
    }
}
