package io.github.camelllm.cache;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Set;

/**
 * SHA-256 of JSON trees and texts, such that different values have different bytes: each is written with its kind and
 * length, objects in the order of their members' names. A number counts as it is written: {@code 1} and {@code 1.0} differ,
 * because a model that is shown a schema sees the difference. Used by one thread at a time.
 */
final class CanonicalDigest {

    private final MessageDigest sha = sha256();
    private final byte[] buffer = new byte[4096];
    private int filled;
    private JsonNode replaced;

    /** A text, or null. */
    CanonicalDigest text(String text) {
        if (text == null) {
            put('0');
            return this;
        }
        put('s');
        length(text.length());
        chars(text);
        return this;
    }

    /**
     * An object without some of its members.
     *
     * @param hole a node within that only its place counts of, compared by identity; null for none
     */
    CanonicalDigest object(ObjectNode object, Set<String> without, JsonNode hole) {
        replaced = hole;
        members(object, without);
        replaced = null;
        return this;
    }

    private void node(JsonNode node) {
        if (node == replaced) {
            put('?');
            return;
        }
        switch (node.getNodeType()) {
            case OBJECT -> members(node, Set.of());
            case ARRAY -> {
                put('a');
                length(node.size());
                for (JsonNode item : node) {
                    node(item);
                }
            }
            case STRING -> text(node.textValue());
            case NUMBER -> {
                String written = node.numberValue().toString();
                put('n');
                length(written.length());
                chars(written);
            }
            case BOOLEAN -> put(node.booleanValue() ? 't' : 'f');
            default -> put('0');
        }
    }

    private void members(JsonNode object, Set<String> without) {
        String[] names = new String[object.size()];
        int count = 0;
        for (Iterator<String> fields = object.fieldNames(); fields.hasNext(); ) {
            String name = fields.next();
            if (!without.contains(name)) {
                names[count++] = name;
            }
        }
        Arrays.sort(names, 0, count);
        put('o');
        length(count);
        for (int i = 0; i < count; i++) {
            text(names[i]);
            node(object.get(names[i]));
        }
    }

    /** Each half of a surrogate pair by itself, so that a lone one is told from any other. */
    private void chars(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                put(c);
            } else if (c < 0x800) {
                put(0xc0 | c >> 6);
                put(0x80 | c & 0x3f);
            } else {
                put(0xe0 | c >> 12);
                put(0x80 | c >> 6 & 0x3f);
                put(0x80 | c & 0x3f);
            }
        }
    }

    private void length(int value) {
        put(value >>> 24);
        put(value >>> 16);
        put(value >>> 8);
        put(value);
    }

    private void put(int value) {
        if (filled == buffer.length) {
            flush();
        }
        buffer[filled++] = (byte) value;
    }

    private void flush() {
        sha.update(buffer, 0, filled);
        filled = 0;
    }

    /** The hash in hexadecimal; the digest begins anew. */
    String hex() {
        flush();
        return HexFormat.of().formatHex(sha.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
