package io.github.camelllm.inspect;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.re2j.Pattern;
import com.networknt.schema.OutputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.regex.RegularExpression;
import io.github.camelllm.call.Json;
import io.github.camelllm.config.PatternSize;
import io.github.camelllm.inspect.Schemas.Verdict;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks JSON by schemas, which are made ready once and kept. Schemas come from strangers: nothing is fetched for one,
 * its patterns run in linear time, and its size, depth and the steps it takes are bounded. Thread-safe.
 */
final class SchemaValidator {

    private static final Logger LOG = LoggerFactory.getLogger(SchemaValidator.class);

    /** The sizes of all schemas that are kept, together. */
    private static final long KEPT_BYTES = 4L << 20;

    private static final int MOST_DEPTH = 64;
    private static final int MOST_PATTERN = 1000;
    private static final int MOST_STATES = 10_000;
    private static final int MOST_EXPONENT = 400;

    /** Made at the first schema: most gateways never see one. */
    private static final class Registry {
        private static final SchemaRegistry ALL = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12, builder -> builder.schemaCacheEnabled(false)
                        .schemaLoader(
                                loader -> loader.fetchRemoteResources(false).block(any -> true))
                        .schemaRegistryConfig(SchemaRegistryConfig.builder()
                                .failFast(true)
                                .regularExpressionFactory(SchemaValidator::pattern)
                                .build()));
    }

    private record Kept(Optional<Schema> schema, int bytes) {}

    private final Cache<ByteBuffer, Kept> kept = Caffeine.newBuilder()
            .maximumWeight(KEPT_BYTES)
            .weigher((ByteBuffer key, Kept value) -> 512 + value.bytes())
            .build();

    /**
     * Checks a value.
     *
     * @param bytes the schema
     */
    Verdict check(byte[] bytes, JsonNode tree) {
        return kept.get(digest(bytes), unused -> new Kept(prepare(bytes), bytes.length))
                .schema()
                .map(schema -> validate(schema, tree))
                .orElse(Verdict.UNKNOWN);
    }

    private static ByteBuffer digest(byte[] schema) {
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(schema));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static Optional<Schema> prepare(byte[] bytes) {
        try {
            JsonNode schema = Json.read(bytes);
            refuseHostile(schema, 0);
            Schema ready = Registry.ALL.getSchema(schema);
            ready.initializeValidators();
            return Optional.of(ready);
        } catch (RuntimeException | IOException | StackOverflowError e) {
            LOG.debug("a schema cannot be used: {}", e.toString());
            return Optional.empty();
        }
    }

    private static void refuseHostile(JsonNode node, int depth) {
        if (depth > MOST_DEPTH) {
            throw new IllegalArgumentException("nested more than " + MOST_DEPTH + " levels deep");
        }
        if (node.isNumber() && isGiant(node)) {
            throw new IllegalArgumentException("a number with a giant exponent");
        }
        for (String name : new String[] {"$ref", "$dynamicRef", "$recursiveRef"}) {
            JsonNode reference = node.path(name);
            if (reference.isTextual() && !reference.textValue().startsWith("#")) {
                throw new IllegalArgumentException(name + " leads out of the schema");
            }
        }
        if (node.path("pattern").isTextual()) {
            pattern(node.path("pattern").textValue()); // here, as the validator would log those that it cannot read
        }
        node.path("patternProperties").fieldNames().forEachRemaining(SchemaValidator::pattern);
        for (JsonNode child : node) {
            refuseHostile(child, depth + 1);
        }
    }

    /** Dividing by such a number takes memory for all its digits. */
    private static boolean isGiant(JsonNode number) {
        return Math.abs((long) number.decimalValue().scale()) > MOST_EXPONENT
                || number.decimalValue().precision() > MOST_EXPONENT;
    }

    private static boolean hasGiant(JsonNode node) {
        if (node.isNumber()) {
            return isGiant(node);
        }
        for (JsonNode child : node) {
            if (hasGiant(child)) {
                return true;
            }
        }
        return false;
    }

    private static Verdict validate(Schema schema, JsonNode tree) {
        if (hasGiant(tree)) {
            return Verdict.UNKNOWN;
        }
        SchemaBudget budget = new SchemaBudget();
        budget.enter();
        try {
            return schema.validate(budget, tree, OutputFormat.BOOLEAN) ? Verdict.FITS : Verdict.DOES_NOT_FIT;
        } catch (RuntimeException | StackOverflowError e) {
            LOG.debug("an answer cannot be checked: {}", e.getClass().getName());
            return Verdict.UNKNOWN;
        } finally {
            SchemaBudget.leave();
        }
    }

    private static RegularExpression pattern(String source) {
        int size = PatternSize.of(source);
        if (source.length() > MOST_PATTERN || size > MOST_STATES) {
            throw new IllegalArgumentException("a pattern that is too long");
        }
        Pattern pattern = Pattern.compile(source);
        return text -> {
            SchemaBudget.spend(1 + (long) text.length() * size / 128);
            return pattern.matcher(text).find();
        };
    }
}
