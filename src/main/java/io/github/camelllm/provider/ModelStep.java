package io.github.camelllm.provider;

import io.github.camelllm.call.Abilities;
import io.github.camelllm.call.Attempt;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.ModelHealth;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Recovery;
import io.github.camelllm.call.StreamEnd;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Jmx;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The head of a model's route: enters the model in the catalogue, opens an attempt in the record of the call, and says
 * what the route's throttle and circuit breaker mean when they refuse.
 */
public final class ModelStep extends KeyedStep {

    private static final Logger LOG = LoggerFactory.getLogger(ModelStep.class);

    /** The exchange property of a call that a half-open circuit breaker lets through to see whether the model is back. */
    static final String TRIAL = "llm.trial";

    /** The exchange property of a call whose circuit breaker takes {@link Unjudged} for neither a success nor a failure. */
    static final String CAN_LEAVE_UNJUDGED = "llm.unjudged";

    private String model;
    private String provider;
    private String upstreamModel = "";
    private Operation operation = Operation.CHAT;
    private String keyName = "";
    private boolean simulated;
    private long contextWindow;
    private boolean tools = true;
    private boolean vision = true;
    private boolean jsonSchema = true;
    private String prefill = "no";
    private int weight = 1;
    private BigDecimal price;
    private List<Recovery> recovery = List.of();
    private int degradedFailurePercent = ModelHealth.Settings.DEFAULT.failurePercent();
    private Duration degradedLatency = ModelHealth.Settings.DEFAULT.latency();
    private Duration healthWindow = ModelHealth.Settings.DEFAULT.window();
    private Duration maxRest = Duration.ofMinutes(1);
    private volatile Model entry;
    private volatile RouteBreaker breaker;
    private final AtomicInteger streams = new AtomicInteger();
    private Jmx.Shown shown;

    /** What clients and chains call the model. */
    public void setModel(String model) {
        this.model = model;
    }

    /** Whose model it is, as records and metrics name it. */
    public void setProvider(String provider) {
        this.provider = provider;
    }

    /** What the provider calls the model; blank when it is what clients call it. */
    public void setUpstreamModel(String upstreamModel) {
        this.upstreamModel = upstreamModel;
    }

    /** {@code chat} or {@code embeddings}. */
    public void setOperation(String operation) {
        this.operation = Operation.of(operation);
    }

    /** The setting the key comes from, to be named when it is missing; blank for a model that needs no key. */
    public void setKeyName(String keyName) {
        this.keyName = keyName;
    }

    /** Whether the answers are made up here. */
    public void setSimulated(boolean simulated) {
        this.simulated = simulated;
    }

    /** The most tokens of prompt and completion together; 0 when it is not known. */
    public void setContextWindow(long contextWindow) {
        Abilities.checkContextWindow(contextWindow);
        this.contextWindow = contextWindow;
    }

    /** Whether the model may be offered tools. */
    public void setTools(boolean tools) {
        this.tools = tools;
    }

    /** Whether the model may be shown images. */
    public void setVision(boolean vision) {
        this.vision = vision;
    }

    /** Whether the model keeps to a JSON schema. */
    public void setJsonSchema(boolean jsonSchema) {
        this.jsonSchema = jsonSchema;
    }

    /** How the model is asked to go on from the beginning of an answer; {@code no} where it cannot. */
    public void setPrefill(String prefill) {
        this.prefill = prefill;
    }

    /** The model's share of first choices where the order is by weight; 0 or more. */
    public void setWeight(int weight) {
        Abilities.checkWeight(weight);
        this.weight = weight;
    }

    /** Dollars for a million tokens of prompt, to order by; blank when it is not known. */
    public void setPrice(String price) {
        this.price = Abilities.price(price);
    }

    /** What is done about a stream of the model that breaks off: see {@link Recovery#parse}; blank for what {@code failover} says. */
    public void setRecovery(String recovery) {
        this.recovery = Recovery.parse(recovery);
    }

    /** The share of failed calls, in percent, that makes the model degraded; 1 to 100. */
    public void setDegradedFailurePercent(int degradedFailurePercent) {
        this.degradedFailurePercent = degradedFailurePercent;
        healthSettings();
    }

    /** The median time to the beginning of an answer beyond which the model is degraded; positive. */
    public void setDegradedLatency(Duration degradedLatency) {
        this.degradedLatency = degradedLatency;
        healthSettings();
    }

    /** How far back calls count for the model's health; positive. */
    public void setHealthWindow(Duration healthWindow) {
        this.healthWindow = healthWindow;
        healthSettings();
    }

    /**
     * The longest time for which the model is left alone at its provider's word ({@code Retry-After}); not negative, a minute
     * unless set. With zero it is asked again as soon as a call wants it.
     */
    public void setMaxRest(Duration maxRest) {
        if (maxRest.isNegative()) {
            throw new IllegalArgumentException("maxRest is " + maxRest.toMillis() + " ms; 0 or more is allowed");
        }
        this.maxRest = maxRest;
    }

    /** Here rather than at the start, so that a check of the routes tells it too. */
    @Override
    public void beforeWrap(Route route, NamedNode definition) {
        super.beforeWrap(route, definition);
        Breakers.into(route.getCamelContext());
        if (isKeyOpen() && !keyName.isBlank()) {
            throw new IllegalArgumentException("key is not given for the model '" + model
                    + "', which has a baseUrl of its own, where the key of its dialect is not sent; give a key, or keyName"
                    + " \"\" if it needs none");
        }
    }

    @Override
    protected void onStart(Route route) {
        String missing = !keyName.isBlank() && key().isEmpty() ? keyName : null;
        RouteBreaker routeBreaker = new RouteBreaker(route);
        ModelHealth health = new ModelHealth(
                Calls.ticker(route.getCamelContext()), healthSettings(), routeBreaker::state, this::tell);
        Model entered = new Model(model, provider, upstreamModel, operation, missing, simulated, abilities(), health);
        Calls.models(route.getCamelContext()).add(entered, route.getRouteId());
        routeBreaker.onChange(health::state);
        health.comesBackIn(routeBreaker::comesBackIn);
        breaker = routeBreaker;
        entry = entered;
        shown = Jmx.show(new ModelView(health), "Model", route.getCamelContext().getName(), model);
    }

    private ModelHealth.Settings healthSettings() {
        return new ModelHealth.Settings(degradedFailurePercent, degradedLatency, healthWindow);
    }

    private Abilities abilities() {
        return new Abilities(contextWindow, tools, vision, jsonSchema, !prefill.equals("no"), weight, price, recovery);
    }

    private void tell(ModelHealth.State from, ModelHealth.State to, String why) {
        if (to == ModelHealth.State.HEALTHY) {
            LOG.info("Model {} is healthy again (it was {}): {}", model, lower(from), why);
        } else {
            LOG.warn("Model {} is {} (it was {}): {}", model, lower(to), lower(from), why);
        }
    }

    private static String lower(ModelHealth.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    /** Nobody chooses the model any more; calls that have chosen it are answered. */
    @Override
    protected void onRetire(Route route) {
        if (entry != null) {
            Calls.models(route.getCamelContext()).remove(entry);
        }
    }

    @Override
    protected void onStop(Route route) {
        if (entry != null) { // else its name was taken, and the entry under it is another route's
            Calls.models(route.getCamelContext()).remove(entry);
            entry = null;
            Jmx.hide(shown);
        }
    }

    /** Streams that are read though their exchange is done. */
    @Override
    protected int pending() {
        return streams.get();
    }

    @Override
    protected void around(Call call, Exchange exchange, Chain next) throws Exception {
        Model known = entry;
        if (known == null || !known.live()) {
            throw Problem.of(ErrorCode.NO_MODEL_AVAILABLE, "The model '" + model + "' is not set up on this gateway.")
                    .withUpstream(UpstreamFailure.NOT_SET_UP)
                    .withDetail(known == null ? "its route is stopping" : known.missing() + " is not set");
        }
        if (known.health().rest().lasts()) {
            throw known.resting();
        }
        Attempt attempt = call.attempt(model, provider);
        boolean trial = known.health().breaker() == ModelHealth.Breaker.HALF_OPEN;
        if (trial) {
            exchange.setProperty(TRIAL, true);
        }
        if (breaker.canLeaveUnjudged()) {
            exchange.setProperty(CAN_LEAVE_UNJUDGED, true);
        }
        try {
            next.proceed();
            if (attempt.problem() != null) {
                throw attempt.problem();
            }
            attempt.answered(call.ticker().nanos());
            if (exchange.getMessage().getBody() instanceof TokenStream stream) {
                streams.incrementAndGet();
                exchange.getMessage().setBody(stream.onEnd(end -> {
                    streams.decrementAndGet();
                    ended(call, known, attempt, trial, end);
                }));
            } else {
                known.health().answered(attempt.waitedNanos());
            }
        } catch (Exception | Error e) {
            Problem problem = problem(call, known, e);
            attempt.failed(problem);
            known.health().rest().after(problem, maxRest);
            if (count(call, known, problem) && trial) {
                breaker.reopen();
            }
            throw problem;
        } finally {
            attempt.answered(call.ticker().nanos());
            exchange.removeProperty(TRIAL);
            exchange.removeProperty(CAN_LEAVE_UNJUDGED);
        }
    }

    /** The breaker has taken a stream that began for a success. */
    private void ended(Call call, Model known, Attempt attempt, boolean trial, StreamEnd end) {
        if (end.kind() == StreamEnd.Kind.FAILED) {
            Problem problem = Problem.ofAttempt(model, end.cause());
            attempt.failed(problem);
            if (count(call, known, problem)) {
                breaker.failed(attempt.waitedNanos(), problem, trial);
            }
        } else if (end.kind() == StreamEnd.Kind.WHOLE) {
            known.health().answered(attempt.waitedNanos());
        }
    }

    private static boolean count(Call call, Model known, Problem problem) {
        boolean counts = !call.cancellation().cancelled()
                && problem.upstream().map(UpstreamFailure::countsAgainstBreaker).orElse(false);
        boolean limited = problem.upstream().orElse(null) == UpstreamFailure.STATUS_429;
        if (counts || limited) { // a rate limit is no sign of sickness to the breaker, but none of health either
            known.health().failed();
        } else {
            known.health().state(); // it may have changed with the breaker
        }
        return counts;
    }

    private Problem problem(Call call, Model known, Throwable e) {
        if (Refusals.isCircuitOpen(e) || Refusals.isThrottled(e)) {
            return refusal(known, e);
        }
        Problem problem = Problem.ofAttempt(model, e);
        if (problem.upstream().orElse(null) == UpstreamFailure.UNEXPECTED) {
            LOG.error("request {}: asking {} failed", call.getId(), model, problem.getCause());
        }
        return problem;
    }

    private Problem refusal(Model known, Throwable e) {
        return Refusals.isThrottled(e)
                ? Problem.of(
                                ErrorCode.TOO_MANY_IN_FLIGHT,
                                "The model '" + model + "' has as many calls in flight as it is allowed; try again.")
                        .withRetryAfter(Refusals.SOON)
                        .withUpstream(UpstreamFailure.BUSY)
                : known.leftAlone();
    }
}
