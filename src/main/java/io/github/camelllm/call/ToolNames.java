package io.github.camelllm.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The names of a request's tools as a provider takes them, and back. A name that it would refuse is written with {@code _} for
 * each character that is not allowed, shortened, and ended by eight hexadecimal digits of its SHA-256: the same in every turn of
 * a conversation, and another one for another tool. Names that are allowed stay as they are.
 */
public final class ToolNames {

    /** What a provider lets tools be called. */
    public enum Rule {
        /** Letters, digits, {@code _} and {@code -}, up to 64 of them. */
        OPENAI(64, "_-", true),
        /** The same, up to 128. */
        ANTHROPIC(128, "_-", true),
        /** The same with {@code .} and {@code :}, up to 64, of which the first is a letter or {@code _}. */
        GEMINI(64, "_-.:", false);

        private final int most;
        private final String signs;
        private final boolean anyFirst;

        Rule(int most, String signs, boolean anyFirst) {
            this.most = most;
            this.signs = signs;
            this.anyFirst = anyFirst;
        }

        private boolean allows(String name) {
            for (int i = 0; i < name.length(); i++) {
                if (!allows(name.charAt(i))) {
                    return false;
                }
            }
            return name.length() <= most && beginsWell(name);
        }

        private boolean allows(char c) {
            return isLetter(c) || c >= '0' && c <= '9' || signs.indexOf(c) >= 0;
        }

        private boolean beginsWell(String name) {
            return anyFirst || isLetter(name.charAt(0)) || name.charAt(0) == '_';
        }

        private static boolean isLetter(char c) {
            return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
        }
    }

    private static final ToolNames NONE = new ToolNames(Map.of());
    private static final int DIGITS = 8;

    private final Map<String, String> written;
    private final Map<String, String> given = new HashMap<>();

    private ToolNames(Map<String, String> written) {
        this.written = written;
        written.forEach((name, other) -> given.put(other, name));
    }

    /** Those of a request in OpenAI's words that the provider would refuse. */
    public static ToolNames of(ObjectNode request, Rule rule) {
        Set<String> names = new LinkedHashSet<>();
        ToolNamePlaces.visit(request, name -> {
            names.add(name);
            return name;
        });
        Map<String, String> written = null;
        Set<String> taken = null;
        for (String name : names) {
            if (!rule.allows(name)) {
                written = written == null ? new HashMap<>() : written;
                taken = taken == null ? new HashSet<>(names) : taken;
                written.put(name, write(name, rule, taken));
            }
        }
        return written == null ? NONE : new ToolNames(written);
    }

    private static String write(String name, Rule rule, Set<String> taken) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < name.length() && plain.length() < rule.most; i++) {
            char c = name.charAt(i);
            if (!Character.isLowSurrogate(c)) {
                plain.append(rule.allows(c) ? c : '_');
            }
        }
        if (!rule.beginsWell(plain.toString())) {
            plain.insert(0, '_');
        }
        String hash = hash(name);
        for (int digits = DIGITS; digits <= hash.length(); digits += DIGITS) {
            int length = Math.min(plain.length(), Math.max(0, rule.most - digits - 1));
            String other = plain.substring(0, length) + "_" + hash.substring(0, Math.min(digits, rule.most - 1));
            if (taken.add(other)) {
                return other;
            }
        }
        throw new IllegalStateException("two tools of one SHA-256");
    }

    private static String hash(String name) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether the provider takes every name as it is. */
    public boolean isEmpty() {
        return written.isEmpty();
    }

    /** The request with the provider's names: the same where those are no others, else a copy. */
    public ObjectNode written(ObjectNode request) {
        if (isEmpty()) {
            return request;
        }
        ObjectNode copy = request.deepCopy();
        ToolNamePlaces.visit(copy, name -> written.getOrDefault(name, name));
        return copy;
    }

    /** Puts the client's names into an answer. */
    public void restore(Answer answer) {
        if (isEmpty()) {
            return;
        }
        for (JsonNode choice : answer.edit().path("choices")) {
            restore(choice.path("message"));
        }
    }

    /** The event with the client's names; the same where it has none. */
    public StreamEvent restored(StreamEvent event) {
        if (isEmpty()) {
            return event;
        }
        ObjectNode other = null;
        JsonNode choices = event.json().path("choices");
        for (int i = 0; i < choices.size(); i++) {
            JsonNode delta = choices.get(i).path("delta");
            if (delta.has("tool_calls") || delta.has("function_call")) {
                other = other == null ? event.json().deepCopy() : other;
                restore(other.path("choices").get(i).path("delta"));
            }
        }
        return other == null ? event : new StreamEvent(other);
    }

    private void restore(JsonNode said) {
        ToolNamePlaces.visitCalls(said, name -> given.getOrDefault(name, name));
    }
}
