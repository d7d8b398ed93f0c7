package io.github.camelllm.failover;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Attempt;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Model;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Completions;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.DefaultMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call's way down its list of models: each is asked at most once, but for retries, and never again after it has been
 * given up. Used by one thread at a time.
 */
final class Round {

    private static final Logger LOG = LoggerFactory.getLogger(Round.class);

    private final Call call;
    private final Exchange exchange;
    private final FailoverSettings settings;
    private final Patience patience;
    private final Lineup lineup;
    private final ObjectNode request;
    private final Map<String, Object> headers;
    private final Set<String> asked = new HashSet<>();

    /** Retries that a model has been granted, and must wait for once more. */
    private final Map<String, Integer> granted = new HashMap<>();

    private Completions attempt;
    private Problem cause;
    private boolean restored = true;

    Round(Call call, Exchange exchange, FailoverSettings settings, Patience patience, List<Model> models) {
        this.call = call;
        this.exchange = exchange;
        this.settings = settings;
        this.patience = patience;
        this.lineup = new Lineup(call, patience, models);
        this.request = call.getRequest().snapshot();
        this.headers = new HashMap<>(exchange.getMessage().getHeaders());
    }

    /** The request as it came to this step; not to be changed. */
    ObjectNode request() {
        return request;
    }

    /** Whether any model is left that the test accepts. */
    boolean hasNext(Predicate<Model> test) {
        return lineup.hasNext(test);
    }

    /** Notes that the answer has failed after all, and lets go of what its attempt holds. */
    void failed(Problem problem) {
        note(problem);
        giveUp();
    }

    /**
     * Gives the model that failed back to those that may be asked, if its retry budget and the time allow, after the wait
     * before a retry.
     */
    void again(Model model, Problem problem) {
        try {
            if (patience.again(call, model, problem, 0)) {
                lineup.add(model);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Asks the models that are left, and that the test accepts, until one answers.
     *
     * @param next the rest of the chain, run for the model that stands on the call
     * @param body the request to ask with; it is copied
     * @return the answer, and the model that gave it
     * @throws Exception the first cause when nobody answers
     */
    Model ask(Chain next, ObjectNode body, Predicate<Model> test) throws Exception {
        for (Model model = lineup.next(test); model != null; model = lineup.next(test)) {
            if (answers(next, body, model)) {
                return model;
            }
        }
        throw cause != null ? cause : lineup.failure();
    }

    /** Asks one model, and again while that is worth it. */
    private boolean answers(Chain next, ObjectNode body, Model model) throws Exception {
        if (asked.add(model.name())) { // once more is a retry, which the budget has counted
            patience.asked(model);
        }
        for (int retry = granted.getOrDefault(model.name(), 0); ; retry++) {
            try {
                proceed(next, body, model);
                return true;
            } catch (Exception | Error e) {
                Problem problem = problem(model, e);
                giveUp();
                refused(model, problem);
                if (call.cancellation().cancelled() || problem.upstream().isEmpty()) {
                    if (cause != null && problem.status() == ErrorCode.QUOTA_EXHAUSTED.status()) {
                        throw cause; // there is no more room for another attempt
                    }
                    throw e;
                }
                UpstreamFailure failure = problem.upstream().get();
                boolean first = cause == null;
                note(problem);
                LOG.debug("request {}: {} failed, so {}: {}", call.getId(), model.name(), failure.reaction(), problem);
                switch (failure.reaction()) {
                    case TELL -> {
                        if (first || failure == UpstreamFailure.CONTENT_POLICY) {
                            throw problem; // what one provider will not answer is shown to no other
                        }
                        return false; // the fallback's complaint is not the cause
                    }
                    case LARGER -> {
                        lineup.onlyLargerThan(model.abilities().contextWindow());
                        return false;
                    }
                    case NEXT -> {
                        return false;
                    }
                    case RETRY -> {
                        if (retry >= settings.retries() || !patience.again(call, model, problem, retry)) {
                            return false;
                        }
                        if (!model.health().rest().admits()) { // others have come first after the provider's rest
                            granted.put(model.name(), retry + 1);
                            lineup.later(model, problem.retryAfter().orElse(Duration.ZERO));
                            return false;
                        }
                    }
                }
            }
        }
    }

    private Problem problem(Model model, Throwable e) {
        Problem problem = Problem.ofAttempt(model.name(), e);
        if (problem.upstream().orElse(null) == UpstreamFailure.UNEXPECTED
                && problem.getCause() == e) { // else its model has logged it
            LOG.error("request {}: asking {} failed", call.getId(), model.name(), e);
        }
        return problem;
    }

    /** Enters in the record that an answer has been refused after its model had given it for good. */
    private void refused(Model model, Problem problem) {
        Attempt last = call.attempt();
        if (last != null && last.model().equals(model.name()) && last.problem() == null) {
            last.failed(problem);
        }
    }

    private void note(Problem problem) {
        switch (problem.upstream().orElseThrow()) {
            case BUSY, LIMIT_REACHED, CIRCUIT_OPEN, RESTING, NOT_SET_UP, CANNOT ->
                lineup.refused(problem); // nobody was asked
            default -> cause = cause == null ? problem : cause;
        }
    }

    private void proceed(Chain next, ObjectNode body, Model model) throws Exception {
        if (!restored || body != request) {
            call.getRequest().restore(body.deepCopy());
            Message fresh = new DefaultMessage(exchange);
            fresh.setHeaders(new HashMap<>(headers));
            fresh.setBody(call.getRequest());
            exchange.setMessage(fresh);
        }
        restored = false;
        call.choose(model);
        Calls.publish(exchange, call);
        attempt = Completions.mark(exchange);
        call.trying(true);
        try {
            next.proceed();
        } finally {
            call.trying(false);
            attempt.end();
        }
    }

    /** Lets go of all that the last attempt holds. */
    private void giveUp() {
        if (attempt != null) {
            attempt.run();
            attempt = null;
        }
    }
}
