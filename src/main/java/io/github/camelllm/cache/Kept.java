package io.github.camelllm.cache;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.PromptLabels;
import io.github.camelllm.call.Usage;
import io.github.camelllm.store.SharedCache;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** An answer that is kept, with what has to be known to give it again. Immutable but for the note of a refresh. */
final class Kept {

    /** From here on answers are compressed: smaller ones would save little and cost time at each hit. */
    private static final int LARGE = 8 * 1024;

    /** About what an entry takes in memory beside its bytes: itself, its names, its place in the store. */
    private static final int OVERHEAD = 700;

    /** Between two refreshes, if the first has failed: so that a question often asked does not have a model asked each time. */
    private static final Duration REFRESH_PAUSE = Duration.ofSeconds(10);

    /** About what a tag takes beside its letters. */
    private static final int TAG = 60;

    private final Question question;
    private final String tenant;
    private final String task;
    private final PromptLabels labels;
    private final String model;
    private final String provider;
    private final Usage usage;
    private final String finishReason;
    private final long keptNanos;
    private final Duration ttl;
    private final Duration lifetime;
    private final byte[] body;
    private final int length;
    private final boolean compressed;
    private volatile long refreshedNanos;
    private volatile boolean refreshed;

    /**
     * @param answer UTF-8 JSON, which nobody changes any more
     * @param ttl for how long it may be given, from now on
     * @param stale for how much longer it may be of use, when no model answers or until one has
     */
    Kept(Question question, Call call, byte[] answer, Duration ttl, Duration stale) {
        this.question = new Question(question.id(), question.partition(), null);
        this.tenant = call.getTenant();
        this.task = call.getTask();
        this.labels = call.labels();
        this.model = call.getModel();
        this.provider = call.getProvider();
        this.usage = call.getUsage() == null ? Usage.NONE : call.getUsage();
        this.finishReason = call.getFinishReason();
        this.keptNanos = call.ticker().nanos();
        this.ttl = ttl;
        this.lifetime = ttl.plus(stale);
        this.length = answer.length;
        byte[] small = answer.length < LARGE ? answer : deflate(answer);
        this.compressed = small.length < answer.length;
        this.body = compressed ? small : answer;
    }

    /**
     * One that another gateway has kept.
     *
     * @param label who and what it is of, with its length before compression
     * @param nanos now, by this gateway's clock
     */
    Kept(Label label, SharedCache.Entry entry, long nanos) {
        this.question = label.question();
        this.tenant = label.tenant();
        this.task = label.task() == null ? "" : label.task();
        this.labels = label.labels();
        this.model = label.model();
        this.provider = label.provider();
        this.usage = label.usage();
        this.finishReason = label.finishReason();
        this.keptNanos = nanos - entry.age().toNanos();
        this.ttl = entry.fresh();
        this.lifetime = entry.life();
        this.length = label.length();
        this.body = entry.body();
        this.compressed = body.length < length;
    }

    /**
     * What is told of an answer beside the answer.
     *
     * @param length of the answer before compression, in bytes
     */
    record Label(
            Question question,
            String tenant,
            String task,
            PromptLabels labels,
            String model,
            String provider,
            Usage usage,
            String finishReason,
            int length) {}

    Label label() {
        return new Label(question, tenant, task, labels, model, provider, usage, finishReason, length);
    }

    /** As it is kept, perhaps compressed; not to be changed. */
    byte[] body() {
        return body;
    }

    Duration ttl() {
        return ttl;
    }

    Question question() {
        return question;
    }

    String tenant() {
        return tenant;
    }

    String task() {
        return task;
    }

    /** The template and the tags of the prompt that it was the answer to. */
    PromptLabels labels() {
        return labels;
    }

    /** The model that has answered; null when none was named. */
    String model() {
        return model;
    }

    String provider() {
        return provider;
    }

    Usage usage() {
        return usage;
    }

    String finishReason() {
        return finishReason;
    }

    /** Whole seconds since it was kept. */
    long ageSeconds(long nanos) {
        return Math.max(0, nanos - keptNanos) / 1_000_000_000;
    }

    /**
     * Whether it may be given.
     *
     * @param now how long such an answer may be given by the rules of now, which may be shorter than it was
     */
    boolean isFresh(long nanos, Duration now) {
        return isWithin(nanos, now, Duration.ZERO);
    }

    /** Whether its time is not over, or not for long: for less than {@code beyond}. */
    boolean isWithin(long nanos, Duration now, Duration beyond) {
        return nanos - keptNanos < Math.min(ttl.toNanos(), now.toNanos()) + beyond.toNanos();
    }

    /** Notes that a refresh was begun, whose answer takes the place of this one if it gives any that may be kept. */
    void refreshed(long nanos) {
        refreshedNanos = nanos;
        refreshed = true;
    }

    /** Whether a refresh is worth a try: not just after one that has not given any. */
    boolean mayRefresh(long nanos) {
        return !refreshed || nanos - refreshedNanos >= REFRESH_PAUSE.toNanos();
    }

    /** How long it is held in all, from when it was kept. */
    Duration lifetime() {
        return lifetime;
    }

    /** How long it is still held. */
    Duration remaining(long nanos) {
        Duration left = lifetime.minusNanos(nanos - keptNanos);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** Whether it was kept later than another. */
    boolean isNewerThan(Kept other) {
        return keptNanos - other.keptNanos > 0;
    }

    /** About what it takes of the memory, in bytes: what clients have chosen, and be it in a header, counts by its length. */
    int weight() {
        int said = task.length();
        for (String tag : labels.tags()) {
            said += TAG + tag.length();
        }
        return OVERHEAD + said + body.length;
    }

    /** The answer, the caller's own to change. */
    Answer answer() {
        byte[] json = compressed ? inflate() : body;
        try {
            return new Answer(json, (ObjectNode) Json.read(json));
        } catch (IOException e) {
            throw new UncheckedIOException("a kept answer is no JSON", e);
        }
    }

    private static byte[] deflate(byte[] bytes) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try {
            deflater.setInput(bytes);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 3);
            byte[] piece = new byte[8192];
            while (!deflater.finished()) {
                out.write(piece, 0, deflater.deflate(piece));
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    private byte[] inflate() {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(body);
            byte[] bytes = new byte[length];
            int read = 0;
            while (read < length) {
                int more = inflater.inflate(bytes, read, length - read);
                if (more == 0) {
                    throw new DataFormatException("it is shorter than it says"); // it would be so for ever
                }
                read += more;
            }
            return bytes;
        } catch (DataFormatException e) {
            throw new IllegalStateException("a kept answer cannot be inflated", e);
        } finally {
            inflater.end();
        }
    }
}
