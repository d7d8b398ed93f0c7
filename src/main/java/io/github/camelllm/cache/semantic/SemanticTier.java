package io.github.camelllm.cache.semantic;

import io.github.camelllm.cache.CacheTier;
import io.github.camelllm.cache.Question;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.config.WatchedFile;
import io.github.camelllm.step.Calls;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tier {@code semantic}: finds the answer to a question that means the same. Off unless the cache's setting {@code tiers}
 * names it; else it loads nothing. The model in this process is loaded behind the first calls, which go on without it.
 *
 * <pre>{@code
 * - name: semantic
 *   type: io.github.camelllm.cache.semantic.SemanticTier
 *   properties: { file: "{{llm.cache.semantic.file}}", embedder: local, shadowShare: 0.05 }
 * }</pre>
 */
public final class SemanticTier implements CacheTier, CamelContextAware, MeterBinder {

    /** Its name in the cache's setting {@code tiers}. */
    public static final String NAME = "semantic";

    private static final Logger LOG = LoggerFactory.getLogger(SemanticTier.class);

    /** A vector of 384 numbers, and what the guards keep of a question of some twenty words. */
    private static final int BYTES_PER_ANSWER = 6000;

    private static final int RECENT = 256;
    private static final Future<?> DONE = CompletableFuture.completedFuture(null);

    /** How long no vector is asked for once there was none: a call should not wait in vain each time. */
    private static final Duration REST = Duration.ofSeconds(30);

    private final Map<Guard, LongAdder> refused = new java.util.EnumMap<>(Guard.class);
    private final LongAdder checkedSame = new LongAdder();
    private final LongAdder checkedDifferent = new LongAdder();
    private final SemanticSettings.Builder settings = new SemanticSettings.Builder();
    private CamelContext context;
    private Embedder given;
    private final AtomicLong rest = new AtomicLong();
    private volatile Parts parts;

    /** What there is once the tier is asked. */
    private record Parts(
            SemanticSettings settings,
            Ticker ticker,
            WatchedFile<SemanticRules> rules,
            Embedder embedder,
            Future<?> loaded,
            Neighbours<Kept> neighbours,
            ShadowJudge judge,
            AnswerComparison comparison,
            Map<String, Read> recent) {}

    /** What is kept of a question. */
    private record Kept(Traits traits, Guards by, String text) {}

    /** A question that is being asked, so that its vector is made once. */
    private record Read(float[] vector, Traits traits, Guards by) {}

    public SemanticTier() {
        for (Guard guard : Guard.values()) {
            refused.put(guard, new LongAdder());
        }
    }

    /** With an embedder of one's own, for which {@link #setEmbedder} is not asked. */
    public SemanticTier(Embedder embedder) {
        this();
        this.given = embedder;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.context = camelContext;
    }

    @Override
    public CamelContext getCamelContext() {
        return context;
    }

    /** The file of thresholds, guards and words; {@code semantic.yaml} unless set. It need not exist. */
    public void setFile(String file) {
        settings.file = Path.of(file.strip());
    }

    /**
     * What makes vectors: {@code local}, the model in this process, or a Camel endpoint such as {@code
     * direct:llm-embeddings}; {@code local} unless set.
     */
    public void setEmbedder(String embedder) {
        settings.embedder = embedder.strip();
    }

    /** The model that an endpoint is asked for; not needed for {@code local}. */
    public void setModel(String model) {
        settings.model = model.strip();
    }

    /** The virtual key that an endpoint is asked with; none unless set. */
    public void setKey(String key) {
        settings.key = key.isBlank() ? null : key.strip();
    }

    /** How many questions a partition holds, 1 to 100,000; 10,000 unless set. The oldest gives way. */
    public void setMaxInPartition(int maxInPartition) {
        settings.maxInPartition = maxInPartition;
    }

    /** How many questions all partitions hold, 1 to 10,000,000; 50,000 unless set. */
    public void setMaxInAll(int maxInAll) {
        settings.maxInAll = maxInAll;
    }

    /** The longest question that is looked up, in characters, 1 to 2,000; 500 unless set. */
    public void setMaxCharacters(int maxCharacters) {
        settings.maxCharacters = maxCharacters;
    }

    /** The share of hits that a model is asked all the same, to compare; 0 to 1, 0.05 unless set. */
    public void setShadowShare(double shadowShare) {
        settings.share = shadowShare;
    }

    /** The share of compared hits that may differ before their partition goes off; 0 to 1, 0.1 unless set. */
    public void setShadowTolerated(double shadowTolerated) {
        settings.tolerated = shadowTolerated;
    }

    /** After how many comparisons a partition is judged, 1 to 100; 10 unless set. The newest 100 count. */
    public void setShadowLeast(int shadowLeast) {
        settings.least = shadowLeast;
    }

    /** How long a partition stays off; 24h unless set. */
    public void setShadowRest(Duration shadowRest) {
        settings.rest = shadowRest;
    }

    /** How close the vectors of two long answers lie that say the same, 0 to 1; 0.9 unless set. */
    public void setShadowSimilarity(double shadowSimilarity) {
        settings.similarity = shadowSimilarity;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int bytesPerAnswer() {
        parts(); // what is wrong with the settings stops the start
        return BYTES_PER_ANSWER;
    }

    private Parts parts() {
        Parts now = parts;
        return now != null ? now : open();
    }

    private synchronized Parts open() {
        if (parts == null) {
            SemanticSettings read = settings.build();
            Ticker ticker = context == null ? Ticker.SYSTEM : Calls.ticker(context);
            String missing = given == null && read.isLocal() ? LocalEmbedder.missing() : null;
            if (missing != null) {
                LOG.warn("the tier {} of the cache finds nothing: {}", NAME, missing);
            }
            Embedder embedder = given != null
                    ? given
                    : read.isLocal()
                            ? new LocalEmbedder()
                            : new EndpointEmbedder(context, read.embedder(), read.model(), read.key());
            parts = new Parts(
                    read,
                    ticker,
                    WatchedFile.open(read.file(), SemanticFile::read, ticker),
                    embedder,
                    given == null && read.isLocal() && missing == null ? load(embedder) : DONE,
                    new Neighbours<>(read.maxInPartition(), read.maxInAll()),
                    new ShadowJudge(read.shadow(), ticker, () -> ThreadLocalRandom.current()
                            .nextDouble()),
                    new AnswerComparison(embedder, (float) read.similarity()),
                    Collections.synchronizedMap(new LinkedHashMap<>() {
                        private static final long serialVersionUID = 1;

                        @Override
                        protected boolean removeEldestEntry(Map.Entry<String, Read> eldest) {
                            return size() > RECENT;
                        }
                    }));
        }
        return parts;
    }

    /** Begins to load the model, which takes a second or more: no call is to wait for that. */
    private static Future<?> load(Embedder embedder) {
        FutureTask<?> loading = new FutureTask<>(() -> embedder.embed("the first text loads the model"));
        Thread thread = new Thread(loading, "llm-embedder");
        thread.setDaemon(true);
        thread.start();
        return loading;
    }

    private static boolean isSuitable(Parts now, Call call, Question question) {
        return call.getOperation() == Operation.CHAT
                && question.text() != null
                && !question.text().isBlank()
                && question.text().length() <= now.settings().maxCharacters();
    }

    /** What a question shows; null while there are no vectors, which the log has said. */
    private Read readOrNull(Parts now, Question question) {
        long restsUntil = rest.get();
        if (!now.loaded().isDone() || restsUntil != 0 && now.ticker().nanos() - restsUntil < 0) {
            return null;
        }
        try {
            Read read = read(now, question);
            rest.set(0);
            return read;
        } catch (Embedder.EmbeddingException e) {
            long until = now.ticker().nanos() + REST.toNanos();
            if (rest.compareAndSet(restsUntil, until == 0 ? 1 : until)) {
                LOG.warn("the semantic cache rests for {}: {}", REST, e.getMessage());
                LOG.debug("why the semantic cache rests", e);
            }
            return null;
        }
    }

    private static Read read(Parts now, Question question) {
        Guards guards = now.rules().get().guards();
        Read read = now.recent().get(question.id());
        if (read == null || read.by() != guards) {
            float[] vector = read == null ? Vectors.normalised(now.embedder().embed(question.text())) : read.vector();
            read = new Read(vector, guards.traits(question.text()), guards);
            now.recent().put(question.id(), read);
        }
        return read;
    }

    @Override
    public Optional<Match> find(Call call, Question question) {
        Parts now = parts();
        if (!isSuitable(now, call, question) || now.judge().isOff(question.partition())) {
            return Optional.empty();
        }
        float threshold = now.rules().get().threshold(call, question.partition());
        if (threshold > 1) {
            return Optional.empty();
        }
        Read read = readOrNull(now, question);
        if (read == null) {
            return Optional.empty();
        }
        Neighbours.Found<Kept> found = now.neighbours()
                .find(
                        question.partition(),
                        read.vector(),
                        threshold,
                        now.settings().tries(),
                        near -> {
                            Kept kept = near.kept();
                            Traits traits = kept.by() == read.by()
                                    ? kept.traits()
                                    : read.by().traits(kept.text());
                            Optional<Guard> refusal = read.by().refusal(read.traits(), traits);
                            refusal.ifPresent(guard -> refused.get(guard).increment());
                            return refusal.isEmpty();
                        });
        return Optional.ofNullable(found).map(near -> new Match(near.id(), Math.min(1, near.similarity())));
    }

    @Override
    public void add(Call call, Question question) {
        Parts now = parts();
        if (isSuitable(now, call, question) && now.rules().get().threshold(call, question.partition()) <= 1) {
            Read read = readOrNull(now, question);
            if (read != null) {
                Kept kept = new Kept(read.traits(), read.by(), question.text());
                now.neighbours().add(question.partition(), question.id(), read.vector(), kept);
            }
        }
    }

    @Override
    public void remove(String partition, String id) {
        parts().neighbours().remove(partition, id);
    }

    @Override
    public boolean checks(Question question, Match match) {
        return parts().judge().picks();
    }

    @Override
    public void compared(Question question, Match match, Answer kept, Answer fresh) {
        Parts now = parts();
        boolean same = now.comparison().same(kept, fresh);
        (same ? checkedSame : checkedDifferent).increment();
        double share = now.judge().compared(question.partition(), same);
        if (share >= 0) {
            LOG.warn(
                    "ALARM: the semantic cache is off for the partition {} for {}: {} % of its checked answers were others"
                            + " than a model gave",
                    question.partition(),
                    now.settings().shadow().rest(),
                    String.format(Locale.ROOT, "%.0f", share * 100));
        }
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        refused.forEach((guard, count) -> FunctionCounter.builder("llm.cache.semantic.refused", count, LongAdder::sum)
                .description("Close questions that a guard has kept from sharing an answer")
                .tag("guard", guard.label())
                .register(registry));
        FunctionCounter.builder("llm.cache.semantic.checked", checkedSame, LongAdder::sum)
                .description("Hits for which a model was asked all the same")
                .tag("result", "same")
                .register(registry);
        FunctionCounter.builder("llm.cache.semantic.checked", checkedDifferent, LongAdder::sum)
                .description("Hits for which a model was asked all the same")
                .tag("result", "different")
                .register(registry);
        Gauge.builder(
                        "llm.cache.semantic.questions",
                        this,
                        tier -> tier.parts == null ? 0 : tier.parts.neighbours().size())
                .description("Questions that others are compared with")
                .register(registry);
        Gauge.builder(
                        "llm.cache.semantic.off",
                        this,
                        tier -> tier.parts == null ? 0 : tier.parts.judge().off())
                .description("Partitions that have switched themselves off")
                .register(registry);
    }
}
