package io.github.camelllm.routing;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.ModelName;
import io.github.camelllm.call.Models;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Route;

/**
 * Picks the models: those of the chain that are set up and do what is asked, in order. The first is chosen; a {@code
 * failover} step below goes on to the others.
 *
 * <p>The chain is the exchange property {@value Calls#CHAIN}, names separated by commas, first choice first, which the routes
 * set; without it the chain is the model that the client asked for.
 */
public final class ChooseModel extends Step {

    private boolean simulateWithoutKeys = true;
    private ModelOrder order = ModelOrder.PRIORITY;
    private volatile Models models;

    /** Whether the simulator stands in while not one real model is set up; on by default, never once one is. */
    public void setSimulateWithoutKeys(boolean simulateWithoutKeys) {
        this.simulateWithoutKeys = simulateWithoutKeys;
    }

    /**
     * Which model comes first: {@code priority} (as in the chain), {@code weight} (at random, by their weights), {@code
     * latency} (the lowest of late), or {@code price} (the lowest); {@code priority} unless set.
     */
    public void setOrder(String order) {
        this.order = ModelOrder.of(order);
    }

    @Override
    protected void onStart(Route route) {
        models = Calls.models(route.getCamelContext());
    }

    @Override
    protected void around(Call call, Exchange exchange, Chain next) throws Exception {
        call.getRequest().tree(); // a body that is no request is refused here, should nothing before have looked
        List<Model> live = new ArrayList<>();
        List<String> passedOver = new ArrayList<>();
        Map<String, String> versions = new HashMap<>(2);
        for (String name :
                exchange.getProperty(Calls.CHAIN, call.getAsked(), String.class).split(",")) {
            Optional<ModelName> asked = models.resolve(name.strip());
            Optional<Model> model = asked.map(ModelName::model);
            if (model.isPresent() && model.get().live() && model.get().operation() == call.getOperation()) {
                add(call, asked.get(), live, versions);
            } else {
                passedOver.add(name.strip() + whyNot(call, model));
            }
        }
        if (live.isEmpty()) {
            simulator(call).ifPresent(live::add);
        }
        if (live.isEmpty()) {
            throw Problem.of(ErrorCode.NO_MODEL_AVAILABLE, "No model is available for this request.")
                    .withDetail("passed over: " + String.join("; ", passedOver));
        }
        List<Model> ordered = order.sort(live);
        call.versions(versions);
        call.chain(ordered.stream().map(Model::name).toList());
        call.choose(ordered.get(0));
        Calls.publish(exchange, call);
        next.proceed();
    }

    /** A model stands in a chain once for each time it is named, but of its versions the first is asked for. */
    private static void add(Call call, ModelName asked, List<Model> live, Map<String, String> versions) {
        Model model = asked.model();
        if (asked.version() != null && !asked.reachesProvider()) {
            call.tell("version " + asked.version() + " left out for " + model.name()
                    + ", for which the routes name another");
        } else if (asked.version() != null && !live.contains(model)) {
            versions.put(model.name(), asked.version());
        }
        live.add(model);
    }

    private static String whyNot(Call call, Optional<Model> model) {
        if (model.isEmpty()) {
            return " (no such model)";
        }
        return model.get().live()
                ? " (does not do " + call.getOperation().label() + ")"
                : " (" + model.get().missing() + " is not set)";
    }

    private Optional<Model> simulator(Call call) {
        if (!simulateWithoutKeys || models.all().stream().anyMatch(model -> model.live() && !model.simulated())) {
            return Optional.empty();
        }
        return models.all().stream()
                .filter(model -> model.live() && model.operation() == call.getOperation())
                .findFirst();
    }
}
