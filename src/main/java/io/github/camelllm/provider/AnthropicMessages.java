package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.AnthropicWords;
import io.github.camelllm.call.BlockOrder;
import io.github.camelllm.call.DataUrl;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.NativeFields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The messages of a chat in Anthropic's words: instructions apart, the results of tools in messages of the user, and
 * neighbours of the same role made one.
 */
final class AnthropicMessages {

    private static final Set<String> IMAGES = Set.of("image/jpeg", "image/png", "image/gif", "image/webp");
    private static final String PDF = "application/pdf";

    /** What the file of an Anthropic client is called in OpenAI's words, which want a name. */
    private static final String UNNAMED = "document.pdf";

    private final Consumer<String> unsupported;
    private final AnthropicTurns turns;

    /**
     * @param systemTurns whether the model takes instructions between the turns of a conversation
     * @param unsupported told of each field that has no counterpart; returns when it is to be left out
     */
    AnthropicMessages(boolean systemTurns, Consumer<String> unsupported) {
        this.turns = new AnthropicTurns(systemTurns);
        this.unsupported = unsupported;
    }

    /** Adds messages in OpenAI's words. */
    void addAll(JsonNode all) {
        for (int i = 0; i < all.size(); i++) {
            add(all.get(i), "messages[" + i + "]");
        }
    }

    /** Adds an instruction behind those there are. */
    void instruct(String text) {
        turns.instruct(text);
    }

    /** Writes {@code system} and {@code messages}. */
    void writeTo(ObjectNode wire) {
        turns.writeTo(wire);
    }

    private void add(JsonNode message, String where) {
        String role = message.path("role").asText();
        ArrayNode blocks = Json.MAPPER.createArrayNode();
        if (message.path("name").isTextual() && !role.equals("tool")) {
            unsupported.accept(where + ".name");
        }
        switch (role) {
            case "system", "developer" -> content(message, blocks, where);
            case "user" -> content(message, blocks, where);
            case "assistant" -> assistant(message, blocks, where);
            case "tool" -> toolResult(message, blocks, where);
            default -> unsupported.accept(where + ".role");
        }
        if (blocks.isEmpty()) {
            return; // Anthropic refuses messages without content, which say nothing anyway
        }
        if (!message.path("cache_control").isMissingNode()) {
            ((ObjectNode) blocks.get(blocks.size() - 1)).set("cache_control", message.get("cache_control"));
        }
        switch (role) {
            case "system", "developer" -> turns.system(blocks, message.path(AnthropicWords.NATIVE_MESSAGE));
            case "assistant" -> turns.assistant(blocks, message.path(AnthropicWords.NATIVE_MESSAGE));
            default -> turns.user(blocks, role.equals("tool"), message.path(AnthropicWords.NATIVE_MESSAGE));
        }
    }

    private void assistant(JsonNode message, ArrayNode blocks, String where) {
        ArrayNode texts = Json.MAPPER.createArrayNode();
        ArrayNode uses = Json.MAPPER.createArrayNode();
        content(message, texts, where); // reasoning_content lacks its signature and cannot be given back
        text(message.path("refusal"), texts);
        for (String lost : new String[] {"audio", "function_call"}) {
            if (message.path(lost).isObject()) {
                unsupported.accept(where + "." + lost);
            }
        }
        JsonNode calls = message.path("tool_calls");
        for (int i = 0; i < calls.size(); i++) {
            JsonNode function = calls.get(i).path("function");
            if (!function.isObject()) {
                unsupported.accept(where + ".tool_calls[" + i + "]");
                continue;
            }
            ObjectNode use = block(uses, "tool_use", calls.get(i));
            use.put("id", toolId(calls.get(i).path("id")));
            use.set("name", function.path("name"));
            use.set("input", input(function.path("arguments").asText("")));
            NativeFields.putBack(calls.get(i).path(AnthropicWords.NATIVE_FIELDS), use);
        }
        ArrayNode others = Json.MAPPER.createArrayNode();
        message.path("thinking_blocks").forEach(others::add);
        ArrayNode all = BlockOrder.weave(message.path(BlockOrder.FIELD), others, texts, uses);
        blocks.addAll(signed(all));
    }

    /** Without thinking that another provider's model did: only Anthropic can sign what it is to be given back. */
    static ArrayNode signed(JsonNode blocks) {
        ArrayNode signed = Json.MAPPER.createArrayNode();
        for (JsonNode block : blocks) {
            boolean unsigned = block.path("type").asText("").equals("thinking")
                    && block.path("signature").asText("").isEmpty();
            boolean blank = block.path("type").asText("").equals("text")
                    && block.path("text").asText("").isBlank();
            if (!unsigned && !blank) {
                signed.add(block);
            }
        }
        return signed;
    }

    /** Tool calls are history: arguments that never were an object are shown as what they were. */
    private static JsonNode input(String arguments) {
        if (arguments.isBlank()) {
            return Json.object();
        }
        try {
            JsonNode parsed = Json.read(arguments.getBytes(StandardCharsets.UTF_8));
            if (parsed.isObject()) {
                return parsed;
            }
        } catch (IOException e) {
            // shown as text
        }
        return Json.object().put("arguments", arguments);
    }

    private void toolResult(JsonNode message, ArrayNode blocks, String where) {
        ObjectNode result =
                block(blocks, "tool_result", Json.object()).put("tool_use_id", toolId(message.path("tool_call_id")));
        ArrayNode content = Json.MAPPER.createArrayNode();
        content(message, content, where);
        if (!content.isEmpty()) {
            result.set("content", content);
        }
        if (message.path("is_error").booleanValue()) {
            result.put("is_error", true);
        }
        NativeFields.putBack(message.path(AnthropicWords.NATIVE_FIELDS), result);
    }

    /** Anthropic takes letters, digits, _ and - alone. */
    private static String toolId(JsonNode id) {
        return id.asText("").replaceAll("[^A-Za-z0-9_-]", "_");
    }

    private void content(JsonNode message, ArrayNode blocks, String where) {
        JsonNode content = message.path("content");
        text(content, blocks);
        for (int i = 0; content.isArray() && i < content.size(); i++) {
            part(content.get(i), blocks, where + ".content[" + i + "]");
        }
    }

    private static void text(JsonNode text, ArrayNode blocks) {
        if (text.isTextual() && !text.textValue().isBlank()) {
            blocks.addObject().put("type", "text").set("text", text);
        }
    }

    private void part(JsonNode part, ArrayNode blocks, String where) {
        int before = blocks.size();
        translated(part, blocks, where);
        if (blocks.size() > before && blocks.get(before) instanceof ObjectNode block) {
            NativeFields.putBack(part.path(AnthropicWords.NATIVE_FIELDS), block);
        }
    }

    private void translated(JsonNode part, ArrayNode blocks, String where) {
        switch (part.path("type").asText()) {
            case "text", "refusal" -> {
                JsonNode text = part.path(part.path("type").asText());
                if (part.path("document").booleanValue()) {
                    said(part, block(blocks, "document", part))
                            .putObject("source")
                            .put("type", "text")
                            .put("media_type", "text/plain")
                            .set("data", text);
                } else if (text.isTextual() && !text.textValue().isBlank()) {
                    said(part, block(blocks, "text", part)).set("text", text);
                }
            }
            case AnthropicWords.BLOCK -> blocks.add(part.path("block"));
            case "image_url" -> image(part, blocks, where);
            case "file" -> file(part, blocks, where);
            default -> unsupported.accept(where + "." + part.path("type").asText());
        }
    }

    private void image(JsonNode part, ArrayNode blocks, String where) {
        String url = part.path("image_url").path("url").asText();
        DataUrl data = dataOf(url, "");
        if (data != null && IMAGES.contains(data.mediaType())) {
            base64(block(blocks, "image", part), data);
        } else if (url.regionMatches(true, 0, "http", 0, 4)) {
            block(blocks, "image", part).putObject("source").put("type", "url").put("url", url);
        } else {
            unsupported.accept(where + ".image_url");
        }
    }

    /** Some clients send base64 without saying so. */
    private static DataUrl dataOf(String url, String mediaType) {
        DataUrl data = DataUrl.of(url);
        return data != null || url.indexOf(':') >= 0 ? data : DataUrl.labelled(mediaType, url);
    }

    private void file(JsonNode part, ArrayNode blocks, String where) {
        JsonNode file = part.path("file");
        DataUrl data = dataOf(file.path("file_data").asText(), "");
        if (data != null && IMAGES.contains(data.mediaType())) {
            base64(block(blocks, "image", part), data);
            return;
        }
        if (data == null || !data.mediaType().equals(PDF)) {
            unsupported.accept(where + ".file");
            return;
        }
        ObjectNode document = block(blocks, "document", part);
        base64(document, data);
        boolean theirs = file.path("filename").asText("").equals(UNNAMED);
        if (file.path("filename").isTextual() && !theirs) {
            document.set("title", file.get("filename"));
        }
        said(part, document);
    }

    /** What Anthropic's clients say of a part beyond OpenAI's words. */
    private static ObjectNode said(JsonNode part, ObjectNode block) {
        for (String field : new String[] {"title", "context", "citations"}) {
            if (part.has(field)) {
                block.set(field, part.get(field));
            }
        }
        return block;
    }

    private static void base64(ObjectNode block, DataUrl data) {
        block.putObject("source")
                .put("type", "base64")
                .put("media_type", data.mediaType())
                .put("data", data.base64());
    }

    private static ObjectNode block(ArrayNode blocks, String type, JsonNode from) {
        ObjectNode block = blocks.addObject().put("type", type);
        if (from.has("cache_control")) {
            block.set("cache_control", from.get("cache_control"));
        }
        return block;
    }
}
