package io.github.camelllm.failover;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.HeldEvents;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.ModelName;
import io.github.camelllm.call.Models;
import io.github.camelllm.call.Recovery;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.call.Usage;
import io.github.camelllm.failover.FailoverSettings.OnLength;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.camel.Exchange;
import org.apache.camel.Route;

/**
 * Runs what follows once for each model of the call's chain, until one answers: see {@link UpstreamFailure} for what each
 * failure leads to.
 *
 * <p>Nothing reaches the client before an answer has begun, so whatever happens until then is invisible but for the time it
 * takes. A stream that breaks off later is made whole as {@link #setRecovery} says, or ends with an error event: a truncated
 * answer is never presented as a whole one.
 */
public final class Failover extends Step {

    private Duration deadline = FailoverSettings.DEFAULT.deadline();
    private int retries = FailoverSettings.DEFAULT.retries();
    private Duration backoff = FailoverSettings.DEFAULT.backoff();
    private Duration longestBackoff = FailoverSettings.DEFAULT.longestBackoff();
    private int maxWaiting = 64;
    private Duration longestRetryAfter = FailoverSettings.DEFAULT.longestRetryAfter();
    private int retryPercent = FailoverSettings.DEFAULT.retryPercent();
    private List<Recovery> recovery = FailoverSettings.DEFAULT.recovery();
    private OnLength onLength = FailoverSettings.DEFAULT.onLength();

    private Pause pause = Pause.REAL;
    private volatile Models models;
    private volatile FailoverSettings settings = FailoverSettings.DEFAULT;
    private volatile Patience patience;

    /** The longest a call may take with all its attempts, streams included; positive, 10 minutes unless set. */
    public void setDeadline(Duration deadline) {
        this.deadline = FailoverSettings.positive("deadline", deadline);
    }

    /** How often the same model is asked again after a failure that may pass; 0 to 10, 1 unless set. */
    public void setRetries(int retries) {
        this.retries = FailoverSettings.within("retries", retries, 10);
    }

    /** The bound of the random wait before the first retry, which doubles with each; positive, 200 ms unless set. */
    public void setBackoff(Duration backoff) {
        this.backoff = FailoverSettings.positive("backoff", backoff);
    }

    /** The bound of that doubling; positive, 5 s unless set. */
    public void setLongestBackoff(Duration longestBackoff) {
        this.longestBackoff = FailoverSettings.positive("longestBackoff", longestBackoff);
    }

    /** The longest {@code Retry-After} of a provider that is waited for, if the deadline allows; 10 s unless set. */
    public void setLongestRetryAfter(Duration longestRetryAfter) {
        this.longestRetryAfter = FailoverSettings.notNegative("longestRetryAfter", longestRetryAfter);
    }

    /**
     * How many calls at once may wait for a provider that wants to be left alone; further ones are told so. 0 to 100,000; 64
     * unless set. Each holds a thread, and before Java 21 there are {@code llm.http.workers} of them.
     */
    public void setMaxWaiting(int maxWaiting) {
        this.maxWaiting = FailoverSettings.within("maxWaiting", maxWaiting, 100_000);
    }

    /** The share of a model's calls of the last ten seconds that may be retries, beyond three; 0 to 100, 20 unless set. */
    public void setRetryPercent(int retryPercent) {
        this.retryPercent = FailoverSettings.within("retryPercent", retryPercent, 100);
    }

    /**
     * What is done about a stream that breaks off after its first content: {@code continue}, {@code restart}, {@code error},
     * first choice first and separated by commas, or {@code hold} alone; {@code continue,restart} unless set. A model's own
     * parameter {@code recovery} overrules it.
     */
    public void setRecovery(String recovery) {
        this.recovery = Recovery.parse(recovery);
    }

    /**
     * What is done about an answer that the model's own limit has cut: {@code accept} it, as it is marked in any case;
     * {@code failover} to the next model; or end in {@code error}. An answer that is as long as the client allowed is always
     * accepted.
     */
    public void setOnLength(String onLength) {
        try {
            this.onLength = OnLength.valueOf(onLength.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "failover.onLength is '" + onLength + "'; accept, failover and error are allowed", e);
        }
    }

    /** For tests: how it waits. */
    void pause(Pause newPause) {
        this.pause = newPause;
    }

    @Override
    protected void onStart(Route route) {
        models = Calls.models(route.getCamelContext());
        Ticker ticker = Calls.ticker(route.getCamelContext());
        if (patience == null) { // one budget for all routes that the bean stands in
            settings = new FailoverSettings(
                    deadline, retries, backoff, longestBackoff, longestRetryAfter, retryPercent, recovery, onLength);
            patience = new Patience(
                    new RetryBudget(ticker, retryPercent),
                    new Backoff(settings, bound -> ThreadLocalRandom.current().nextLong(bound)),
                    pause,
                    maxWaiting);
        }
    }

    @Override
    protected void around(Call call, Exchange exchange, Chain next) throws Exception {
        List<Model> chain = chainOf(call, exchange);
        if (chain.isEmpty()) {
            next.proceed(); // nobody above has said which models: there is nothing to go on to
            return;
        }
        call.deadline(call.ticker().nanos() + settings.deadline().toNanos());
        Round round = new Round(call, exchange, settings, patience, chain);
        Chain checked = () -> {
            next.proceed();
            check(call, exchange);
        };
        Model model = round.ask(checked, round.request(), any -> true);
        if (exchange.getMessage().getBody() instanceof TokenStream stream && !isHeld(model)) {
            exchange.getMessage()
                    .setBody(new RecoveringStream(
                            call, exchange, checked, round, settings, model, stream, this::recoveryOf));
        }
    }

    /** As {@code choose} has ordered it; without that step, as the routes have named it. */
    private List<Model> chainOf(Call call, Exchange exchange) {
        List<String> names = call.getChain();
        if (names.isEmpty()) {
            names = List.of(exchange.getProperty(Calls.CHAIN, "", String.class).split(","));
        }
        List<Model> chain = new ArrayList<>();
        for (String name : names) {
            models.resolve(name.strip())
                    .map(ModelName::model)
                    .filter(model -> model.live() && model.operation() == call.getOperation())
                    .ifPresent(chain::add);
        }
        return chain;
    }

    private List<Recovery> recoveryOf(Model model) {
        List<Recovery> own = model.abilities().recovery();
        return own.isEmpty() ? settings.recovery() : own;
    }

    private boolean isHeld(Model model) {
        return recoveryOf(model).contains(Recovery.HOLD);
    }

    /** Fails the attempt if its answer is not to be taken; holds a stream until it is whole, where that is the setting. */
    private void check(Call call, Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        if (body instanceof TokenStream stream) {
            Model model = models.find(call.getModel()).orElse(null);
            if (model != null && isHeld(model)) {
                List<StreamEvent> events = HeldEvents.read(call, stream);
                refuseCut(call, settings);
                exchange.getMessage().setBody(TokenStream.of(events));
            }
        } else if (body instanceof Answer) {
            refuseCut(call, settings);
        }
    }

    /** Throws if the model's own limit has cut the answer and the settings do not take that. */
    static void refuseCut(Call call, FailoverSettings settings) {
        if (settings.onLength() != OnLength.ACCEPT
                && "length".equals(call.getFinishReason())
                && !isAsLongAsAllowed(call)) {
            throw Problem.of(ErrorCode.UPSTREAM_ERROR, "The answer of '" + call.getModel() + "' was cut by its limit.")
                    .withUpstream(settings.onLength() == OnLength.ERROR ? null : UpstreamFailure.CUT_BY_LENGTH);
        }
    }

    private static boolean isAsLongAsAllowed(Call call) {
        long allowed = Math.max(
                call.getRequest().tree().path("max_completion_tokens").asLong(0),
                call.getRequest().tree().path("max_tokens").asLong(0));
        Usage usage = call.getUsage();
        return allowed > 0 && (usage == null || usage.outputTokens() >= allowed);
    }
}
