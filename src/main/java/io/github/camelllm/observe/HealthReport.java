package io.github.camelllm.observe;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.ModelHealth;
import io.github.camelllm.config.Edits;
import io.github.camelllm.observe.LatencyWindow.Latency;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Says how the gateway fares, and, where it does not fare well, because of what. */
final class HealthReport {

    /** One model and what is known of it. */
    record Entry(Model model, ModelState state, Latency latency) {}

    private HealthReport() {}

    /** @param edits what has become of changes of the files; null where nothing is known of that */
    static ObjectNode of(List<Entry> models, Duration window, HealthSettings settings, Edits edits) {
        List<String> reasons = new ArrayList<>();
        Edits.State state = edits == null ? null : edits.state();
        if (state != null) {
            state.problems().forEach(wrong -> reasons.add("not in force: " + wrong));
        }
        models.forEach(entry -> judge(entry, settings, reasons));
        ObjectNode json = Json.object();
        json.put("status", reasons.isEmpty() ? "ok" : "degraded");
        ArrayNode because = json.putArray("reasons");
        reasons.forEach(because::add);
        ArrayNode live = json.putArray("live_models");
        json.put("window_seconds", window.toSeconds());
        ArrayNode all = json.putArray("models");
        for (Entry entry : models) {
            if (entry.model().live()) {
                live.add(entry.model().name());
            }
            all.add(describe(entry));
        }
        if (state != null) {
            json.set("config", describe(state));
        }
        return json;
    }

    private static ObjectNode describe(Edits.State state) {
        ObjectNode json = Json.object();
        json.put("in_force", state.problems().isEmpty());
        json.put("changed", state.since() == null ? null : state.since().toString());
        ArrayNode problems = json.putArray("problems");
        state.problems().forEach(wrong -> problems.addObject()
                .put("file", wrong.file())
                .put("line", wrong.line())
                .put("reason", wrong.reason()));
        ArrayNode restart = json.putArray("restart");
        state.restart().forEach(restart::add);
        return json;
    }

    private static void judge(Entry entry, HealthSettings settings, List<String> reasons) {
        Model model = entry.model();
        Latency latency = entry.latency();
        if (entry.state() == ModelState.UNHEALTHY) {
            reasons.add(model.name() + ": its circuit breaker is open");
        } else if (entry.state() == ModelState.DEGRADED && model.health().breaker() == ModelHealth.Breaker.CLOSED) {
            long rest = model.health().rest().seconds();
            reasons.add(model.name()
                    + (rest > 0
                            ? ": its provider wants to be left alone for " + rest + " s"
                            : ": many of its calls fail or take long"));
        }
        if (model.live()
                && latency.count() >= settings.minRequests()
                && latency.p95().compareTo(settings.degradedP95()) > 0) {
            reasons.add(String.format(
                    Locale.ROOT,
                    "%s: the p95 of its latency is %.1f s, more than %.1f s",
                    model.name(),
                    latency.p95().toMillis() / 1e3,
                    settings.degradedP95().toMillis() / 1e3));
        }
    }

    private static ObjectNode describe(Entry entry) {
        Model model = entry.model();
        ObjectNode json = Json.object();
        json.put("name", model.name());
        json.put("provider", model.provider());
        json.put("operation", model.operation().label());
        json.put("live", model.live());
        json.put("missing", model.missing());
        json.put(
                "state",
                model.live() ? model.health().breaker().name().toLowerCase(Locale.ROOT) : ModelState.NO_KEY.label());
        json.put("health", model.live() ? entry.state().label() : null);
        json.put("rest_seconds", model.live() ? model.health().rest().seconds() : null);
        json.put("failure_percent", model.live() ? Math.round(model.health().failureShare() * 100) : null);
        json.put("requests", entry.latency().count());
        boolean seen = entry.latency().count() > 0;
        ObjectNode latency = json.putObject("latency_ms");
        latency.put("p50", seen ? millis(entry.latency().p50()) : null);
        latency.put("p95", seen ? millis(entry.latency().p95()) : null);
        latency.put("p99", seen ? millis(entry.latency().p99()) : null);
        return json;
    }

    private static Double millis(Duration duration) {
        return Math.round(duration.toNanos() / 1e4) / 1e2;
    }
}
