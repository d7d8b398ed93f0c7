package io.github.camelllm.quota;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Identity;
import io.github.camelllm.call.Json;
import io.github.camelllm.step.Calls;
import io.github.camelllm.store.Level;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Answers {@code GET /v1/usage} with the limits of the caller's own (of its tenant, team, user and key) and how they stand.
 * What others use, and the limits of all together, are nobody's to see.
 */
public final class UsageReport implements Processor {

    private volatile Limits limits;

    @Override
    public void process(Exchange exchange) {
        Limits known = limits;
        if (known == null) {
            known = Limits.of(exchange.getContext());
            limits = known;
        }
        exchange.getMessage()
                .setBody(new Answer(null, report(known, Calls.of(exchange).getIdentity())));
    }

    private static ObjectNode report(Limits limits, Identity who) {
        Rules rules = limits.rules();
        List<Rules.Held> held = new ArrayList<>(rules.ofCaller(who, true));
        held.addAll(rules.ofCaller(who, false));
        List<Level> levels = held.isEmpty()
                ? List.of()
                : limits.store()
                        .levels(held.stream()
                                .map(one -> one.rule().limit(who, one.name()))
                                .toList());
        ObjectNode json = Json.object().put("object", "usage");
        json.put("key", who.keyId()).put("tenant", who.tenant());
        json.put("team", who.team()).put("user", who.user()).put("tier", who.tier());
        ArrayNode list = json.putArray("limits");
        for (int i = 0; i < held.size(); i++) {
            add(list.addObject(), held.get(i), levels.isEmpty() ? null : levels.get(i));
        }
        ObjectNode request = json.putObject("request");
        for (Measure measure : List.of(Measure.TOKENS, Measure.DOLLARS)) {
            rules.cap(who.tier(), measure)
                    .ifPresent(cap -> request.put("max_" + measure.label(), measure.amount(cap.max())));
        }
        return json;
    }

    private static void add(ObjectNode json, Rules.Held one, Level level) {
        Rule rule = one.rule();
        Measure measure = rule.measure();
        json.put("scope", rule.scope().label()).put("of", one.name());
        json.put("unit", measure.label()).put("per", rule.period().label());
        json.put("limit", measure.amount(rule.max()));
        if (level == null) { // nobody can tell now
            json.putNull("used").putNull("reserved").putNull("remaining").putNull("resets_in_seconds");
            return;
        }
        json.put("used", measure.amount(level.used()));
        json.put("reserved", measure.amount(level.reserved()));
        json.put("remaining", measure.amount(level.remaining()));
        json.put("resets_in_seconds", (level.resetsIn().toMillis() + 999) / 1000);
    }
}
