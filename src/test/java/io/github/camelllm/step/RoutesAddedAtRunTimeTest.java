package io.github.camelllm.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.ledger.Ledger;
import io.github.camelllm.observe.Meters;
import io.github.camelllm.store.Decision;
import io.github.camelllm.store.Draw;
import io.github.camelllm.store.Limit;
import io.github.camelllm.store.Store;
import io.github.camelllm.store.Window;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.RedisServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Routes and their beans, loaded into a context that runs. */
@Timeout(60)
class RoutesAddedAtRunTimeTest {

    private static final Limit LIMIT = new Limit("key", 10, new Window.Sliding(Duration.ofHours(1)), List.of());

    private static final String BEANS =
            """
            - beans:
                - name: store
                  type: io.github.camelllm.store.Store
                  properties: { url: "%s", whenDown: deny }
                - name: meters
                  type: io.github.camelllm.observe.Meters
                  properties: { jvm: false }
                - name: ledger
                  type: io.github.camelllm.ledger.Ledger
                  properties: { enabled: true, url: "jdbc:h2:mem:added", logs: "%s" }
                - name: limits
                  type: io.github.camelllm.quota.Limits
                - name: prices
                  type: io.github.camelllm.cost.Prices
                - name: tokens
                  type: io.github.camelllm.cost.Tokens
            """;

    @TempDir
    Path logs;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final DefaultCamelContext context = new DefaultCamelContext();

    @BeforeEach
    void bind() {
        context.getRegistry().bind("meterRegistry", meters);
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private void load(String name, String yaml) throws Exception {
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString(name + ".camel.yaml", yaml));
    }

    private static String route(String name) {
        return "- route: { id: " + name + ", from: { uri: 'direct:" + name + "', steps: [ { to: 'log:end' } ] } }\n";
    }

    private <T> T bean(Class<T> type) {
        return context.getRegistry().findSingleByType(type);
    }

    @Test
    void startBesideTheBeansThatRun() throws Exception {
        load("beans", BEANS.formatted("", logs) + route("first"));
        context.start();
        Store store = bean(Store.class);
        store.reserve("a", List.of(new Draw(LIMIT, 3)));

        for (int i = 0; i < 3; i++) {
            load("more" + i, route("more" + i));
        }

        assertThat(context.getRoutes()).hasSize(4).allMatch(route -> context.getRouteController()
                .getRouteStatus(route.getId())
                .isStarted());
        Decision.Granted granted = (Decision.Granted) store.reserve("b", List.of(new Draw(LIMIT, 3)));
        assertThat(granted.levels().get(0).remaining())
                .as("what was counted before")
                .isEqualTo(4);
        assertThat(bean(Meters.class).isStarted()).isTrue();
    }

    @Test
    void bringBeansThatStartWithTheirOwnSettings() throws Exception {
        try (RedisServer redis = RedisServer.started()) {
            load("first", route("first"));
            context.start();

            load("beans", BEANS.formatted(redis.url(), logs) + route("second"));
            load("third", route("third"));

            assertThat(bean(Store.class).isStarted()).isTrue();
            assertThat(bean(Store.class).remembers())
                    .as("it counts in the Redis that its file names, not in memory")
                    .isTrue();
            assertThat(bean(Meters.class).isStarted()).isTrue();
            Await.until(
                    "the store's gauge",
                    () -> meters.find("llm.store.up").gauge() != null
                            && meters.get("llm.store.up").gauge().value() == 1);
            assertThat(bean(Ledger.class)).isNotNull();
            Await.until(
                    "the ledger to be open",
                    () -> meters.find("llm.ledger.up").gauge() != null
                            && meters.get("llm.ledger.up").gauge().value() == 1);
        }
    }
}
