package io.github.camelllm.inspect;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.config.Part;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Checks answers by JSON schemas. Whether an answer is a JSON object can always be told; what a schema says of it needs the
 * optional part {@link Part#JSON_SCHEMA}, and is unknown without it. Thread-safe.
 */
final class Schemas {

    /** What is known of an answer. */
    enum Verdict {
        /** It is as asked for. */
        FITS,
        /** It is no JSON, or other JSON than asked for. */
        DOES_NOT_FIT,
        /** The schema cannot be used: it is too large, unclear, takes too long, or there is no validator. */
        UNKNOWN
    }

    private static final int MOST_ANSWER = 2 << 20;

    private final SchemaValidator validator = Part.JSON_SCHEMA.present() ? new SchemaValidator() : null;

    /**
     * Checks the text of an answer.
     *
     * @param maxSchema the largest schema that is used, in bytes
     */
    Verdict check(Form form, String answer, int maxSchema) {
        if (answer.length() > MOST_ANSWER) {
            return Verdict.UNKNOWN;
        }
        JsonNode tree;
        try {
            tree = Json.read(answer.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            return Verdict.DOES_NOT_FIT;
        }
        if (form.schema() == null) {
            return tree.isObject() ? Verdict.FITS : Verdict.DOES_NOT_FIT;
        }
        if (tree.isMissingNode()) {
            return Verdict.DOES_NOT_FIT;
        }
        byte[] schema = Json.write(form.schema());
        return validator == null || schema.length > maxSchema ? Verdict.UNKNOWN : validator.check(schema, tree);
    }
}
