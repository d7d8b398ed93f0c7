package io.github.camelllm.cost;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Call;

/**
 * What of a request is billed otherwise than by its text.
 *
 * @param images how many images it has
 * @param media how many images, sounds and files
 * @param writes what it asks to be kept in the provider's cache
 */
record RequestParts(long images, long media, CacheWrites writes) {

    private static final RequestParts NOTHING = new RequestParts(0, 0, CacheWrites.NONE);

    /** Of a call's request as it now is; nothing when it has not been parsed. */
    static RequestParts of(Call call) {
        return call.getRequest().parsed() ? of(call.getRequest().tree()) : NOTHING;
    }

    private static RequestParts of(JsonNode request) {
        long images = 0;
        long others = 0;
        CacheWrites writes = writes(request);
        for (JsonNode tool : request.path("tools")) {
            writes = more(writes, more(writes(tool), writes(tool.path("function"))));
        }
        for (JsonNode message : request.path("messages")) {
            writes = more(writes, writes(message));
            for (JsonNode part : message.path("content")) {
                writes = more(writes, writes(part));
                if (part.has("image_url")) {
                    images++;
                } else if (part.has("input_audio") || part.has("file")) {
                    others++;
                }
            }
        }
        return new RequestParts(images, images + others, writes);
    }

    private static CacheWrites writes(JsonNode node) {
        JsonNode control = node.path("cache_control");
        if (!control.isObject()) {
            return CacheWrites.NONE;
        }
        return control.path("ttl").asText("").equals("1h") ? CacheWrites.LONG : CacheWrites.SHORT;
    }

    private static CacheWrites more(CacheWrites a, CacheWrites b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
