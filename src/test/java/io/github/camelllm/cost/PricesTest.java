package io.github.camelllm.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.call.Abilities;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.ModelHealth;
import io.github.camelllm.call.Models;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Pricing;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.call.Usage;
import io.github.camelllm.config.WatchedFile;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.ManualTicker;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PricesTest {

    private static final Usage ONE = Usage.reported(1, 0, 0, 0);

    @TempDir
    Path directory;

    private final ManualTicker ticker = new ManualTicker();
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final Models models = new Models();
    private Path file;
    private long modified = 1_700_000_000_000L;

    @BeforeEach
    void beans() {
        file = directory.resolve("prices.json");
        context.getRegistry().bind("ticker", Ticker.class, ticker);
        context.getRegistry().bind("models", models);
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void isABeanThatTellsWhatModelsCost() throws Exception {
        write("{\"gpt-x\": {\"input_cost_per_token\": 3, \"max_output_tokens\": 99}}");
        start();

        Pricing pricing = context.getRegistry().findSingleByType(Pricing.class);
        assertThat(pricing.cost("gpt-x", ONE)).isEqualByComparingTo("3");
        assertThat(pricing.mostOutputTokens("gpt-x")).isEqualTo(99);
        assertThat(pricing.cost("another", ONE)).isNull();
        assertThat(pricing.most("another", 1, 1)).isNull();
        assertThat(pricing.mostOutputTokens("another")).isZero();
        assertThat(pricing.cost(null, ONE)).isNull();
    }

    @Test
    void aBrokenFileStopsTheStart() throws Exception {
        write("{\"gpt-x\": {\"input_cost_per_token\": \"cheap\"}}");

        assertThatThrownBy(this::start)
                .hasStackTraceContaining("prices.json:1: 'gpt-x': input_cost_per_token is 'cheap'");
    }

    @Test
    void withoutAFileNothingHasAPrice() throws Exception {
        start();

        assertThat(context.getRegistry().findSingleByType(Pricing.class).cost("gpt-x", ONE))
                .isNull();
    }

    @Test
    void takesAChangedFileWithoutARestartAndABrokenOneNot() throws Exception {
        write("{\"gpt-x\": {\"input_cost_per_token\": 3}}");
        start();
        Pricing pricing = context.getRegistry().findSingleByType(Pricing.class);

        write("{\"gpt-x\": {\"input_cost_per_token\": 4}}");
        awaitPrice(pricing, "4");

        write("{\"gpt-x\": {\"input_cost_per_token\": ");
        ticker.advance(WatchedFile.INTERVAL);
        assertThat(pricing.cost("gpt-x", ONE)).isEqualByComparingTo("4");

        write("{\"gpt-x\": {\"input_cost_per_token\": 5}}");
        awaitPrice(pricing, "5");
    }

    @ParameterizedTest
    @CsvSource({
        // name, provider, upstream, the price's key
        "gpt-4o, openai, gpt-4o, gpt-4o",
        "gpt-4o, azure, gpt-4o, azure/gpt-4o",
        "mine, openai, gpt-4o, gpt-4o",
        "mine, azure, gpt-4o, azure/gpt-4o",
        "mine, elsewhere, gpt-4o, gpt-4o",
        "mine, elsewhere, vendor/big, vendor/big",
        "big, vendor, another, vendor/big",
        "own, elsewhere, gpt-4o, own",
        "gpt-4o-2024-08-06, openai, gpt-4o-2024-08-06, gpt-4o-2024-08-06",
        "mine, openai, gpt-4o-2024-11-20, ",
        "gpt-4o, elsewhere, unlisted, gpt-4o",
    })
    void findsAModelByItsNameItsProviderAndWhatThatCallsIt(String name, String provider, String upstream, String key)
            throws Exception {
        write(
                """
              {"gpt-4o": {"litellm_provider": "openai", "input_cost_per_token": 1},
               "azure/gpt-4o": {"litellm_provider": "azure", "input_cost_per_token": 2},
               "vendor/big": {"litellm_provider": "vendor", "input_cost_per_token": 3},
               "own": {"input_cost_per_token": 4},
               "gpt-4o-2024-08-06": {"litellm_provider": "openai", "input_cost_per_token": 5}}
              """);
        models.add(new Model(
                name, provider, upstream, Operation.CHAT, null, false, Abilities.ALL, ModelHealth.unwatched()));
        start();

        Pricing pricing = context.getRegistry().findSingleByType(Pricing.class);
        BigDecimal cost = pricing.cost(name, ONE);
        if (key == null) {
            assertThat(cost).isNull();
        } else {
            assertThat(cost)
                    .isEqualByComparingTo(
                            PriceList.read(file).value().find(key, null, null).cost(ONE, 0));
        }
    }

    @Test
    void whatIsMadeUpHereIsFreeWhetherItIsListedOrNot() throws Exception {
        models.add(new Model("sim", "simulator", Operation.CHAT, null, true));
        models.add(new Model("dear-sim", "simulator", Operation.CHAT, null, true));
        models.add(new Model("unlisted", "p", Operation.CHAT, null, false));
        write("{\"dear-sim\": {\"input_cost_per_token\": 3}}");
        start();

        Pricing pricing = context.getRegistry().findSingleByType(Pricing.class);
        assertThat(pricing.cost("sim", Usage.reported(5, 5, 0, 0))).isEqualByComparingTo("0");
        assertThat(pricing.most("sim", 5, 5)).isEqualByComparingTo("0");
        assertThat(pricing.cost("dear-sim", ONE)).isEqualByComparingTo("3");
        assertThat(pricing.cost("unlisted", ONE)).isNull();
    }

    @Test
    void theMostOfACallIsNoMoreThanItAsksFor() throws Exception {
        write(
                """
              {"m": {"input_cost_per_token": 1, "output_cost_per_token": 10, "cache_creation_input_token_cost": 1.25,
                     "cache_creation_input_token_cost_above_1hr": 2, "input_cost_per_image": 7}}
              """);
        start();
        Pricing pricing = context.getRegistry().findSingleByType(Pricing.class);

        assertThat(pricing.most("m", 100, 1)).isEqualByComparingTo("210");
        assertThat(most(pricing, "{'messages':[{'role':'user','content':'hi'}]}"))
                .isEqualByComparingTo("110");
        assertThat(
                        most(
                                pricing,
                                "{'messages':[{'role':'user','content':[{'type':'text','text':'x','cache_control':{'type':'ephemeral'}}]}]}"))
                .isEqualByComparingTo("135");
        assertThat(
                        most(
                                pricing,
                                "{'tools':[{'function':{'name':'f'},'cache_control':{'ttl':'1h'}}],'messages':[{'cache_control':{}}]}"))
                .isEqualByComparingTo("210");
        assertThat(
                        most(
                                pricing,
                                "{'messages':[{'content':[{'type':'image_url','image_url':{'url':'https://x/y.png'}},{'type':'text'}]}]}"))
                .isEqualByComparingTo("117");
    }

    private static BigDecimal most(Pricing pricing, String json) {
        byte[] body = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        Call call = new Call(Ticker.SYSTEM, Operation.CHAT, new CallHeaders(), null, new Request(body));
        call.getRequest().tree();
        return pricing.most(call, "m", 100, 1);
    }

    private void awaitPrice(Pricing pricing, String dollars) throws Exception {
        Await.until("the price " + dollars, () -> {
            ticker.advance(WatchedFile.INTERVAL);
            return pricing.cost("gpt-x", ONE).compareTo(new BigDecimal(dollars)) == 0;
        });
    }

    private void start() throws Exception {
        String yaml =
                """
                - beans:
                    - name: prices
                      type: io.github.camelllm.cost.Prices
                      properties: { configDir: "%s", file: prices.json }
                """
                        .formatted(directory);
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("prices.camel.yaml", yaml));
        context.start();
    }

    private void write(String json) throws IOException {
        Files.writeString(file, json);
        modified += 1000;
        Files.setLastModifiedTime(file, FileTime.fromMillis(modified));
    }

    @Test
    void aVersionCostsWhatItIsListedForOrElseWhatItsModelDoes() throws Exception {
        write("{\"gpt-x\": {\"input_cost_per_token\": 3, \"litellm_provider\": \"openai\"},"
                + "\"gpt-x-2024-05-13\": {\"input_cost_per_token\": 7, \"litellm_provider\": \"openai\"}}");
        models.add(new Model("gpt-x", "openai", Operation.CHAT, null, false));
        start();
        Pricing pricing = context.getRegistry().findSingleByType(Pricing.class);

        for (String[] versionAndPrice : new String[][] {{"gpt-x-2024-05-13", "7"}, {"gpt-x-2024-08-06", "3"}}) {
            Call call = new Call(
                    Ticker.SYSTEM,
                    Operation.CHAT,
                    new CallHeaders(),
                    null,
                    new Request("{}".getBytes(StandardCharsets.UTF_8)));
            call.versions(java.util.Map.of("gpt-x", versionAndPrice[0]));
            assertThat(pricing.cost(call, "gpt-x", ONE)).isEqualByComparingTo(versionAndPrice[1]);
            assertThat(pricing.most(call, "gpt-x", 1, 0)).isEqualByComparingTo(versionAndPrice[1]);
        }
    }
}
