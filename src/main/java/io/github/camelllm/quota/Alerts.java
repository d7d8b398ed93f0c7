package io.github.camelllm.quota;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.step.Calls;
import io.github.camelllm.store.Limit;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells {@code direct:llm-alerts} that a share of a budget is used: a JSON object with {@code limit}, {@code percent}, {@code
 * used}, {@code max} and {@code time}. On a thread of its own, so that no call waits for whoever is told.
 */
final class Alerts {

    static final String ENDPOINT = "direct:llm-alerts";

    private static final Logger LOG = LoggerFactory.getLogger(Alerts.class);
    private static final int MOST_WAITING = 1000;

    private final CamelContext context;
    private final ExecutorService thread;

    Alerts(CamelContext context) {
        this.context = context;
        ThreadPoolExecutor one = new ThreadPoolExecutor(
                1,
                1,
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MOST_WAITING),
                task -> {
                    Thread made = new Thread(task, "llm-alerts");
                    made.setDaemon(true);
                    return made;
                },
                (task, pool) -> LOG.warn("an alert is dropped: {} takes too long", ENDPOINT));
        one.allowCoreThreadTimeOut(true);
        this.thread = one;
    }

    /** A share has been reached. */
    void reached(Limit limit, int percent, long used) {
        ObjectNode alert = Json.object();
        alert.put("time", Calls.ticker(context).now().toString());
        alert.put("limit", limit.key());
        alert.put("percent", percent);
        Measure measure = measureOf(limit.key());
        alert.put("used", measure.amount(used));
        alert.put("max", measure.amount(limit.max()));
        thread.execute(() -> tell(alert));
    }

    private void tell(ObjectNode alert) {
        try (ProducerTemplate template = context.createProducerTemplate()) {
            if (context.hasEndpoint(ENDPOINT) == null) {
                LOG.warn("{}% of a budget is used: {}", alert.get("percent"), alert);
            } else {
                template.sendBody(ENDPOINT, alert.toString());
            }
        } catch (Exception e) {
            LOG.warn("an alert could not be told to {}: {}", ENDPOINT, alert, e);
        }
    }

    /** A key ends with measure and period: see {@link Rule#limit}. */
    private static Measure measureOf(String key) {
        String[] parts = key.split(":");
        String label = parts[parts.length - 2];
        for (Measure measure : Measure.values()) {
            if (measure.label().equals(label)) {
                return measure;
            }
        }
        throw new IllegalArgumentException(key);
    }
}
