package io.github.camelllm.call;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.problem.Problem;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/**
 * One call on its way through the chain: what is asked, by whom, of which model, and what has become of it.
 *
 * <p>Routes read it as the exchange property {@code llm}: {@code ${exchangeProperty.llm.inputTokens} > 10000}. That is
 * why its properties are written as getters. One thread at a time works on a call, but any thread may cancel it and so end
 * its stream: what a stream notes as it goes ({@link #used}, {@link #finishReason}, {@link #firstToken}) may be noted and
 * read by any thread.
 */
public final class Call {

    /** The response header that tells the client what was left out of its request. */
    public static final String WARNINGS = "X-LLM-Warnings";

    /** Where a call is on its way through the chain. */
    private enum Stage {
        NEW,
        ENTERED,
        LEFT
    }

    private static final int MAX_FLAGS = 32;
    private static final int MAX_TOLD = 1000;
    private static final Pattern UNPRINTABLE = Pattern.compile("[^ -~]");

    private final Ticker ticker;
    private final Operation operation;
    private final CallHeaders headers;
    private final Request request;
    private final Instant receivedAt;
    private final long startedNanos;
    private final List<Attempt> attempts = new ArrayList<>(1);
    private final Cancellation cancellation;
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.NEW);
    private final AtomicBoolean accounted = new AtomicBoolean();
    private final AtomicBoolean finished = new AtomicBoolean();
    private final Map<Object, Object> notes = new ConcurrentHashMap<>(4);
    private final String key;

    private final String uid;
    private final String id;
    private final TraceContext trace;
    private volatile boolean awaited;
    private boolean further;
    private String credential;
    private Identity identity = Identity.ANONYMOUS;
    private List<String> chain = List.of();
    private Map<String, String> versions = Map.of();
    private String model;
    private String provider;
    private volatile Usage usage;
    private volatile String finishReason;
    private String cache = "bypass";
    private CacheHit cacheHit;
    private Object question;
    private long inputEstimate = -1;
    private volatile TokenCounter counter = TokenCounter.ROUGH;
    private volatile long firstTokenNanos = -1;
    private long deadlineNanos = Long.MAX_VALUE;
    private long pausedNanos;
    private final Set<String> warnings = Collections.synchronizedSet(new LinkedHashSet<>());
    private final Set<String> flags = Collections.synchronizedSet(new LinkedHashSet<>());
    private volatile Usage carried;
    private volatile BigDecimal cost;
    private final Map<String, String> answerHeaders = new ConcurrentHashMap<>(8);
    private String degraded;
    private Problem degradedBy;
    private volatile String recovery;
    private boolean continuing;
    private boolean trying;
    private boolean passedOver;
    private volatile Classification classification = Classification.PUBLIC;
    private volatile Redaction.Tally redactions;
    private boolean redacted;
    private boolean withheld;
    private final Notice personalAnswer = new Notice();
    private PromptLabels labels;
    private GuardNote guard;

    /**
     * @param ticker the clocks; the call begins now
     * @param operation what is asked for
     * @param headers what the client's headers say
     * @param credential the virtual key as the client sent it; null when there was none
     * @param request the request
     */
    public Call(Ticker ticker, Operation operation, CallHeaders headers, String credential, Request request) {
        this(
                ticker,
                operation,
                headers,
                credential,
                request,
                new Cancellation(),
                CallIds.acceptOrMake(headers.get("x-request-id")),
                TraceContext.acceptOrMake(headers.get("traceparent")));
    }

    private Call(
            Ticker ticker,
            Operation operation,
            CallHeaders headers,
            String credential,
            Request request,
            Cancellation cancellation,
            String id,
            TraceContext trace) {
        this.ticker = ticker;
        this.operation = operation;
        this.headers = headers;
        this.credential = credential;
        this.key = credential;
        this.request = request;
        this.cancellation = cancellation;
        this.receivedAt = ticker.now();
        this.uid = "call_" + CallIds.ordered(receivedAt);
        this.startedNanos = ticker.nanos();
        this.id = id;
        this.trace = trace;
    }

    /**
     * Another call of the same caller, who leaves both of them at once: same credential, headers, request id and trace; nothing
     * else of this one.
     *
     * @param newOperation what it asks for
     */
    public Call another(Operation newOperation, Request newRequest) {
        Call other = new Call(ticker, newOperation, headers.copy(), key, newRequest, cancellation, id, trace);
        other.awaited = awaited;
        other.further = true;
        return other;
    }

    /**
     * A part of this call, as a {@code multicast} or {@code split} makes one: the same caller, models and deadline, with a request
     * of its own.
     */
    public Call part(Request newRequest) {
        Call other = another(operation, newRequest);
        carryTo(other);
        other.deadlineNanos = deadlineNanos;
        other.credential = null;
        return other;
    }

    private void carryTo(Call other) {
        other.identity = identity;
        other.counter = counter;
        other.chain = chain;
        other.versions = versions;
        other.model = model;
        other.provider = provider;
        other.redacted = redacted;
        other.classification = classification;
        other.labels = labels;
        other.guard = guard;
    }

    /** Whether it is not the first call that is made for the request of its client. */
    public boolean isFurther() {
        return further;
    }

    /** Says that it is not the first. */
    public void markFurther() {
        further = true;
    }

    /** Whether a client waits for the answer who will be given a stream piece by piece. */
    public boolean isAwaited() {
        return awaited;
    }

    /** Says that a client waits for the answer, and for those to other calls that are made for it. */
    public void await() {
        awaited = true;
    }

    /** Says that the call enters the chain. True for the first caller alone, which sees it through. */
    public boolean enter() {
        return stage.compareAndSet(Stage.NEW, Stage.ENTERED);
    }

    /** Says that the call has left the chain: what comes after it is another call. */
    public void leave() {
        stage.set(Stage.LEFT);
    }

    /** Says that the call is in the chain once more, for the rest of a stream. */
    public void comeBack() {
        stage.set(Stage.ENTERED);
    }

    /** Whether the call has left the chain. */
    public boolean hasLeft() {
        return stage.get() == Stage.LEFT;
    }

    /** Says that the call is being accounted for. True for the first caller alone: nobody accounts for a call twice. */
    public boolean account() {
        return accounted.compareAndSet(false, true);
    }

    /** What a step has noted on the call, under a key of its own; null when it has noted nothing. */
    public Object note(Object noteKey) {
        return notes.get(noteKey);
    }

    /** Notes something for a step's own later use; null takes the note away. */
    public void note(Object noteKey, Object value) {
        if (value == null) {
            notes.remove(noteKey);
        } else {
            notes.put(noteKey, value);
        }
    }

    /** Makes the request another one, as a route has written it: what has been counted in it is forgotten. */
    public void rewrite(ObjectNode newRequest) {
        request.restore(newRequest);
        inputEstimate = -1;
    }

    /** The clocks of this call. */
    public Ticker ticker() {
        return ticker;
    }

    /** The request id: the client's own if it sent a usable one. */
    public String getId() {
        return id;
    }

    /**
     * The gateway's own name for this call, never the client's: two calls never share it, and so ledgers and reservations go
     * by it.
     */
    public String getUid() {
        return uid;
    }

    /** The W3C trace that the call belongs to. */
    public TraceContext getTrace() {
        return trace;
    }

    /** What the call asks a model to do. */
    public Operation getOperation() {
        return operation;
    }

    /** The request, which steps may change. */
    public Request getRequest() {
        return request;
    }

    /** The values of the headers that mean something to the gateway. */
    public CallHeaders headers() {
        return headers;
    }

    /** The kind of task the client says it is ({@code X-LLM-Task}); empty when it says none. */
    public String getTask() {
        return orEmpty(headers.get("x-llm-task"));
    }

    /** The quality the client wants ({@code X-LLM-Quality}); empty when it says none. */
    public String getQuality() {
        return orEmpty(headers.get("x-llm-quality"));
    }

    /**
     * The prompt's template and tags, from {@code X-LLM-Template} and {@code X-LLM-Tags} unless a route has said others.
     *
     * @throws Problem {@code invalid_request} when a header is not as it should be
     */
    public PromptLabels labels() {
        if (labels == null) {
            labels = PromptLabels.of(headers.get("x-llm-template"), headers.get("x-llm-tags"));
        }
        return labels;
    }

    /** Says of which template the prompt is, and its tags: for routes that render prompts. */
    public void labels(PromptLabels newLabels) {
        this.labels = newLabels;
    }

    /** When the call came in. */
    public Instant getReceivedAt() {
        return receivedAt;
    }

    /** {@link Ticker#nanos} at the moment the call came in. */
    public long startedNanos() {
        return startedNanos;
    }

    /** The virtual key as it was sent, for {@code authenticate} alone; null when there was none or it has been used. */
    public String credential() {
        return credential;
    }

    /** Who calls, as found out by {@code authenticate}; from here on the key itself is forgotten. */
    public void identify(Identity newIdentity) {
        this.identity = newIdentity;
        this.credential = null;
    }

    /** Who calls; anonymous until {@code authenticate} has run. */
    public Identity getIdentity() {
        return identity;
    }

    /** Who is accountable for the call. */
    public String getUser() {
        return identity.user();
    }

    /** The team of the user. */
    public String getTeam() {
        return identity.team();
    }

    /** The bundle of limits of the caller. */
    public String getTier() {
        return identity.tier();
    }

    /** The organisation of the caller. */
    public String getTenant() {
        return identity.tenant();
    }

    /** The model or alias the client asked for; empty when it named none, or when its request is no JSON object. */
    public String getAsked() {
        try {
            return orEmpty(request.model());
        } catch (Problem e) {
            return "";
        }
    }

    /** Whether the answer is to be streamed; false when the request is no JSON object. */
    public boolean isStream() {
        try {
            return request.stream();
        } catch (Problem e) {
            return false;
        }
    }

    /** The models that may answer, first choice first. */
    public List<String> getChain() {
        return chain;
    }

    /** Sets the models that may answer. */
    public void chain(List<String> newChain) {
        this.chain = List.copyOf(newChain);
    }

    /**
     * The version of a model that the call asks for by a dated id, as its provider is to be asked for it; null when the call
     * asks for the model as such.
     */
    public String versionOf(String ofModel) {
        return ofModel == null ? null : versions.get(ofModel);
    }

    /** Notes the versions of models that the call asks for, by the models' names. */
    public void versions(Map<String, String> newVersions) {
        this.versions = Map.copyOf(newVersions);
    }

    /** The model that is to answer, or has; null before one is chosen. */
    public String getModel() {
        return model;
    }

    /** Whose model it is; null before one is chosen. */
    public String getProvider() {
        return provider;
    }

    /** Chooses the model that is to answer. */
    public void choose(Model newModel) {
        this.model = newModel.name();
        this.provider = newModel.provider();
    }

    /** Notes that a model is tried, and returns what is to be known of it. */
    public Attempt attempt(String triedModel, String triedProvider) {
        synchronized (this) {
            usage = null; // what has been used so far stays with the attempt before
        }
        finishReason = null;
        this.model = triedModel;
        this.provider = triedProvider;
        Attempt attempt = new Attempt(triedModel, triedProvider, ticker.nanos());
        attempts.add(attempt);
        return attempt;
    }

    /** The attempt that is under way, or was the last; null before the first. */
    public Attempt attempt() {
        return attempts.isEmpty() ? null : attempts.get(attempts.size() - 1);
    }

    /** All attempts so far, in order. */
    public List<Attempt> getAttempts() {
        return List.copyOf(attempts);
    }

    /** Notes that a model which comes before others cannot be asked now, though it may be later. */
    public void passedOver() {
        passedOver = true;
    }

    /** Whether the answer stands in for that of another model, which has failed or cannot be asked now, but may be later. */
    public boolean isFallback() {
        return passedOver
                || attempts.stream()
                        .anyMatch(tried -> !tried.model().equals(model)
                                && tried.problem() != null
                                && tried.problem().status() >= 429);
    }

    /** What the answer used, as reported or estimated; null while nothing is known. */
    public Usage getUsage() {
        Usage before = carried;
        Usage last = usage;
        return before == null || last == null ? last == null ? before : last : before.plus(last);
    }

    /** Notes that what an attempt has produced is a part of the answer, though another one goes on with it. */
    public synchronized void carry(Usage used) {
        carried = carried == null ? used : carried.plus(used);
    }

    /** Notes that the attempt under way gives the whole answer: what has been carried to it is no part of it any more. */
    public synchronized void carryNothing() {
        carried = null;
    }

    /** Notes what the attempt under way has used. An estimate never replaces what a provider has reported. */
    public synchronized void used(Usage newUsage) {
        if (usage == null || usage.estimated() || !newUsage.estimated()) {
            this.usage = newUsage;
            Attempt attempt = attempt();
            if (attempt != null) {
                attempt.used(newUsage);
            }
        }
    }

    /** Tokens of the prompt: what was used once that is known, an estimate before. */
    public long getInputTokens() {
        Usage known = getUsage();
        return known != null ? known.inputTokens() : inputEstimate();
    }

    /** Tokens of the completion; 0 while nothing is known. */
    public long getOutputTokens() {
        Usage known = getUsage();
        return known != null ? known.outputTokens() : 0;
    }

    /** The estimate of the prompt's tokens; 0 when the request is no JSON object. */
    public long inputEstimate() {
        if (inputEstimate < 0) {
            try {
                inputEstimate = TokenEstimate.ofRequest(request.tree());
            } catch (Problem e) {
                return 0;
            }
        }
        return inputEstimate;
    }

    /** Says who counts the prompt where a provider does not. */
    public void countedBy(TokenCounter newCounter) {
        this.counter = newCounter;
    }

    /** What the prompt is taken to have used at the model under way, images and all, for want of its provider's report. */
    public long promptEstimate() {
        return counter.estimate(this, model);
    }

    /** Why the model stopped ({@code stop}, {@code length}, {@code tool_calls}); null while unknown. */
    public String getFinishReason() {
        return finishReason;
    }

    /** Notes why the model stopped. */
    public void finishReason(String newFinishReason) {
        this.finishReason = newFinishReason;
    }

    /** What the cache had to say: hit, semantic, stale, miss or bypass. */
    public String getCache() {
        return cache;
    }

    /** Notes what the cache has to say. */
    public void cache(String newCache) {
        this.cache = newCache;
    }

    /** How the cache has answered; null when it has not. */
    public CacheHit getCacheHit() {
        return cacheHit;
    }

    /**
     * Notes that the cache has answered.
     *
     * @param how {@code hit}, {@code semantic} or {@code stale}
     * @param byModel the model that gave the answer once, and {@code byProvider} whose it is; null when not known
     */
    public void answeredBy(CacheHit hit, String how, String byModel, String byProvider) {
        this.cacheHit = hit;
        this.cache = how;
        this.model = byModel;
        this.provider = byProvider;
    }

    /** What the cache has made of the request as it came to it, for the cache alone; null when it has not seen it. */
    public Object question() {
        return question;
    }

    /** Notes what the cache has made of the request. */
    public void question(Object newQuestion) {
        this.question = newQuestion;
    }

    /** Notes that the first token has come; only the first time counts. */
    public void firstToken() {
        if (firstTokenNanos < 0) {
            firstTokenNanos = ticker.nanos();
        }
    }

    /** {@link Ticker#nanos} when the first token came; -1 while it has not. */
    public long firstTokenNanos() {
        return firstTokenNanos;
    }

    /** {@link Ticker#nanos} when the call must be over; {@link Long#MAX_VALUE} when nobody has set a deadline. */
    public long deadlineNanos() {
        return deadlineNanos;
    }

    /** Sets the moment, by {@link Ticker#nanos}, when the call must be over; a later one than before changes nothing. */
    public void deadline(long newDeadlineNanos) {
        this.deadlineNanos = Math.min(deadlineNanos, newDeadlineNanos);
    }

    /** The time left until the deadline, 0 when it has passed; {@link Long#MAX_VALUE} nanoseconds without one. */
    public Duration timeLeft() {
        return deadlineNanos == Long.MAX_VALUE
                ? Duration.ofNanos(Long.MAX_VALUE)
                : Duration.ofNanos(Math.max(0, deadlineNanos - ticker.nanos()));
    }

    /** Nanoseconds that the call has waited between tries. */
    public long pausedNanos() {
        return pausedNanos;
    }

    /** Notes a wait between two tries. */
    public void paused(Duration time) {
        pausedNanos += time.toNanos();
    }

    /**
     * What the call has cost in dollars, all attempts together; null while it is not known, or when a model has no price.
     */
    public BigDecimal getCost() {
        return cost;
    }

    /** Notes what the call has cost in dollars; null when it is not known. */
    public void cost(BigDecimal dollars) {
        this.cost = dollars;
    }

    /** What steps want the client to be told in the answer's headers, by name; to be added to. */
    public Map<String, String> answerHeaders() {
        return answerHeaders;
    }

    /** Notes what was left out of the request or answer, or done otherwise than asked: for the record, once each. */
    public void warn(String warning) {
        warnings.add(warning);
    }

    /**
     * The same, told the client as well, in the answer's header {@value #WARNINGS}: for what concerns the client alone.
     *
     * @param warning may quote names that the client has given, but nothing of upstreams or prompts
     */
    public void tell(String warning) {
        if (warnings.add(warning)) {
            String shown = UNPRINTABLE.matcher(warning).replaceAll("?");
            answerHeaders.merge(WARNINGS, shown, (said, more) -> {
                String all = said + "; " + more;
                return all.length() <= MAX_TOLD ? all : said;
            });
        }
    }

    /** What was left out or done otherwise than asked. */
    public List<String> getWarnings() {
        synchronized (warnings) {
            return List.copyOf(warnings);
        }
    }

    /**
     * Notes what a check has found in the request or the answer: for the record, once each, and no more than {@value
     * #MAX_FLAGS} in all.
     *
     * @param flag a short name, such as {@code refusal}: never a text of the call
     * @return whether it is new
     */
    public boolean flag(String flag) {
        synchronized (flags) {
            return flags.size() < MAX_FLAGS && flags.add(flag);
        }
    }

    /** What checks have found. */
    public List<String> getFlags() {
        synchronized (flags) {
            return List.copyOf(flags);
        }
    }

    /** How the answer falls short of a model's: {@code stale}, {@code static} or {@code queued}; null when it does not. */
    public String getDegraded() {
        return degraded;
    }

    /** Why no model answered; null while the answer is not degraded. */
    public Problem degradedBy() {
        return degradedBy;
    }

    /** Notes that the answer stands in for a model's; from now on no model has given it. */
    public void degrade(String how, Problem why) {
        this.degraded = how;
        this.degradedBy = why;
        this.model = null;
        this.provider = null;
        synchronized (this) {
            this.usage = Usage.NONE; // of the answer; what the attempts have used stays with them
            this.carried = null;
        }
    }

    /**
     * Whether personal values in the request have been replaced by placeholders: what a model answers to it is for this user
     * alone.
     */
    public boolean isRedacted() {
        return redacted;
    }

    /** Says that personal values in the request have been replaced; before the cache sees it. */
    public void redacted(boolean newRedacted) {
        this.redacted = newRedacted;
    }

    /** Whether the request must not be sent for what is in it, or may be: nothing of it is recorded, not even its hash. */
    public boolean isWithheld() {
        return withheld;
    }

    /** Says that the request must not be sent for what is in it. */
    public void withhold() {
        this.withheld = true;
    }

    /**
     * The news that the answer has personal data in it that the request had not. May be told at any time until the call is
     * over, also after the answer has been kept: whoever keeps answers listens.
     */
    public Notice personalAnswer() {
        return personalAnswer;
    }

    /**
     * The same request by the same caller once more, as a call of its own for whose answer no client waits: whole rather
     * than streamed, with its own name, time and cancellation, and with the request id of this one.
     *
     * @param why what its record has for what the cache said: {@code refresh} or {@code shadow}
     */
    public Call behind(String why) {
        Call other = new Call(ticker, operation, headers.copy().put("x-request-id", id), null, request.unstreamed());
        carryTo(other);
        other.cache = why;
        return other;
    }

    /** Whether the request ends with the beginning of the answer, which the model is to go on with. */
    public boolean isContinuing() {
        return continuing;
    }

    /** Says whether the request ends with the beginning of the answer. */
    public void continuing(boolean newContinuing) {
        this.continuing = newContinuing;
    }

    /** Whether one attempt is under way, of perhaps several: what runs now runs for that one alone. */
    public boolean isTrying() {
        return trying;
    }

    /** Says whether one attempt of perhaps several is under way. */
    public void trying(boolean newTrying) {
        this.trying = newTrying;
    }

    /** How confidential the call is by what has been found in it; public while nothing has. */
    public Classification getClassification() {
        return classification;
    }

    /** Notes that something so confidential has been found in it; what is less than that before changes nothing. */
    public synchronized void classify(Classification atLeast) {
        this.classification = classification.or(atLeast);
    }

    /** What has been found in the call, and what was done with it. */
    public List<Redaction> getRedactions() {
        Redaction.Tally tally = redactions;
        return tally == null ? List.of() : tally.list();
    }

    /** Notes what has been found, and what was done with it; see {@link Redaction}. */
    public void redaction(String type, String direction, String action, int count) {
        synchronized (this) {
            redactions = redactions == null ? new Redaction.Tally() : redactions;
        }
        redactions.add(type, direction, action, count);
    }

    /** How a stream that broke off was made whole: {@code continued} or {@code restarted}; null when none was. */
    public String getRecovery() {
        return recovery;
    }

    /** Notes how a stream that broke off was made whole. */
    public void recovered(String how) {
        this.recovery = how;
    }

    /** What the guard has found; null when it has found nothing, or has not run. */
    public GuardNote getGuard() {
        return guard;
    }

    /** Notes what the guard has found. */
    public void guard(GuardNote newGuard) {
        this.guard = newGuard;
    }

    /** Where those are noted who must act when the client leaves. */
    public Cancellation cancellation() {
        return cancellation;
    }

    /** True for the first caller alone: whoever gets it tells the world that the call is over. */
    public boolean finish() {
        return finished.compareAndSet(false, true);
    }

    private static String orEmpty(String value) {
        return value == null ? "" : value;
    }

    /** For logs: never the prompt, never the key. */
    @Override
    public String toString() {
        return "Call[" + id + " " + operation.label() + " model=" + model + "]";
    }
}
