package io.github.camelllm.cache;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.PromptLabels;
import io.github.camelllm.call.Usage;
import io.github.camelllm.store.SharedCache;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * How a kept answer is written for other gateways: a head, which is JSON and says what it is the answer to, and the body as it is
 * kept in memory. The head begins with the version of this form, so that no release misreads what another has written.
 */
final class KeptForm {

    /** To be raised with each change that an older release would read wrongly, or that this one could not read before. */
    static final int VERSION = 1;

    /** No deflated bytes stand for more each; what says so is broken, and must not take that much memory. */
    private static final int MOST_DEFLATED = 1100;

    /** What is written is not what a release of this version writes. */
    static final class Unreadable extends Exception {
        Unreadable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private KeptForm() {}

    static SharedCache.Entry write(Kept kept) {
        Kept.Label label = kept.label();
        ObjectNode head = Json.object();
        head.put("v", VERSION);
        head.put("id", label.question().id());
        head.put("partition", label.question().partition());
        head.put("tenant", label.tenant());
        head.put("task", label.task());
        head.put("template", label.labels().template());
        label.labels().tags().forEach(head.putArray("tags")::add);
        head.put("model", label.model());
        head.put("provider", label.provider());
        head.put("finish", label.finishReason());
        Usage usage = label.usage();
        head.putArray("usage")
                .add(usage.inputTokens())
                .add(usage.outputTokens())
                .add(usage.cachedInputTokens())
                .add(usage.reasoningTokens())
                .add(usage.cacheWriteTokens())
                .add(usage.longCacheWriteTokens())
                .add(usage.estimated() ? 1 : 0);
        head.put("length", label.length());
        head.put("crc", checksum(kept.body()));
        return new SharedCache.Entry(
                label.question().id(), Json.write(head), kept.body(), kept.ttl(), kept.lifetime(), Duration.ZERO);
    }

    /**
     * Reads an answer.
     *
     * @param nanos now, by this gateway's clock
     * @return empty when another version has written it
     * @throws Unreadable when it is broken
     */
    static Optional<Kept> read(SharedCache.Entry entry, long nanos) throws Unreadable {
        Kept.Label label = label(entry.head()).orElse(null);
        if (label == null) {
            return Optional.empty();
        }
        if (tree(entry.head()).path("crc").asLong(-1) != checksum(entry.body())
                || !entry.id().equals(label.question().id())
                || label.length() < entry.body().length
                || label.length() > (long) MOST_DEFLATED * entry.body().length) {
            throw new Unreadable("its parts do not belong together", null);
        }
        Kept kept = new Kept(label, entry, nanos);
        try {
            kept.answer(); // whoever is given it later has no way back to a model
        } catch (RuntimeException e) {
            throw new Unreadable("its answer cannot be read", e);
        }
        return Optional.of(kept);
    }

    /**
     * Reads what is said of an answer.
     *
     * @return empty when another version has written it
     * @throws Unreadable when it is broken
     */
    static Optional<Kept.Label> label(byte[] head) throws Unreadable {
        JsonNode tree = tree(head);
        if (!tree.path("v").isInt()) {
            throw new Unreadable("it says no version", null);
        }
        if (tree.path("v").intValue() != VERSION) {
            return Optional.empty();
        }
        int length = tree.path("length").asInt(-1);
        boolean whole = tree.path("id").isTextual()
                && tree.path("partition").isTextual()
                && tree.path("usage") instanceof ArrayNode numbers
                && numbers.size() == 7
                && length >= 0;
        if (!whole) {
            throw new Unreadable("parts are missing", null);
        }
        try {
            return Optional.of(new Kept.Label(
                    new Question(
                            tree.path("id").textValue(), tree.path("partition").textValue(), null),
                    tree.path("tenant").textValue(),
                    tree.path("task").textValue(),
                    labels(tree),
                    tree.path("model").textValue(),
                    tree.path("provider").textValue(),
                    usage(tree.path("usage")),
                    tree.path("finish").textValue(),
                    length));
        } catch (IllegalArgumentException e) {
            throw new Unreadable("its numbers are wrong", e);
        }
    }

    private static PromptLabels labels(JsonNode tree) {
        Set<String> tags = new HashSet<>();
        tree.path("tags").forEach(tag -> tags.add(tag.asText()));
        return new PromptLabels(tree.path("template").textValue(), tags);
    }

    private static Usage usage(JsonNode numbers) {
        return new Usage(
                numbers.get(0).asLong(-1),
                numbers.get(1).asLong(-1),
                numbers.get(2).asLong(-1),
                numbers.get(3).asLong(-1),
                numbers.get(4).asLong(-1),
                numbers.get(5).asLong(-1),
                numbers.get(6).asInt(1) == 1);
    }

    private static JsonNode tree(byte[] head) throws Unreadable {
        try {
            return Json.read(head);
        } catch (IOException e) {
            throw new Unreadable("its head is no JSON", e);
        }
    }

    private static long checksum(byte[] body) {
        CRC32 crc = new CRC32();
        crc.update(body);
        return crc.getValue();
    }
}
