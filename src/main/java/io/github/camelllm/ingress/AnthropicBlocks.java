package io.github.camelllm.ingress;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.camelllm.call.AnthropicWords;
import io.github.camelllm.call.DataUrl;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.NativeFields;
import java.util.List;
import java.util.Set;

/** Anthropic's content blocks as OpenAI's content parts. */
final class AnthropicBlocks {

    private static final String SOURCE = "an object with a type";
    private static final String SOURCES = "the type of the source, such as base64 or url";

    private static final Set<String> SOURCE_FIELDS = Set.of("type", "media_type", "data", "url");

    /** What is known of each, of which all but the first is kept beside the part by its own name. */
    private static final List<Set<String>> TEXT = List.of(Set.of("type", "text"), Set.of("cache_control", "citations"));

    private static final List<Set<String>> IMAGE = List.of(Set.of("type", "source"), Set.of("cache_control"));
    private static final List<Set<String>> DOCUMENT =
            List.of(Set.of("type", "source"), Set.of("cache_control", "title", "context", "citations"));
    private static final List<Set<String>> TOOL_USE =
            List.of(Set.of("type", "id", "name", "input"), Set.of("cache_control"));
    private static final List<Set<String>> TOOL_RESULT =
            List.of(Set.of("type", "tool_use_id", "content", "is_error"), Set.of("cache_control"));

    private AnthropicBlocks() {}

    /** A block of a user's message or of a tool's result. */
    static ObjectNode user(Place block) {
        return switch (block.string("type", "the type of the block, as a string")) {
            case "text" -> text(block);
            case "image" -> isHere(block, "base64", "url") ? keep(block, image(block), IMAGE) : asItIs(block);
            case "document" -> isHere(block, "base64", "text") ? keep(block, document(block), DOCUMENT) : asItIs(block);
            default -> asItIs(block);
        };
    }

    /** A block of text; one of another type as it is. */
    static ObjectNode text(Place block) {
        if (!block.string("type", "text").equals("text")) {
            return asItIs(block);
        }
        ObjectNode part = Json.object().put("type", "text").put("text", block.string("text", "a string"));
        return keep(block, part, TEXT);
    }

    /** Whether the source of what the block shows is one that others than Anthropic find. */
    private static boolean isHere(Place block, String... sources) {
        return List.of(sources).contains(block.child("source", SOURCE).string("type", SOURCES));
    }

    private static ObjectNode asItIs(Place block) {
        return Json.object().put("type", AnthropicWords.BLOCK).set("block", block.object());
    }

    private static ObjectNode image(Place block) {
        Place source = block.child("source", SOURCE);
        String url = source.string("type", SOURCES).equals("base64")
                ? dataUri(source, "the type of the image, such as image/png")
                : source.string("url", "the URL of the image, as a string");
        ObjectNode part = Json.object().put("type", "image_url");
        part.putObject("image_url").put("url", url);
        return part;
    }

    private static ObjectNode document(Place block) {
        Place source = block.child("source", SOURCE);
        ObjectNode part = Json.object();
        if (source.string("type", SOURCES).equals("text")) {
            return part.put("type", "text")
                    .put("text", source.string("data", "the document's text"))
                    .put("document", true);
        }
        JsonNode title = block.get("title");
        part.put("type", "file")
                .putObject("file")
                .put("filename", title != null && title.isTextual() ? title.textValue() : "document.pdf")
                .put("file_data", dataUri(source, "the type of the document, such as application/pdf"));
        return part;
    }

    private static String dataUri(Place source, String mediaType) {
        String data = source.string("data", "base64");
        String type = source.has("media_type")
                ? source.string("media_type", mediaType)
                : DataUrl.labelled("", data).mediaType();
        if (type.isEmpty()) {
            throw Place.wrong(source.at("media_type"), source.object().path("media_type"), mediaType);
        }
        return "data:" + type + ";base64," + data;
    }

    /** Has the call of a tool say of its block what OpenAI has no word for. */
    static ObjectNode keepOfToolUse(Place block, ObjectNode call) {
        return keep(block, call, TOOL_USE);
    }

    /** The same of a tool's result. */
    static ObjectNode keepOfToolResult(Place block, ObjectNode message) {
        return keep(block, message, TOOL_RESULT);
    }

    private static ObjectNode keep(Place block, ObjectNode node, List<Set<String>> known) {
        for (String name : known.get(1)) {
            if (block.has(name)) {
                node.set(name, block.get(name));
            }
        }
        ObjectNode others = NativeFields.beyond(known.get(0), block.object());
        others.remove(known.get(1));
        if (block.object().path("source") instanceof ObjectNode source
                && known.get(0).contains("source")) {
            NativeFields.keep("source", NativeFields.beyond(SOURCE_FIELDS, source), others);
        }
        NativeFields.keep(AnthropicWords.NATIVE_FIELDS, others, node);
        return node;
    }

    /** Texts as one string, which every server takes, unless one of them says more or is none. */
    static JsonNode simplest(ArrayNode texts, String between) {
        StringBuilder joined = new StringBuilder();
        for (int i = 0; i < texts.size(); i++) {
            if (texts.get(i).size() > 2 || !texts.get(i).path("text").isTextual()) {
                return texts;
            }
            joined.append(i == 0 ? "" : between)
                    .append(texts.get(i).path("text").textValue());
        }
        return TextNode.valueOf(joined.toString());
    }

    /** One plain text as a string; anything else as parts. */
    static JsonNode userContent(ArrayNode parts) {
        boolean plain = parts.size() == 1 && parts.get(0).path("text").isTextual();
        return plain ? simplest(parts, "") : parts;
    }
}
