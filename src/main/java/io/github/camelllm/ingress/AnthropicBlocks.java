package io.github.camelllm.ingress;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.camelllm.call.AnthropicWords;
import io.github.camelllm.call.Json;
import java.util.List;

/** Anthropic's content blocks as OpenAI's content parts. */
final class AnthropicBlocks {

    private static final String SOURCE = "an object with a type";

    private AnthropicBlocks() {}

    /** A block of a user's message or of a tool's result. */
    static ObjectNode user(Place block) {
        String expected = "one of text, image, document, search_result, container_upload, tool_result";
        return switch (block.string("type", expected)) {
            case "text" -> text(block);
            case "image" -> isOnlyTheirs(block, "file") ? asItIs(block) : keep(block, image(block), "cache_control");
            case "document" ->
                isOnlyTheirs(block, "file", "url", "content")
                        ? asItIs(block)
                        : keep(block, document(block), "cache_control", "title", "context", "citations");
            case "search_result", "container_upload" -> asItIs(block);
            default -> throw block.unknown("type", expected);
        };
    }

    /** A block that must be text. */
    static ObjectNode text(Place block) {
        if (!block.string("type", "text").equals("text")) {
            throw block.unknown("type", "text");
        }
        ObjectNode part = Json.object().put("type", "text").put("text", block.string("text", "a string"));
        return keep(block, part, "cache_control", "citations");
    }

    /** Whether what the block shows is where only Anthropic finds it. */
    private static boolean isOnlyTheirs(Place block, String... sources) {
        return List.of(sources)
                .contains(block.object().path("source").path("type").asText(""));
    }

    private static ObjectNode asItIs(Place block) {
        return Json.object().put("type", AnthropicWords.BLOCK).set("block", block.object());
    }

    private static ObjectNode image(Place block) {
        Place source = block.child("source", SOURCE);
        String url =
                switch (source.string("type", "one of base64, url, file")) {
                    case "base64" -> dataUri(source, "the type of the image, such as image/png");
                    case "url" -> source.string("url", "the URL of the image, as a string");
                    default -> throw source.unknown("type", "one of base64, url, file");
                };
        ObjectNode part = Json.object().put("type", "image_url");
        part.putObject("image_url").put("url", url);
        return part;
    }

    private static ObjectNode document(Place block) {
        Place source = block.child("source", SOURCE);
        ObjectNode part = Json.object();
        switch (source.string("type", "one of base64, text, url, file, content")) {
            case "base64" -> {
                JsonNode title = block.get("title");
                part.put("type", "file")
                        .putObject("file")
                        .put("filename", title != null && title.isTextual() ? title.textValue() : "document.pdf")
                        .put("file_data", dataUri(source, "the type of the document, such as application/pdf"));
            }
            case "text" ->
                part.put("type", "text")
                        .put("text", source.string("data", "the document's text"))
                        .put("document", true);
            default -> throw source.unknown("type", "one of base64, text, url, file, content");
        }
        return part;
    }

    private static String dataUri(Place source, String mediaType) {
        return "data:" + source.string("media_type", mediaType) + ";base64," + source.string("data", "base64");
    }

    /** Has a node say of a block what OpenAI has no word for. */
    static ObjectNode keep(Place block, ObjectNode node, String... names) {
        for (String name : names) {
            if (block.has(name)) {
                node.set(name, block.get(name));
            }
        }
        return node;
    }

    /** Texts as one string, which every server takes, unless one of them says more. */
    static JsonNode simplest(ArrayNode texts, String between) {
        StringBuilder joined = new StringBuilder();
        for (int i = 0; i < texts.size(); i++) {
            if (texts.get(i).size() > 2) {
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
