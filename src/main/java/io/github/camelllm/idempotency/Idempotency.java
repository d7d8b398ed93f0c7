package io.github.camelllm.idempotency;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Completions;
import io.github.camelllm.step.Step;
import io.github.camelllm.store.SharedCache;
import io.github.camelllm.store.Store;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Route;

/**
 * The step {@code llmIdempotency}: a request that is repeated under one {@code Idempotency-Key} gets the answer of the first,
 * plain or streamed, waits for it while it is under way, and is paid once. Another body under the same key is refused with 409
 * {@code idempotency_conflict}.
 *
 * <p>Keys are told apart by tenant and virtual key. Only answers are kept: after a failure the next request with the key is a new
 * one. A client that leaves does not end a request with a key: its answer is read to the end and kept, for the client to fetch.
 * Stands below {@code redact}, so that what is kept holds placeholders, and above whatever a repetition must not spend.
 *
 * <p>Answers are kept in memory, and with a bean of type {@link Store} that has an address in Redis too, where all gateways of the
 * store find them; while it does not answer each gateway knows its own requests alone. A request without the header costs one look
 * into a map.
 *
 * <pre>{@code
 * - name: llmIdempotency
 *   type: io.github.camelllm.idempotency.Idempotency
 *   properties: { ttl: 24h }
 * }</pre>
 */
public final class Idempotency extends Step implements MeterBinder {

    /** The header of the answer that says that it was given before. */
    public static final String REPLAYED = "Idempotent-Replayed";

    private static final String HEADER = "idempotency-key";
    private static final int LONGEST_KEY = 255;
    private static final long POLL_MILLIS = 50;
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final LongAdder first = new LongAdder();
    private final LongAdder replayed = new LongAdder();
    private final LongAdder conflicts = new LongAdder();
    private Duration ttl = Duration.ofHours(24);
    private long maxBytes = 64L << 20;
    private Duration storeTimeout = Duration.ofMillis(50);
    private volatile State state;
    private volatile Answers answers;
    private volatile ConcurrentMap<String, Running> running;

    /** How long an answer is kept under its key: 1 minute to 30 days; 24 hours unless set. */
    public void setTtl(Duration ttl) {
        if (ttl.compareTo(Duration.ofMinutes(1)) < 0 || ttl.compareTo(Duration.ofDays(30)) > 0) {
            throw new IllegalArgumentException("idempotency.ttl is " + ttl + "; 1 minute to 30 days are allowed");
        }
        this.ttl = ttl;
    }

    /** The most megabytes of answers that are kept in memory; 1 to 4,096, 64 unless set. */
    public void setMaxMegabytes(int maxMegabytes) {
        if (maxMegabytes < 1 || maxMegabytes > 4096) {
            throw new IllegalArgumentException(
                    "idempotency.maxMegabytes is " + maxMegabytes + "; 1 to 4096 are allowed");
        }
        this.maxBytes = (long) maxMegabytes << 20;
    }

    /** How long a call waits for a store that is silent; positive, 50 ms unless set. */
    public void setStoreTimeout(Duration storeTimeout) {
        if (storeTimeout.isNegative() || storeTimeout.isZero()) {
            throw new IllegalArgumentException("idempotency.storeTimeout is " + storeTimeout + "; it must be positive");
        }
        this.storeTimeout = storeTimeout;
    }

    @Override
    protected synchronized void onStart(Route route) {
        CamelContext context = route.getCamelContext();
        State known = State.of(context, () -> new Answers(ttl, maxBytes, Calls.ticker(context)));
        known.answers().settings(ttl, maxBytes);
        if (known.enter()) {
            Store store = Calls.bound(context, Store.class, null);
            known.answers()
                    .open(
                            store == null
                                    ? null
                                    : store.sharedCache("idempotency", storeTimeout)
                                            .orElse(null));
        }
        running = known.running();
        answers = known.answers();
        state = known;
    }

    @Override
    protected synchronized void onStop(Route route) {
        state.leave();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        count(registry, "first", first);
        count(registry, "replayed", replayed);
        count(registry, "conflict", conflicts);
    }

    private static void count(MeterRegistry registry, String outcome, LongAdder count) {
        FunctionCounter.builder("llm.idempotency", count, LongAdder::sum)
                .tag("outcome", outcome)
                .description("Requests with an Idempotency-Key")
                .register(registry);
    }

    @Override
    protected void around(Call call, Exchange exchange, Chain next) throws Exception {
        String key = call.headers().get(HEADER);
        if (key == null) {
            next.proceed();
            return;
        }
        check(key);
        String hash = hash(call.getRequest().original());
        String id = id(call, key, hash);
        long patience = Math.min(PATIENCE.toNanos(), call.timeLeft().toNanos());
        long until = System.nanoTime() + patience;
        while (true) {
            Done done = answers.find(id);
            Running mine = new Running(hash);
            Running other = done == null ? running.putIfAbsent(id, mine) : null;
            if (done != null) {
                replay(call, exchange, hash, done);
                return;
            }
            if (other == null) {
                Done meanwhile = answers.find(id); // kept between the look and the claim
                if (meanwhile != null) {
                    running.remove(id, mine);
                    mine.outcome().complete(meanwhile);
                    replay(call, exchange, hash, meanwhile);
                    return;
                }
                if (lead(call, exchange, next, id, mine, until)) {
                    return;
                }
            } else {
                if (other.leading().get() && !other.hash().equals(hash)) {
                    throw conflict();
                }
                Done theirs = await(call, other, until);
                if (theirs != null) {
                    replay(call, exchange, hash, theirs);
                    return;
                }
            }
        }
    }

    private static void check(String key) {
        if (key.length() > LONGEST_KEY || key.chars().anyMatch(c -> c < '!' || c > '~')) {
            throw Problem.invalid(
                    "Idempotency-Key", "Idempotency-Key must be 1 to " + LONGEST_KEY + " printable ASCII characters.");
        }
    }

    private static String hash(Request original) {
        return digest(new String(original.bytes(), StandardCharsets.UTF_8));
    }

    /**
     * Of a route that makes several calls for one request, the second and further ones go by what they ask as well: they have
     * the same header, and are not the same request.
     */
    private static String id(Call call, String key, String hash) {
        String further = call.isFurther() ? hash : "";
        return "idem"
                + digest(String.join(
                        "\n",
                        call.getTenant(),
                        String.valueOf(call.getIdentity().keyId()),
                        call.getUser(),
                        call.getOperation().label(),
                        key,
                        further));
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private Problem conflict() {
        conflicts.increment();
        return Problem.of(
                        ErrorCode.IDEMPOTENCY_CONFLICT,
                        "This Idempotency-Key was used for a request with another body; use a key of its own for each request.")
                .withParam("Idempotency-Key");
    }

    private void replay(Call call, Exchange exchange, String hash, Done done) throws IOException {
        if (!done.hash().equals(hash)) {
            throw conflict();
        }
        replayed.increment();
        call.flag("idempotent_replay");
        call.finishReason(done.finishReason());
        call.answerHeaders().put(REPLAYED, "true");
        call.answerHeaders().put("X-LLM-Cost-USD", "0");
        if (done.model() != null) {
            call.answerHeaders().put("X-LLM-Model", done.model());
            call.answerHeaders().put("X-LLM-Provider", String.valueOf(done.provider()));
        }
        exchange.getMessage().setBody(done.body());
    }

    /** Waits for a request that is under way in this gateway; null when it has failed. */
    private static Done await(Call call, Running other, long until) throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        Runnable wake = over::countDown;
        call.cancellation().onCancel(wake);
        other.outcome().whenComplete((done, failure) -> over.countDown());
        try {
            boolean told = over.await(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (call.cancellation().cancelled()) {
                throw call.cancellation().problem();
            }
            if (!told) {
                throw late();
            }
            return other.outcome().get(0, TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return null;
        } finally {
            call.cancellation().forget(wake);
        }
    }

    private static Problem late() {
        return Problem.of(
                        ErrorCode.UPSTREAM_TIMEOUT,
                        "The first request with this Idempotency-Key is still under way; try again with the same key.")
                .withRetryAfter(Duration.ofSeconds(5));
    }

    /**
     * Asks what follows, unless another gateway has, or is about to.
     *
     * @return false when another gateway has answered, and the answer is to be looked for once more
     */
    private boolean lead(Call call, Exchange exchange, Chain next, String id, Running mine, long until)
            throws Exception {
        String token = answers.newToken();
        boolean asked = false;
        try {
            boolean waits = true;
            while (waits) {
                SharedCache.Turn turn = answers.lead(id, token, () -> running.get(id) == mine);
                if (turn instanceof SharedCache.Turn.There there) {
                    Optional<Done> theirs = answers.read(there.entry());
                    if (theirs.isPresent()) {
                        running.remove(id, mine);
                        mine.outcome().complete(theirs.get());
                        replay(call, exchange, mine.hash(), theirs.get());
                        return true;
                    }
                    token = null;
                } else if (!(turn instanceof SharedCache.Turn.Mine || turn instanceof SharedCache.Turn.Others)) {
                    token = null; // the store does not answer
                }
                waits = turn instanceof SharedCache.Turn.Others;
                if (waits) {
                    pause(call, until);
                }
            }
            asked = true;
            mine.leading().set(true);
            ask(call, exchange, next, id, mine, token);
            return true;
        } finally {
            if (!asked) {
                fail(id, mine, token);
            }
        }
    }

    private static void pause(Call call, long until) throws InterruptedException {
        if (System.nanoTime() > until) {
            throw late();
        }
        CountDownLatch cancelled = new CountDownLatch(1);
        Runnable wake = cancelled::countDown;
        call.cancellation().onCancel(wake);
        try {
            if (cancelled.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                throw call.cancellation().problem();
            }
        } finally {
            call.cancellation().forget(wake);
        }
    }

    private void ask(Call call, Exchange exchange, Chain next, String id, Running mine, String token) throws Exception {
        first.increment();
        long generation = answers.generation();
        call.cancellation().shield(); // its client may come back for the answer
        Object body;
        try {
            next.proceed();
            body = exchange.getMessage().getBody();
        } catch (Throwable e) {
            fail(id, mine, token);
            throw e;
        }
        if (call.getDegraded() != null || !(body instanceof Answer || body instanceof TokenStream)) {
            fail(id, mine, token); // an answer that stands in for a model's is none to come back for
        } else if (body instanceof Answer answer) {
            finish(id, mine, token, generation, Done.whole(mine.hash(), call, answer));
        } else {
            TokenStream kept = new KeptStream(call, (TokenStream) body, events -> {
                if (events == null) {
                    fail(id, mine, token);
                } else {
                    finish(id, mine, token, generation, Done.streamed(mine.hash(), call, events));
                }
            });
            exchange.getMessage().setBody(kept);
            Completions.closeAtEnd(exchange, kept);
        }
    }

    private void finish(String id, Running mine, String token, long generation, Done done) {
        answers.keep(id, done, token, generation);
        running.remove(id, mine);
        mine.outcome().complete(done);
    }

    private void fail(String id, Running mine, String token) {
        running.remove(id, mine);
        answers.release(id, token);
        mine.outcome().complete(null);
    }
}
