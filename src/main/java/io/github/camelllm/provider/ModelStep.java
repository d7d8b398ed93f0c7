package io.github.camelllm.provider;

import io.github.camelllm.call.Attempt;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.Models;
import io.github.camelllm.call.Operation;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Step;
import org.apache.camel.Exchange;
import org.apache.camel.Route;

/**
 * The head of a model's route: enters the model in the catalogue, opens an attempt in the record of the call, and says
 * what the route's throttle and circuit breaker mean when they refuse.
 */
public final class ModelStep extends Step {

    /** The exchange property that holds the exchange as it was before the circuit breaker copied it. */
    static final String ORIGINAL = "llm.exchange";

    private String model;
    private String provider;
    private Operation operation = Operation.CHAT;
    private String key = "";
    private String keyName = "";
    private boolean simulated;
    private volatile Model entry;

    /** What clients and chains call the model. */
    public void setModel(String model) {
        this.model = model;
    }

    /** Whose model it is, as records and metrics name it. */
    public void setProvider(String provider) {
        this.provider = provider;
    }

    /** {@code chat} or {@code embeddings}. */
    public void setOperation(String operation) {
        this.operation = Operation.of(operation);
    }

    /** The provider's key; blank when there is none. */
    public void setKey(String key) {
        this.key = key;
    }

    /** The setting the key comes from, to be named when it is missing; blank for a model that needs no key. */
    public void setKeyName(String keyName) {
        this.keyName = keyName;
    }

    /** Whether the answers are made up here. */
    public void setSimulated(boolean simulated) {
        this.simulated = simulated;
    }

    @Override
    protected void onStart(Route route) {
        String missing = !keyName.isBlank() && key.isBlank() ? keyName : null;
        Model entered = new Model(model, provider, operation, missing, simulated);
        catalogue(route).add(entered);
        entry = entered;
    }

    @Override
    protected void onStop(Route route) {
        if (entry != null) { // else its name was taken, and the entry under it is another route's
            catalogue(route).remove(entry);
            entry = null;
        }
    }

    private static Models catalogue(Route route) {
        Models models = route.getCamelContext().getRegistry().findSingleByType(Models.class);
        if (models == null) {
            throw new IllegalStateException("no bean of type " + Models.class.getName()
                    + ": declare one (models) in the beans of a route file");
        }
        return models;
    }

    @Override
    protected void around(Call call, Exchange exchange, Chain next) throws Exception {
        Model known = entry;
        if (known == null || !known.live()) {
            throw Problem.of(ErrorCode.NO_MODEL_AVAILABLE, "The model '" + model + "' is not set up on this gateway.")
                    .withDetail(known == null ? "its route is stopping" : known.missing() + " is not set");
        }
        Attempt attempt = call.attempt(model, provider);
        exchange.setProperty(ORIGINAL, exchange);
        try {
            next.proceed();
            if (attempt.problem() != null) {
                throw attempt.problem();
            }
        } catch (Exception e) {
            Problem problem = Refusals.isCircuitOpen(e) || Refusals.isThrottled(e) ? refusal(e) : Problem.from(e);
            attempt.failed(problem);
            throw problem;
        } finally {
            attempt.answered(call.ticker().nanos());
            exchange.removeProperty(ORIGINAL);
        }
    }

    private Problem refusal(Exception e) {
        return Refusals.isThrottled(e)
                ? Problem.of(
                                ErrorCode.TOO_MANY_IN_FLIGHT,
                                "The model '" + model + "' has as many calls in flight as it is allowed; try again.")
                        .withRetryAfter(Refusals.SOON)
                : Problem.of(
                                ErrorCode.NO_MODEL_AVAILABLE,
                                "The model '" + model + "' has failed too often lately and is left alone for a while.")
                        .withRetryAfter(Refusals.SOON)
                        .withDetail("circuit breaker open");
    }
}
