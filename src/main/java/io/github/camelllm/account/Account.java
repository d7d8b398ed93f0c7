package io.github.camelllm.account;

import io.github.camelllm.call.Accountant;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Attempt;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.call.Pricing;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.StreamEnd;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.call.TokenCounter;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Completions;
import io.github.camelllm.step.Step;
import io.github.camelllm.step.Troubles;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first step of a chain: measures the call, and when it is over hands exactly one {@link FinishedCall} to {@code
 * direct:llm-completed}.
 *
 * <p>What it cost is told by a bean of type {@link Pricing}: in the record, and where it is known in time in the header
 * {@value Costs#HEADER}. A bean of type {@link TokenCounter} learns from it.
 *
 * <p>A call is over when its answer is whole, when its token stream has ended, failed or been given up, or when what
 * follows has thrown. Neither a slow nor a failing {@code direct:llm-completed} is felt by a call: a queue lies between,
 * and what does not fit is dropped and counted ({@code llm_completed_dropped_total}, {@code
 * llm_completed_failed_total}).
 *
 * <p>One bean may stand in several routes; they share its queue, which lives from the first route's start to the last
 * one's stop. A graceful stop waits for what is queued, here and in every {@link TapExecutor}.
 */
public final class Account extends Step implements MeterBinder, Accountant {

    private static final Logger LOG = LoggerFactory.getLogger(Account.class);

    private final Tally dropped = new Tally();
    private final Tally failed = new Tally();
    private volatile Troubles troubles = new Troubles(LOG, Ticker.SYSTEM);
    private final Set<Route> running = new HashSet<>();

    private String endpoint = "direct:llm-completed";
    private int queueSize = 10_000;
    private Duration drainTimeout = Duration.ofSeconds(5);

    private CompletedRoute completed;
    private volatile CamelContext context;
    private volatile CompletedQueue queue;
    private volatile Pricing pricing = Pricing.UNKNOWN;
    private volatile TokenCounter tokens = TokenCounter.ROUGH;

    /** The Camel endpoint that gets each finished call; {@code direct:llm-completed} unless set. */
    public void setEndpoint(String endpoint) {
        this.endpoint = endpoint;
    }

    /** How many finished calls may wait for that endpoint: 1 to 1,000,000; 10,000 unless set. */
    public void setQueueSize(int queueSize) {
        this.queueSize = queueSize;
    }

    /** How long a stop waits for an endpoint that takes nothing: up to 10 minutes; 5 seconds unless set. */
    public void setDrainTimeout(Duration drainTimeout) {
        this.drainTimeout = drainTimeout;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        dropped.bindTo(registry, "llm.completed.dropped", "Finished calls that were not handed to the completed route");
        failed.bindTo(registry, "llm.completed.failed", "Finished calls that the completed route failed on");
    }

    @Override
    protected synchronized void onStart(Route route) {
        if (running.isEmpty()) {
            AccountSettings settings = new AccountSettings(endpoint, queueSize, drainTimeout);
            context = route.getCamelContext();
            troubles = new Troubles(LOG, Calls.ticker(context));
            pricing = Calls.bound(context, Pricing.class, Pricing.UNKNOWN);
            tokens = Calls.bound(context, TokenCounter.class, TokenCounter.ROUGH);
            CompletedRoute target = new CompletedRoute(context, settings.endpoint(), dropped, failed);
            completed = target;
            queue = new CompletedQueue(
                    settings,
                    target::send,
                    dropped,
                    () -> troubles.is(
                            "queue",
                            () -> "finished calls are dropped: " + settings.endpoint() + " has " + settings.queueSize()
                                    + " waiting",
                            null));
        }
        running.add(route);
    }

    @Override
    protected synchronized void onStop(Route route) {
        if (running.remove(route) && running.isEmpty()) {
            int left = queue.stop();
            queue = null;
            completed.close();
            if (left > 0) {
                LOG.warn("{} finished calls were dropped at the stop: {} did not take them in time", left, endpoint);
            }
        }
    }

    @Override
    protected int pending() {
        CompletedQueue current = queue;
        if (current == null) {
            return 0;
        }
        int sum = current.pending(); // before the taps: what leaves here arrives there
        for (TapExecutor tap : context.getRegistry().findByType(TapExecutor.class)) {
            sum += tap.pending();
        }
        return sum;
    }

    /** It is the first step of a chain: coming to it again is another call. */
    @Override
    protected boolean begins() {
        return true;
    }

    @Override
    protected void around(Call call, Exchange exchange, Chain next) throws Exception {
        Object answer;
        call.countedBy(tokens);
        try {
            next.proceed();
            answer = answerIn(exchange);
        } catch (Throwable e) {
            over(call, Problem.from(e), -1);
            throw e;
        }
        long firstByte = call.ticker().nanos() - call.startedNanos();
        if (answer instanceof TokenStream stream) {
            TokenStream watched =
                    stream.map(event -> seen(call, event)).onEnd(end -> over(call, failureOf(call, end), firstByte));
            exchange.getMessage().setBody(watched);
            Completions.closeAtEnd(exchange, watched);
        } else {
            over(call, call.cancellation().cancelled() ? call.cancellation().problem() : null, firstByte);
        }
    }

    @Override
    public void account(Call call, Work work) throws Exception {
        call.countedBy(tokens);
        try {
            work.run();
        } catch (Throwable e) {
            over(call, Problem.from(e), -1);
            throw e;
        }
        over(
                call,
                call.cancellation().cancelled() ? call.cancellation().problem() : null,
                call.ticker().nanos() - call.startedNanos());
    }

    private static Object answerIn(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        if (body instanceof Request) {
            throw Problem.of(ErrorCode.INTERNAL_ERROR, "The gateway has no route that answers this request.")
                    .withDetail("no step of the chain set an " + Answer.class.getSimpleName() + " or a "
                            + TokenStream.class.getSimpleName() + " as the body");
        }
        return body;
    }

    private static StreamEvent seen(Call call, StreamEvent event) {
        if (call.firstTokenNanos() < 0 && event.hasContent()) {
            call.firstToken();
        }
        return event;
    }

    private static Problem failureOf(Call call, StreamEnd end) {
        return switch (end.kind()) {
            case WHOLE -> null;
            case FAILED -> Problem.from(end.cause());
            case ABANDONED -> call.cancellation().problem();
        };
    }

    /** Whatever prices or counts must not cost the call its record. */
    private Costs priced(Call call, Problem outcome) {
        List<Attempt> attempts = call.getAttempts();
        Costs costs;
        try {
            costs = Costs.of(call, attempts, pricing);
            if (outcome == null) {
                tokens.learn(call);
            }
        } catch (RuntimeException e) {
            troubles.is("price", () -> "call " + call.getId() + " could not be priced", e);
            costs = Costs.unknown(attempts.size());
        }
        call.cost(costs.total());
        if (costs.total() != null && (outcome == null || !attempts.isEmpty())) {
            call.answerHeaders().put(Costs.HEADER, Costs.plain(costs.total()));
        }
        return costs;
    }

    /** Announces the end once, and never throws: a call must not fail by being counted. */
    private void over(Call call, Problem failure, long firstByteNanos) {
        if (!call.finish()) {
            return;
        }
        try {
            Problem outcome = failure != null && call.cancellation().cancelled()
                    ? call.cancellation().problem()
                    : failure;
            Costs costs = priced(call, outcome);
            FinishedCall finished = FinishedCalls.of(
                    call, outcome, costs, firstByteNanos, call.ticker().nanos());
            if (outcome != null) {
                FailureLog.tell(finished, outcome);
            }
            CompletedQueue current = queue;
            if (current == null) {
                dropped.add(1);
            } else {
                Request request = call.getRequest();
                current.offer(
                        finished,
                        request.parsed() && !call.isWithheld() ? PromptHash.promptOf(request.tree()) : null,
                        request.receivedBytes());
            }
        } catch (RuntimeException e) {
            failed.add(1);
            troubles.is("account", () -> "call " + call.getId() + " could not be accounted for", e);
        }
    }
}
