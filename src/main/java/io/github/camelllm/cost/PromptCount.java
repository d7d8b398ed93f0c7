package io.github.camelllm.cost;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;

/**
 * Adds up the tokens of a request: its texts, by whatever counts them, and what the providers' rules say of the rest.
 *
 * <p>What is no text is kept apart, for a factor between two tokenizers says nothing of it.
 */
final class PromptCount {

    /** What no model reads as text: it is counted by its size, if at all, or proves that a thought is the provider's. */
    private static final Set<String> NO_TEXT =
            Set.of("image_url", "input_audio", "file", "signature", "cache_control", "type", "role", "thinking_blocks");

    /** What is counted for itself, or read by no model. */
    private static final Set<String> COUNTED_APART = Set.of(
            "messages",
            "tools",
            "response_format",
            "input",
            "tool_choice",
            "stop",
            "stream_options",
            "logit_bias",
            "metadata");

    private static final int PER_MESSAGE = 3;
    private static final int PER_NAME = 1;
    private static final int REPLY = 3;

    /** What Anthropic's own prompt for the use of tools takes. */
    private static final int TOOL_PROMPT = 346;

    private static final int WAV_BYTES = 1_000; // for each token, at some 16,000 samples of 2 bytes a second
    private static final int AUDIO_BYTES = 250;
    private static final int FILE_BYTES = 32;
    private static final int LEAST_FILE = 1_500;

    private final TextCount texts;
    private final ImageRule images;
    private final Family family;
    private long parts;
    private long other;

    private PromptCount(TextCount texts, ImageRule images, Family family) {
        this.texts = texts;
        this.images = images;
        this.family = family;
    }

    /** Counts a request's tree. */
    static PromptCount of(JsonNode request, TextCount texts, ImageRule images, Family family) {
        PromptCount count = new PromptCount(texts, images, family);
        JsonNode messages = request.path("messages");
        for (JsonNode message : messages) {
            count.message(message);
        }
        count.other += messages.isEmpty() ? 0 : REPLY;
        count.tools(request.path("tools"));
        count.json(request.path("response_format").path("json_schema"));
        count.text(request.path("input"));
        for (Map.Entry<String, JsonNode> field : request.properties()) {
            if (field.getValue().isContainerNode() && !COUNTED_APART.contains(field.getKey())) {
                count.json(field.getValue()); // functions, prediction, documents: passed on as they are, and billed
            }
        }
        return count;
    }

    /** Tokens of all its texts, tools included. */
    double texts() {
        return (double) parts / QuickCount.PARTS;
    }

    /** Tokens of images, sounds and files, and of what stands around messages. */
    long other() {
        return other;
    }

    /** The tokens that it makes, its texts multiplied by a factor. */
    long tokens(double factor) {
        return (long) Math.ceil(texts() * factor) + other;
    }

    private void message(JsonNode message) {
        other += PER_MESSAGE;
        if (message.has("name")) {
            other += PER_NAME;
        }
        text(message);
        for (JsonNode part : message.path("content")) {
            media(part);
        }
    }

    /** Every text in a node but its names. */
    private void text(JsonNode node) {
        if (node.isTextual()) {
            parts += texts.of(node.textValue());
        } else if (node.isNumber()) {
            other++; // embeddings' input that is tokens already
        } else if (node.isObject()) {
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                if (!NO_TEXT.contains(field.getKey())) {
                    text(field.getValue());
                }
            }
        } else {
            for (JsonNode child : node) {
                text(child);
            }
        }
    }

    /** The same of JSON that the model reads as such: its names too, and a token for what stands around each. */
    private void json(JsonNode node) {
        if (node.isObject()) {
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                parts += texts.of(field.getKey()) + 2 * QuickCount.PARTS;
                json(field.getValue());
            }
        } else if (node.isArray()) {
            for (JsonNode child : node) {
                parts += QuickCount.PARTS;
                json(child);
            }
        } else if (node.isValueNode()) {
            parts += texts.of(node.asText());
        }
    }

    private void tools(JsonNode tools) {
        if (tools.isEmpty()) {
            return;
        }
        if (family == Family.CLAUDE || family == Family.CLAUDE_LATER) {
            other += TOOL_PROMPT;
        }
        for (JsonNode tool : tools) {
            if (family.hasOwnEncoding()) {
                parts += OpenAiTools.parts(tool, texts, family == Family.CL100K);
            } else {
                json(tool);
            }
        }
    }

    private void media(JsonNode part) {
        JsonNode image = part.path("image_url");
        if (!image.isMissingNode()) {
            String url =
                    image.isTextual() ? image.textValue() : image.path("url").asText("");
            other += images.tokens(ImageSize.of(url), image.path("detail").asText("auto"));
        }
        JsonNode audio = part.path("input_audio");
        if (audio.isObject()) {
            boolean wav = audio.path("format").asText("").equals("wav");
            other += bytes(audio.path("data")) / (wav ? WAV_BYTES : AUDIO_BYTES) + 1;
        }
        JsonNode file = part.path("file");
        if (file.isObject()) {
            other += Math.max(LEAST_FILE, bytes(file.path("file_data")) / FILE_BYTES);
        }
    }

    private static long bytes(JsonNode base64) {
        return base64.isTextual() ? base64.textValue().length() * 3L / 4 : 0;
    }
}
