package io.github.camelllm.cache;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.CacheHit;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Pricing;
import io.github.camelllm.call.PromptLabels;
import io.github.camelllm.call.Replay;
import io.github.camelllm.call.StaleAnswers;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.config.ConfigFile;
import io.github.camelllm.config.WatchedFile;
import io.github.camelllm.step.Background;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Step;
import io.github.camelllm.store.SharedCache;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The step {@code cache}: gives an answer again to whoever asks the same, as far as {@code config/cache.yaml} allows, and
 * keeps those that come back from what follows. Of several who ask the same at the same time one asks a model, and all get
 * its answer. Of the answers whose time is over it offers those to {@code degrade} that are not too old.
 *
 * <p>One bean may stand in several routes, which share what it keeps.
 *
 * <pre>{@code
 * - name: cache
 *   type: io.github.camelllm.cache.Cache
 *   properties: { file: "{{llm.cache.file}}", tiers: exact, maxSize: 64 MB }
 * }</pre>
 */
public final class Cache extends Step implements StaleAnswers, MeterBinder {

    private static final Logger LOG = LoggerFactory.getLogger(Cache.class);

    /** Longer than any answer is given. */
    private static final Duration LONG = Duration.ofDays(1000);

    private String configDir = "";
    private String file = "cache.yaml";
    private List<String> tierNames = List.of(ExactTier.NAME);
    private long maxBytes = 64L << 20;
    private String sharedStore = "";
    private Duration sharedTimeout = Duration.ofMillis(50);
    private int maxBackground = 16;

    private volatile Ticker ticker = Ticker.SYSTEM;
    private volatile Pricing pricing = Pricing.UNKNOWN;
    private volatile WatchedFile<CacheRules> rules;
    private volatile Lookup lookup;
    private volatile AnswerStore store;
    private volatile Asking asking;
    private volatile SharedCache sharedCache;
    private volatile SharedAnswers shared;
    private final Set<Route> routes = new HashSet<>();
    private volatile Background background;

    /** The directory that a relative {@link #setFile file} is in; the working directory if not set. */
    public void setConfigDir(String configDir) {
        this.configDir = configDir;
    }

    /** The rules; without the file those hold that the shipped one has. {@code cache.yaml} unless set. */
    public void setFile(String file) {
        this.file = file;
    }

    /**
     * The tiers that are asked, in that order and separated by commas: {@code exact}, {@code normalised}, and names of beans
     * of type {@link CacheTier}; {@code exact} unless set. {@code off} switches the cache off.
     */
    public void setTiers(String tiers) {
        this.tierNames = CacheSettings.tiers(tiers);
    }

    /** The memory for all answers together, such as {@code 500 KB} or {@code 2 GB}; {@code 64 MB} unless set. */
    public void setMaxSize(String maxSize) {
        this.maxBytes = CacheSettings.bytes(maxSize);
    }

    /**
     * Where answers are shared with other gateways: blank (unless set) for where the bean of type {@link io.github.camelllm.store.Store} counts limits,
     * {@code memory} for nowhere, or the address of another Redis.
     */
    public void setStore(String store) {
        this.sharedStore = store == null ? "" : store.strip();
    }

    /** How long a call waits for that Redis while it is silent, each time; 5 ms to 1 s, 50 ms unless set. */
    public void setStoreTimeout(Duration storeTimeout) {
        this.sharedTimeout = CacheSettings.storeTimeout(storeTimeout);
    }

    /** How many refreshes and checks may be under way at once, behind callers who have their answer; 16 unless set. */
    public void setMaxBackground(int maxBackground) {
        this.maxBackground = maxBackground;
    }

    @Override
    protected synchronized void onStart(Route route) {
        CamelContext context = route.getCamelContext();
        if (routes.add(route) && background == null && !tierNames.isEmpty()) {
            background = new Background(context, "llm-cache", CacheSettings.background(maxBackground));
        }
        if (lookup != null) {
            return; // started in another route: what is kept is shared
        }
        CacheSettings settings = new CacheSettings(tierNames, maxBytes, ConfigFile.of(configDir, file));
        ticker = Calls.ticker(context);
        pricing = Calls.bound(context, Pricing.class, Pricing.UNKNOWN);
        rules = WatchedFile.open(settings.file(), CacheRulesFile::read, ticker);
        Tiers tiers = Tiers.of(
                settings.tiers(),
                context.getRegistry().findByType(CacheTier.class),
                () -> rules.get().fillers(),
                ticker);
        AnswerStore kept = new AnswerStore(settings.maxBytes(), tiers.bytesPerAnswer(), ticker, tiers::remove);
        store = kept;
        SharedCache redis = Sharing.open(context, sharedStore, sharedTimeout, tiers);
        SharedAnswers others = new SharedAnswers(redis, kept, tiers, ticker);
        Asking asks = new Asking(kept, tiers, others);
        if (redis != null) {
            redis.start(new Clears(kept, asks));
            Sharing.closeWith(context, redis);
        }
        sharedCache = redis;
        shared = others;
        asking = asks;
        lookup = new Lookup(kept, tiers, others);
        LOG.info("The cache has {} (tiers: {})", maxBytes / 1024 + " KB", String.join(", ", tierNames));
    }

    /** What answers are shared by; null where they are not. */
    SharedCache sharedCache() {
        return sharedCache;
    }

    @Override
    protected synchronized void onStop(Route route) {
        Background last = background;
        if (routes.remove(route) && routes.isEmpty() && last != null) {
            background = null;
            last.close();
        }
    }

    /** A graceful stop lets what is under way end in its time; after that it is cancelled. */
    @Override
    protected int pending() {
        Background current = background;
        return current == null ? 0 : current.running();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("llm.cache.bytes", this, cache -> cache.store == null ? 0 : cache.store.bytes())
                .description("Memory that cached answers take")
                .register(registry);
        Gauge.builder("llm.cache.answers", this, cache -> cache.store == null ? 0 : cache.store.size())
                .description("Cached answers, stale ones included")
                .register(registry);
        FunctionCounter.builder("llm.cache.evicted", this, cache -> cache.store == null ? 0 : cache.store.evicted())
                .description("Cached answers that had to leave, for want of room or because their time was over")
                .register(registry);
        Gauge.builder("llm.cache.background", this, Cache::pending)
                .description("Refreshes and checks that are under way behind callers who have their answer")
                .register(registry);
        FunctionCounter.builder("llm.cache.background.dropped", this, cache -> {
                    Background current = cache.background;
                    return current == null ? 0 : current.dropped();
                })
                .description("Refreshes and checks that were left out, as too many were under way")
                .register(registry);
        SharedMeters.bind(registry, this);
    }

    @Override
    protected void around(Call call, Exchange exchange, Chain next) throws Exception {
        Wish wish = Wish.of(call);
        label(call, exchange);
        CacheRules now = rules.get();
        Duration ttl = tierNames.isEmpty() || wish == Wish.NO_STORE ? Duration.ZERO : now.ttl(call);
        if (ttl.isZero()) {
            next.proceed();
            return;
        }
        Question question = Questions.of(call, now);
        call.question(question);
        call.answerHeaders().put("X-LLM-Cache-Key", question.id());
        Asked asked = new Asked(call, exchange, next, question, now, ttl);
        if (wish == Wish.NO_CACHE) {
            asking.alone(asked);
            return;
        }
        Optional<Lookup.Found> found = lookup.find(call, question, ttl, () -> now.revalidate(call));
        if (found.isPresent()) {
            askBehind(asked, found.get());
            give(asked, found.get());
            return;
        }
        call.cache("miss");
        asking.together(asked).ifPresent(kept -> give(asked, Lookup.Found.inFlight(kept)));
    }

    /** Has a model asked behind a caller who gets what is kept: what is stale is refreshed, what is to be checked compared. */
    private void askBehind(Asked asked, Lookup.Found found) {
        Background runner = background;
        Kept kept = found.kept();
        long begun = ticker.nanos();
        boolean refreshes = found.isStale() && kept.mayRefresh(begun);
        Flight mine = runner == null || !refreshes && !found.isChecked() ? null : asking.claim(asked.question());
        if (mine != null) {
            runner.start(
                    found.isStale() ? "refresh" : "shadow",
                    asked.call(),
                    asked.exchange(),
                    asked.next(),
                    (call, exchange, rest) -> {
                        kept.refreshed(begun);
                        asking.behind(asked.by(call, exchange, rest), mine, found.isChecked() ? found : null);
                    },
                    () -> asking.release(asked.question(), mine));
        }
    }

    private void give(Asked asked, Lookup.Found found) {
        Call call = asked.call();
        Kept kept = found.kept();
        CacheHit hit = new CacheHit(
                found.tier(),
                kept.ageSeconds(ticker.nanos()),
                found.match().similarity(),
                kept.usage(),
                saved(call, kept),
                found.isShared() ? CacheHit.REDIS : CacheHit.MEMORY);
        Answer answer = kept.answer();
        asked.isForAll(
                kept, asking::forget); // it may be looked at for the first time: no client has waited for a refresh
        call.answeredBy(hit, found.label(), kept.model(), kept.provider());
        call.finishReason(kept.finishReason());
        call.answerHeaders().put("Age", Long.toString(hit.ageSeconds()));
        call.answerHeaders().put("X-LLM-Cost-USD", "0");
        asked.exchange()
                .getMessage()
                .setBody(
                        call.isStream()
                                ? Replay.of(answer.tree(), call.getRequest().wantsStreamUsage())
                                : answer);
    }

    /** A route that renders prompts has the last word on where they come from. */
    private static void label(Call call, Exchange exchange) {
        String template = exchange.getProperty(Calls.TEMPLATE, String.class);
        String tags = exchange.getProperty(Calls.TAGS, String.class);
        PromptLabels said = call.labels();
        if (template != null || tags != null) {
            PromptLabels by = PromptLabels.of(template, tags);
            call.labels(new PromptLabels(
                    template == null ? said.template() : by.template(), tags == null ? said.tags() : by.tags()));
        }
    }

    private BigDecimal saved(Call call, Kept kept) {
        try {
            return kept.model() == null ? null : pricing.cost(call, kept.model(), kept.usage());
        } catch (RuntimeException e) {
            LOG.debug("what a hit saves could not be told", e);
            return null;
        }
    }

    @Override
    public Optional<Answer> find(Call call) {
        if (store == null || tierNames.isEmpty() || Wish.of(call) != Wish.NONE) {
            return Optional.empty();
        }
        CacheRules now = rules.get();
        Question question = call.question() instanceof Question seen
                ? seen
                : now.ttl(call).isZero() ? null : Questions.of(call, now); // degraded by hand: nothing below has run
        return question == null
                ? Optional.empty()
                : store.find(question.id())
                        .filter(kept -> kept.isWithin(ticker.nanos(), LONG, now.stale()))
                        .map(kept -> {
                            long age = kept.ageSeconds(ticker.nanos());
                            CacheHit hit = new CacheHit("stale", age, 1, kept.usage(), null, CacheHit.MEMORY);
                            call.answeredBy(hit, "stale", null, null);
                            call.finishReason(kept.finishReason());
                            call.answerHeaders().put("Age", Long.toString(age));
                            return kept.answer();
                        });
    }

    /**
     * What a clear has done.
     *
     * @param memory how many answers were dropped here
     * @param shared what has been done elsewhere; empty when not all of it, and where nothing is shared
     * @param everywhere whether no gateway that shares answers can give one that was to be dropped
     */
    record Cleared(long memory, Optional<SharedCache.Cleared> shared, boolean everywhere) {}

    /**
     * Drops the answers that match, here and in all gateways that answers are shared with.
     *
     * @param query what matches, as {@link ClearCache} reads it
     */
    Cleared clear(String query) {
        ClearCache.What what = ClearCache.what(query);
        if (store == null) {
            return new Cleared(0, Optional.empty(), true);
        }
        long dropped = drop(what.which());
        if (!shared.isOn()) {
            return new Cleared(dropped, Optional.empty(), true);
        }
        Optional<SharedCache.Cleared> elsewhere = shared.clear(query, what.which(), what.all());
        return new Cleared(dropped + drop(what.which()), elsewhere, elsewhere.isPresent());
    }

    /** Drops the answers that match, here alone; how many they were. */
    long drop(Predicate<Kept> which) {
        asking.detach();
        return store.clear(which);
    }
}
