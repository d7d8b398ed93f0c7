package io.github.camelllm.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.call.SpentBefore;
import io.github.camelllm.testkit.Await;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.stream.IntStream;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bean behind the shipped route of taps. */
class LedgerTest {

    private static final String TAP = "direct:llm-completed";

    @TempDir
    private Path directory;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private DefaultCamelContext context(String... settings) throws Exception {
        DefaultCamelContext context = new DefaultCamelContext();
        Properties properties = new Properties();
        properties.setProperty("llm.logs", directory.toString());
        properties.setProperty("llm.ledger.enabled", "true");
        for (int i = 0; i < settings.length; i += 2) {
            properties.setProperty(settings[i], settings[i + 1]);
        }
        context.getPropertiesComponent().setInitialProperties(properties);
        context.getRegistry().bind("meterRegistry", meters);
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(ResourceHelper.resolveMandatoryResource(context, "file:routes/completed.camel.yaml"));
        return context;
    }

    private void start(DefaultCamelContext context) {
        context.start();
        context.getRegistry().findSingleByType(Ledger.class).bindTo(meters);
    }

    private String file() {
        return "jdbc:h2:file:" + directory.resolve("data/ledger");
    }

    private int rows() throws Exception {
        try (Connection connection = DriverManager.getConnection(file() + ";AUTO_SERVER=TRUE;IFEXISTS=TRUE", "sa", "");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM llm_ledger")) {
            row.next();
            return row.getInt(1);
        }
    }

    @Test
    void writesEachCallThatTheRouteOfTapsTellsOf() throws Exception {
        List<FinishedCall> calls = IntStream.range(0, 500)
                .mapToObj(
                        i -> CallMaker.call("call_" + i).used("m", 1, 1, "0.1").make())
                .toList();
        try (DefaultCamelContext context = context("llm.ledger.url", file())) {
            start(context);
            ProducerTemplate template = context.createProducerTemplate();
            calls.forEach(call -> template.sendBody(TAP, call));
            calls.forEach(call -> template.sendBody(TAP, call)); // as a route would that tries again
            Await.until(
                    "the calls to be written",
                    () -> meters.get("llm.ledger.written").functionCounter().count() == 500);
            assertThat(meters.get("llm.ledger.up").gauge().value()).isEqualTo(1);
            assertThat(meters.get("llm.ledger.failed").functionCounter().count())
                    .isZero();
            assertThat(meters.get("llm.ledger.dropped").functionCounter().count())
                    .isZero();
        }
        assertThat(rows()).isEqualTo(500);
    }

    @Test
    void tellsOthersWhatWasSpentBefore() throws Exception {
        try (DefaultCamelContext context = context("llm.ledger.url", file())) {
            start(context);
            context.createProducerTemplate()
                    .sendBody(
                            TAP, CallMaker.call("call_1").used("m", 2, 1, "0.1").make());
            Await.until(
                    "the call to be written",
                    () -> meters.get("llm.ledger.written").functionCounter().count() == 1);
            SpentBefore before = context.getRegistry().findSingleByType(SpentBefore.class);

            assertThat(before.spent(SpentBefore.Scope.GLOBAL, Instant.EPOCH, Instant.parse("2027-01-01T00:00:00Z"))
                            .toCompletableFuture())
                    .succeedsWithin(Duration.ofSeconds(20))
                    .isEqualTo(List.of(new SpentBefore.Spent(null, null, 1, 3, 100_000_000, 0)));
        }
    }

    @Test
    void doesNothingWhenItIsSwitchedOff() throws Exception {
        try (DefaultCamelContext context = context("llm.ledger.url", file(), "llm.ledger.enabled", "false")) {
            start(context);
            context.createProducerTemplate()
                    .sendBody(TAP, CallMaker.call("call_1").make());
            SpentBefore before = context.getRegistry().findSingleByType(SpentBefore.class);

            assertThat(before.spent(SpentBefore.Scope.GLOBAL, Instant.EPOCH, Instant.MAX)
                            .toCompletableFuture())
                    .isCompletedWithValue(List.of());
        }
        assertThat(directory.resolve("data")).doesNotExist();
        assertThat(meters.find("llm.ledger.written").functionCounter()).isNull();
    }

    @Test
    void stopsTheStartWhenASettingCannotBe() throws Exception {
        try (DefaultCamelContext context = context("llm.ledger.url", "jdbc:mysql://db/x?password=hunter2")) {
            assertThatThrownBy(context::start)
                    .hasStackTraceContaining(
                            "ledger.url is not allowed as it is; it must be blank, or begin with jdbc:h2:file:")
                    .satisfies(e -> assertThat(e.toString()).doesNotContain("hunter2"));
        }
    }
}
