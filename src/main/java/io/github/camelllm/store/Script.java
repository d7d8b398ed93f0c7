package io.github.camelllm.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * A Lua script that Redis runs.
 *
 * @param text the script
 * @param sha what Redis knows it by once it has been loaded: the SHA-1 of the text, in hexadecimal
 */
record Script(String text, String sha) {

    static final Script RESERVE = read("reserve.lua");
    static final Script SETTLE = read("settle.lua");
    static final Script LEVELS = read("levels.lua");
    static final Script RENEW = read("renew.lua");

    static final List<Script> ALL = List.of(RESERVE, SETTLE, LEVELS, RENEW);

    /** A script of the limits, which begins with what all of them share. */
    private static Script read(String name) {
        return of(resource("common.lua") + resource(name));
    }

    /** A script of the cache, the same way. */
    static Script ofCache(String name) {
        return of(resource("cache-common.lua") + resource(name));
    }

    private static Script of(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
            return new Script(text, HexFormat.of().formatHex(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-1", e);
        }
    }

    private static String resource(String name) {
        try (InputStream in = Script.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the script " + name + " cannot be read from the jar", e);
        }
    }
}
