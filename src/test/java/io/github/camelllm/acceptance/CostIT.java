package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.Metrics;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.Reply;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a call cost, as client, record and metrics are told it. */
class CostIT extends GatewayAcceptance {

    /** 9 tokens of the prompt at full price and 2 out of the cache, 2 of the answer. */
    private static final String DOLLARS = "0.000045";

    @Test
    void theClientIsToldWhatItsCallCost() throws Exception {
        upstream.next(Reply.json(200, ChatScript.of("a ", "b").promptTokens(11).json()));

        RawResponse response = chat("gpt-4o");

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("x-llm-cost-usd")).isEqualTo(DOLLARS);
        JsonNode record = gateway.awaitRecord(response.header("x-request-id"));
        assertThat(record.path("cost_usd").decimalValue()).isEqualByComparingTo(DOLLARS);
        assertThat(record.at("/attempts/0/cost_usd").decimalValue()).isEqualByComparingTo(DOLLARS);
        Await.until(
                "the dollars of the model and the team",
                () -> gateway.metrics().sum("llm_cost_dollars_total", "model", "gpt-4o", "team", "default") > 0.00004);
    }

    @Test
    void aStreamIsPricedInTheRecordAlone() throws Exception {
        upstream.next(Reply.sse(
                ChatScript.of("a ", "b").promptTokens(11).streamUsage(true).sse()));

        RawResponse response = chat("gpt-4o", "\"stream\":true");

        assertThat(response.header("x-llm-cost-usd")).isNull();
        JsonNode record = gateway.awaitRecord(response.header("x-request-id"));
        assertThat(record.path("cost_usd").decimalValue()).isEqualByComparingTo(DOLLARS);
    }

    @Test
    void theSimulatorIsFree() throws Exception {
        RawResponse response = chat("simulator");

        assertThat(response.header("x-llm-cost-usd")).isEqualTo("0");
    }

    @Test
    void anUnlistedModelHasNoKnownCostUntilItIsListed() throws Exception {
        upstream.next(Reply.json(200, ChatScript.of("a").json()));
        RawResponse unpriced = chat(STEADY);
        assertThat(unpriced.status()).isEqualTo(200);
        assertThat(unpriced.header("x-llm-cost-usd")).isNull();
        assertThat(gateway.awaitRecord(unpriced.header("x-request-id"))
                        .path("cost_usd")
                        .isNull())
                .isTrue();
        Await.until(
                "the count of what is not priced",
                () -> gateway.metrics().sum("llm_unpriced_attempts_total", "model", STEADY) > 0);

        Path prices = gateway.directory().resolve("config/prices.json");
        String list = Files.readString(prices);
        Files.writeString(prices, list.replaceFirst("\\{", "{\"" + STEADY + "\": {\"input_cost_per_token\": "));
        Await.until("the alarm", () -> {
            chat("simulator"); // looks at the file now and then
            return gateway.output().contains("ALARM: ");
        });
        assertThat(gateway.output())
                .containsPattern(
                        Pattern.compile("ALARM: .*have changed and are not in order.*prices\\.json:\\d+: '" + STEADY));

        Files.writeString(
                prices,
                list.replaceFirst(
                        "\\{",
                        "{\"" + STEADY + "\": {\"input_cost_per_token\": 1, \"output_cost_per_token\": \"1e0\"},"));
        Await.until("the price", () -> {
            upstream.next(Reply.json(200, ChatScript.of("a").promptTokens(11).json()));
            return "12".equals(chat(STEADY).header("x-llm-cost-usd"));
        });
    }

    @Test
    void aRefusedCallIsToldNoCost() throws Exception {
        RawResponse response = RawClient.post(gateway.port(), CHAT, "{\"model\":\"gpt-4o\"}");

        assertThat(response.status()).isEqualTo(400);
        assertThat(response.header("x-llm-cost-usd")).isNull();
        Metrics metrics = gateway.metrics();
        assertThat(metrics.names()).contains("llm_errors_total");
    }
}
