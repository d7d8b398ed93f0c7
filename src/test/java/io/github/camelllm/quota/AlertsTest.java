package io.github.camelllm.quota;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.testkit.Await;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertsTest {

    @TempDir
    Path directory;

    @Test
    void eachShareIsToldOnceAWindow() throws Exception {
        List<JsonNode> told = new CopyOnWriteArrayList<>();
        try (LimitedChain chain = new LimitedChain(
                directory, "alerts: [50, 100]\nlimits: [{ scope: user, dollars: 0.04, per: hour }]\n")) {
            chain.context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:llm-alerts")
                            .process(exchange -> told.add(Json.read(
                                    exchange.getMessage().getBody(String.class).getBytes(StandardCharsets.UTF_8))));
                }
            });
            chain.priced("0.001", "0.001").counting(1, 1).start();
            chain.model = exchange -> LimitedChain.answer(exchange, 5, 5);

            pay(chain); // 25 %
            pay(chain); // 50 %
            pay(chain); // 75 %
            Await.until("half of it", () -> told.size() == 1);
            pay(chain); // 100 %
            Await.until("all of it", () -> told.size() == 2);
            chain.ticker.advance(Duration.ofHours(1));
            pay(chain);
            pay(chain);
            Await.until("half of the next window", () -> told.size() == 3);
        }

        assertThat(told).extracting(alert -> alert.path("percent").asInt()).containsExactly(50, 100, 50);
        assertThat(told.get(0).path("limit").asText()).isEqualTo("user:acme/ann:dollars:hour");
        assertThat(told.get(0).path("used").decimalValue()).isEqualByComparingTo("0.02");
        assertThat(told.get(0).path("max").decimalValue()).isEqualByComparingTo("0.04");
    }

    private static void pay(LimitedChain chain) {
        Call call = chain.call("ann");
        call.choose(LimitedChain.model("gpt"));
        assertThat(chain.send(call).getException()).isNull();
    }
}
