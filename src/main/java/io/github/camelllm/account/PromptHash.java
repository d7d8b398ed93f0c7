package io.github.camelllm.account;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The fingerprint of a prompt: SHA-256 over its canonical bytes, which are compact UTF-8 JSON with the fields of each
 * object in the order of their names. Equal prompts have equal hashes, however a client spaces or orders its JSON.
 */
final class PromptHash {

    private static final ObjectWriter CANONICAL = Json.MAPPER.writer().with(JsonNodeFeature.WRITE_PROPERTIES_SORTED);

    private PromptHash() {}

    /** The part of a request that is its prompt: {@code messages}, else {@code input}; null when it has neither. */
    static JsonNode promptOf(ObjectNode request) {
        JsonNode messages = request.get("messages");
        return messages != null ? messages : request.get("input");
    }

    /** The hash in lower-case hexadecimal; null when there is no prompt, or it changed while it was read. */
    static String of(JsonNode prompt) {
        if (prompt == null) {
            return null;
        }
        MessageDigest digest = sha256();
        try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
            CANONICAL.writeValue(out, prompt);
        } catch (IOException | RuntimeException e) {
            return null; // somebody's route goes on changing the request after the call
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
