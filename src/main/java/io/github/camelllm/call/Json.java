package io.github.camelllm.call;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/**
 * JSON as the gateway reads and writes it: trees in which every field and every digit survives the way through.
 *
 * <p>Numbers are read as decimals and written as they came, be it {@code 1e-7} or an integer of 30 digits. Nesting, number length and
 * duplicate fields are bounded or refused, because bodies come from strangers.
 */
public final class Json {

    /** Deeper than any tool schema seen in the wild, shallow enough that no walk of a tree can exhaust a stack. */
    public static final int MAX_DEPTH = 200;

    /** Reads and writes with the rules above. Thread-safe. */
    public static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private Json() {}

    /** An empty object. */
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /**
     * Reads one JSON value.
     *
     * @throws IOException when the bytes are not one well-formed value within the bounds
     */
    public static JsonNode read(byte[] bytes) throws IOException {
        try (JsonParser parser = new AsWritten(MAPPER.createParser(bytes))) {
            JsonNode node = MAPPER.readTree(parser);
            return node == null ? MissingNode.getInstance() : node;
        } catch (NumberFormatException e) {
            // Jackson lets through what BigDecimal refuses: 1e99999999999.
            throw (IOException) new StreamConstraintsException("a number's exponent is out of range").initCause(e);
        }
    }

    /**
     * Writes a tree as UTF-8. Characters outside the basic plane leave as {@code \\ud83d\\ude00}: an escape can carry
     * half a surrogate pair, which a provider may well cut a character into, so no text fails to be written.
     */
    public static byte[] write(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree that cannot be written", e);
        }
    }
}
