package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.DataUrl;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** The content of a message as Gemini's parts: text, and images, sound and files inline or by their address. */
final class GeminiParts {

    private static final Map<String, String> TYPES = Map.of(
            "png", "image/png",
            "jpg", "image/jpeg",
            "jpeg", "image/jpeg",
            "webp", "image/webp",
            "heic", "image/heic",
            "heif", "image/heif",
            "gif", "image/gif",
            "pdf", "application/pdf");
    private static final Set<String> PART_FIELDS =
            Set.of("type", "text", "refusal", "image_url", "input_audio", "file", "cache_control");

    private final Call call;
    private final Consumer<String> unsupported;

    GeminiParts(Call call, Consumer<String> unsupported) {
        this.call = call;
        this.unsupported = unsupported;
    }

    /** Adds the parts of a content, a string or an array, to the others. */
    void write(String where, JsonNode content, ArrayNode parts) {
        if (content.isTextual()) {
            parts.addObject().set("text", content);
        } else if (content.isArray()) {
            for (int i = 0; i < content.size(); i++) {
                part(where + "[" + i + "]", content.get(i), parts);
            }
        }
    }

    private void part(String where, JsonNode part, ArrayNode parts) {
        GeminiContents.refuseOthers(where, part, PART_FIELDS, unsupported);
        GeminiContents.warn(call, part, "cache_control");
        switch (part.path("type").asText("")) {
            case "text" -> parts.addObject().set("text", part.path("text"));
            case "refusal" -> parts.addObject().set("text", part.path("refusal"));
            case "image_url" -> image(where + ".image_url", part.path("image_url"), parts);
            case "input_audio" -> {
                JsonNode audio = part.path("input_audio");
                String format = audio.path("format").asText("wav");
                DataUrl url = DataUrl.of(audio.path("data").asText(""));
                inline(
                        url != null && !url.mediaType().isEmpty()
                                ? url
                                : DataUrl.labelled(
                                        format.contains("/") ? format : "audio/" + format,
                                        url != null
                                                ? url.base64()
                                                : audio.path("data").asText("")),
                        parts);
            }
            case "file" -> file(where + ".file", part.path("file"), parts);
            default -> unsupported.accept(where + ".type");
        }
    }

    private void image(String where, JsonNode image, ArrayNode parts) {
        if (!image.path("detail").asText("auto").equals("auto")) {
            call.warn("image detail left out for " + call.getModel());
        }
        String url = image.path("url").asText("");
        DataUrl data = url.indexOf(':') < 0 ? DataUrl.labelled("", url) : DataUrl.of(url);
        if (data != null && !data.mediaType().isEmpty()) {
            inline(data, parts);
            return;
        }
        String type = typeOf(url);
        if (type == null) {
            unsupported.accept(where + ".url");
        } else {
            parts.addObject().putObject("fileData").put("mimeType", type).put("fileUri", url);
        }
    }

    private void file(String where, JsonNode file, ArrayNode parts) {
        String data = file.path("file_data").asText("");
        if (data.isEmpty()) {
            unsupported.accept(where + ".file_id");
        } else {
            String named = TYPES.getOrDefault(extensionOf(file.path("filename").asText("")), "");
            DataUrl url = DataUrl.of(data);
            DataUrl labelled = url == null
                    ? DataUrl.labelled(named, data)
                    : url.mediaType().isEmpty() ? DataUrl.labelled(named, url.base64()) : url;
            if (labelled.mediaType().isEmpty()) {
                unsupported.accept(where + ".file_data");
            } else {
                inline(labelled, parts);
            }
        }
    }

    private static void inline(DataUrl data, ArrayNode parts) {
        parts.addObject()
                .putObject("inlineData")
                .put("mimeType", data.mediaType())
                .put("data", data.base64());
    }

    /** By the ending of the address's path; null when it tells nothing. Gemini fetches, but will not guess. */
    private static String typeOf(String url) {
        try {
            String path = URI.create(url).getPath();
            return path == null ? null : TYPES.get(extensionOf(path));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String extensionOf(String path) {
        return path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }
}
