package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.ChatScript;
import io.github.camelllm.testkit.Gate;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.Metrics;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import io.github.camelllm.testkit.Reply;
import io.github.camelllm.testkit.VirtualKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Routes and configuration that are edited while the gateway serves. */
class LiveEditIT extends GatewayAcceptance {

    private static final String ROUTES = "routes/gateway.camel.yaml";
    private static final String MODELS = "routes/models.camel.yaml";
    private static final String ADMIN = "sk-admin-1";
    private static final String USER = "sk-user-1";
    private static final String SPARE = "sk-spare-1";

    private GatewaySetup setup;

    @Override
    void prepare(GatewaySetup gatewaySetup) {
        setup = gatewaySetup;
        setup.write("config/keys.yaml", keys(true));
        setup.property("llm.reload.quiet", "100ms");
        setup.write("config/limits.yaml", "limits: []\n");
        setup.property("mine.greeting", "before");
        setup.property("llm.http.host", "0.0.0.0"); // where it must not become open
    }

    private static String keys(boolean spare) {
        return "keys:\n" + key("admin", ADMIN, "    admin: true\n") + key("user", USER, "")
                + (spare ? key("spare", SPARE, "") : "");
    }

    private static String key(String id, String key, String more) {
        return "  - id: " + id + "\n    sha256: " + VirtualKey.sha256(key) + "\n    tenant: acme\n    user: " + id
                + "\n" + more;
    }

    private RawResponse ask(String model, String key, String... fields) throws IOException {
        return post(CHAT, chatJson(model, fields), "Authorization: Bearer " + key);
    }

    private RawResponse ask(String model) throws IOException {
        return ask(model, USER);
    }

    private void simulator(String name) {
        setup.append(
                MODELS,
                "# " + name + "\n- templatedRoute:\n    routeTemplateRef: simulator\n    routeId: llm-model-" + name
                        + "\n    parameters:\n      - { name: model, value: " + name + " }\n# end " + name + "\n");
    }

    private void without(String name) {
        setup.edit(MODELS, text -> text.replaceAll("(?s)# " + name + "\\n.*# end " + name + "\\n", ""));
    }

    private JsonNode config() throws IOException {
        return RawClient.exchange(gateway.port(), "GET", "/health", null).json().path("config");
    }

    private double reloads(String result) throws IOException {
        return gateway.metrics().sum("llm_config_reloads_total", "result", result);
    }

    private void edited(Edit edit) throws Exception {
        double before = reloads("applied");
        edit.make();
        Await.until(Duration.ofSeconds(20), "the edit is in force: " + config(), () -> reloads("applied") > before);
    }

    @FunctionalInterface
    private interface Edit {
        void make() throws Exception;
    }

    private RawResponse reload(String key, String query) throws IOException {
        return RawClient.exchange(
                gateway.port(), "POST", "/admin/reload" + query, new byte[0], "Authorization: Bearer " + key);
    }

    @Test
    void modelsComeAndGo() throws Exception {
        assertThat(ask("newcomer").status()).isEqualTo(404);
        edited(() -> simulator("newcomer"));
        assertThat(ask("newcomer").status()).isEqualTo(200);
        edited(() -> without("newcomer"));
        assertThat(ask("newcomer").status()).isEqualTo(404);
        edited(() -> simulator("newcomer"));
        assertThat(ask("newcomer").status()).isEqualTo(200);
        edited(() -> without("newcomer"));
    }

    @Test
    void aStreamOfAModelThatIsTakenOutGoesOnToItsEnd() throws Exception {
        edited(() -> setup.model("leaving", NO_BREAKER));
        Gate gate = new Gate();
        upstream.next(Reply.sse(ChatScript.of("one ", "two ", "three").sse().gateBefore(2, gate)));
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.postJson(CHAT, chatJson("leaving", "\"stream\":true"), "Authorization: Bearer " + USER);
            assertThat(client.head().status()).isEqualTo(200);
            client.event();
            edited(() -> setup.edit(
                    MODELS,
                    text -> text.replaceAll(
                            "(?s)- templatedRoute:\\n    routeTemplateRef: openai\\n    routeId: llm-model-leaving.*?(?=\\n- |\\z)",
                            "")));
            assertThat(ask("leaving").status()).isEqualTo(404);
            gate.open();
            List<String> events = client.events();
            assertThat(String.join("", events)).contains("three");
            assertThat(events.get(events.size() - 1)).contains("[DONE]");
        }
    }

    @Test
    void whatIsWrongIsToldUntilItIsMendedAndAllGoesOnAsBefore() throws Exception {
        String good = setup.read(ROUTES);
        double before = reloads("refused");
        setup.write("config/limits.yaml", "limits:\n  - { scope: model, of: steady, requests: 1, per: day }\n");
        setup.edit(
                ROUTES,
                text -> text.replaceFirst(
                        "(?m)^( +)- policy: \\{ ref: (\\w*[vV]alidate) }", "$1- polciy: { ref: $2 }"));
        Await.until(Duration.ofSeconds(20), "the edit is refused", () -> reloads("refused") > before);

        JsonNode config = config();
        assertThat(config.path("in_force").asBoolean()).isFalse();
        JsonNode problem = config.path("problems").get(0);
        assertThat(problem.path("file").asText()).endsWith("gateway.camel.yaml");
        assertThat(problem.path("line").asInt()).isPositive();
        assertThat(problem.path("reason").asText()).contains("polciy");
        assertThat(RawClient.exchange(gateway.port(), "GET", "/health", null)
                        .json()
                        .path("status")
                        .asText())
                .isEqualTo("degraded");
        Metrics metrics = gateway.metrics();
        assertThat(metrics.sum("llm_config_last_reload_successful")).isZero();
        assertThat(metrics.samples().stream()
                        .filter(sample -> sample.name().equals("llm_config_problems"))
                        .map(sample -> sample.labels().get("reason")))
                .anySatisfy(reason -> assertThat(reason).contains("polciy"));
        gateway.awaitOutput("ALARM: routes or configuration have changed.*gateway\\.camel\\.yaml:\\d+.*polciy");
        assertThat(ask("steady").status()).isEqualTo(200);
        assertThat(ask("steady").status())
                .as("good files of a bad change are not in force")
                .isEqualTo(200);

        RawResponse refused = reload(ADMIN, "");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().path("error").path("code").asText()).isEqualTo("config_refused");
        assertThat(refused.text()).contains("polciy");

        edited(() -> {
            setup.write("config/limits.yaml", "limits: []\n");
            setup.write(ROUTES, good);
        });
        assertThat(config().path("in_force").asBoolean()).isTrue();
        assertThat(gateway.metrics().names()).doesNotContain("llm_config_problems");
    }

    @Test
    void aRevokedKeyIsRefusedWithinASecondEvenWhileRoutesAreBroken() throws Exception {
        assertThat(ask("steady", SPARE).status()).isEqualTo(200);
        String good = setup.read(ROUTES);
        double refused = reloads("refused");
        setup.append(ROUTES, "- route: [\n");
        Await.until(Duration.ofSeconds(20), "the edit is refused", () -> reloads("refused") > refused);

        long revoked = System.nanoTime();
        setup.write("config/keys.yaml", keys(false));
        Await.until(
                Duration.ofSeconds(10),
                "the key is refused",
                () -> ask("steady", SPARE).status() == 401);
        Duration took = Duration.ofNanos(System.nanoTime() - revoked);
        assertThat(took).isLessThan(Duration.ofSeconds(3)); // a second on a machine that does nothing else
        assertThat(ask("steady", USER).status()).isEqualTo(200);
        edited(() -> {
            setup.write("config/keys.yaml", keys(true));
            setup.write(ROUTES, good);
        });
        assertThat(ask("steady", SPARE).status()).isEqualTo(200);
    }

    @Test
    void aChainThatNoLongerAsksForAKeyIsRefusedWhereStrangersCall() throws Exception {
        String good = setup.read(ROUTES);
        double before = reloads("refused");
        setup.edit(ROUTES, text -> text.replaceFirst("(?m)^ +- policy: \\{ ref: \\w*[aA]uthenticate }.*\\R", ""));
        Await.until(Duration.ofSeconds(20), "the edit is refused", () -> reloads("refused") > before);
        assertThat(ask("steady", "sk-wrong").status()).isEqualTo(401);
        assertThat(config().path("problems").toString()).contains("without a key");
        edited(() -> setup.write(ROUTES, good));
    }

    @Test
    void aFileOfLimitsThatIsTakenAwayStaysInForceAndIsMissed() throws Exception {
        edited(() -> setup.write(
                "config/limits.yaml", "limits:\n  - { scope: model, of: gpt-4o, requests: 1, per: day }\n"));
        assertThat(ask("gpt-4o").status()).isEqualTo(200);
        double before = reloads("refused");
        Files.delete(setup.directory().resolve("config/limits.yaml"));
        Await.until(Duration.ofSeconds(20), "the file is missed", () -> reloads("refused") > before);
        assertThat(config().path("problems").toString()).contains("limits.yaml").contains("is gone");
        assertThat(ask("gpt-4o").status()).isEqualTo(429);
        edited(() -> setup.write("config/limits.yaml", "limits: []\n"));
        assertThat(ask("gpt-4o").status()).isEqualTo(200);
    }

    @Test
    void anEmptiedKeysFileOpensNothing() throws Exception {
        double before = reloads("refused");
        setup.write("config/keys.yaml", "keys: {\n");
        Await.until(Duration.ofSeconds(20), "the edit is refused", () -> reloads("refused") > before);
        assertThat(ask("steady", "sk-wrong").status()).isEqualTo(401);
        double again = reloads("refused");
        setup.write("config/keys.yaml", "keys: []\n");
        Await.until(Duration.ofSeconds(20), "the edit is refused", () -> reloads("refused") > again);
        assertThat(ask("steady", "sk-wrong").status()).isEqualTo(401);
        edited(() -> setup.write("config/keys.yaml", keys(true)));
    }

    @Test
    void filesThatAreSavedTogetherAreOneChange() throws Exception {
        double applied = reloads("applied");
        double refused = reloads("refused");
        // the alias alone would be answered by nobody, the model alone would not be called
        setup.edit(ROUTES, text -> text.replaceFirst("aliases: \"", "aliases: \"together,"));
        setup.edit(
                ROUTES,
                text -> text.replaceFirst(
                        "            when:\\n",
                        "            when:\n              - simple: \"\\${exchangeProperty.llm.asked} == 'together'\"\n                steps:\n"
                                + "                  - setProperty: { name: llm.chain, constant: \"both\" }\n"));
        simulator("both");
        Await.until(
                Duration.ofSeconds(20),
                "the change is in force",
                () -> ask("together").status() == 200);
        // it is counted right after it has come into force
        Await.until(Duration.ofSeconds(5), "the change is counted", () -> reloads("applied") > applied);
        assertThat(reloads("applied") - applied).isEqualTo(1);
        assertThat(reloads("refused") - refused).isZero();
    }

    @Test
    void anEditOfOneStepKeepsWhatTheOthersHaveCounted() throws Exception {
        String question = "\"temperature\":0,\"seed\":" + System.nanoTime() % 1_000_000;
        upstream.always(Reply.json(200, ChatScript.of("kept").json()));
        assertThat(ask("steady", USER, question).header("X-LLM-Cache")).isEqualTo("miss");
        edited(() -> setup.edit(ROUTES, text -> text.replaceFirst("retries: 1 ", "retries: 2 ")));
        RawResponse again = ask("steady", USER, question);
        assertThat(again.header("X-LLM-Cache")).isEqualTo("hit");
        edited(() -> setup.edit(ROUTES, text -> text.replaceFirst("retries: 2 ", "retries: 1 ")));
        assertThat(ask("steady", USER, question).header("X-LLM-Cache")).isEqualTo("hit");
    }

    @Test
    void anOpenCircuitBreakerStaysOpenWhenAnotherModelIsEdited() throws Exception {
        edited(() -> setup.model(
                "sick", "minimumNumberOfCalls", "2", "slidingWindowSize", "2", "waitDurationInOpenState", "600"));
        upstream.always(Reply.error(500));
        for (int i = 0; i < 4; i++) {
            ask("sick");
        }
        assertThat(state("sick").path("state").asText()).isEqualTo("open");
        edited(() -> simulator("bystander"));
        assertThat(state("sick").path("state").asText()).isEqualTo("open");
        edited(() -> without("bystander"));
        assertThat(state("sick").path("state").asText()).isEqualTo("open");
    }

    @Test
    void aSettingThatRoutesReferToIsInForceAndOneThatTheServerWasStartedWithTakesARestart() throws Exception {
        edited(() -> setup.write(
                "routes/mine.camel.yaml",
                "- route:\n    id: mine\n    from:\n      uri: platform-http:/mine\n      steps:\n"
                        + "        - setBody: { constant: \"{{mine.greeting}}\" }\n"));
        assertThat(RawClient.exchange(gateway.port(), "GET", "/mine", null).text())
                .isEqualTo("before");
        edited(() -> setup.property("mine.greeting", "after"));
        assertThat(RawClient.exchange(gateway.port(), "GET", "/mine", null).text())
                .isEqualTo("after");
        edited(() -> setup.property("llm.http.max-connections", "77"));
        assertThat(config().path("restart").toString()).contains("llm.http.max-connections");
        gateway.awaitOutput("A change takes a restart: the setting llm.http.max-connections");
        edited(() -> setup.property("llm.http.max-connections", "10000"));
        assertThat(config().path("restart")).isEmpty();
        edited(() -> Files.delete(setup.directory().resolve("routes/mine.camel.yaml")));
        assertThat(RawClient.exchange(gateway.port(), "GET", "/mine", null).status())
                .isEqualTo(404);
    }

    @Test
    void aRouteThatMovesToAnotherPathIsServedThere() throws Exception {
        String route = "- route:\n    id: moving\n    from:\n      uri: platform-http:/from-here\n      steps:\n"
                + "        - setBody: { constant: moved }\n";
        edited(() -> setup.write("routes/moving.camel.yaml", route));
        edited(() -> setup.write("routes/moving.camel.yaml", route.replace("/from-here", "/to-there")));
        assertThat(RawClient.exchange(gateway.port(), "GET", "/from-here", null).status())
                .isEqualTo(404);
        assertThat(RawClient.exchange(gateway.port(), "GET", "/to-there", null).text())
                .isEqualTo("moved");
        edited(() -> setup.write(
                "routes/moving.camel.yaml",
                route.replace("id: moving", "id: renamed").replace("/from-here", "/to-there")));
        assertThat(RawClient.exchange(gateway.port(), "GET", "/to-there", null).text())
                .isEqualTo("moved");
        edited(() -> Files.delete(setup.directory().resolve("routes/moving.camel.yaml")));
    }

    @Test
    void theAdminsKeyReloadsAndTellsWhatAReloadWouldDo() throws Exception {
        assertThat(reload(USER, "").status()).isEqualTo(403);
        assertThat(reload("sk-none", "").status()).isEqualTo(401);
        assertThat(reload(ADMIN, "?dry=1").status()).isEqualTo(400);
        RawResponse nothing = reload(ADMIN, "");
        assertThat(nothing.status()).isEqualTo(200);
        assertThat(nothing.json().path("changes")).isEmpty();
    }

    @Test
    void aTapThatIsAddedIsToldAndTheLedgerGoesOn() throws Exception {
        edited(() -> setup.edit(
                "routes/completed.camel.yaml",
                text -> text.replaceFirst(
                        "(?m)^( +)- process: \\{ ref: (\\w*[lL]edger) }",
                        "$1- log: { loggingLevel: WARN, message: \"TAPPED \\${body}\" }\n$1- process: { ref: $2 }")));
        assertThat(ask("steady").status()).isEqualTo(200);
        gateway.awaitOutput("TAPPED ");
        double written = gateway.metrics().sum("llm_ledger_written_total");
        assertThat(ask("steady").status()).isEqualTo(200);
        Await.until(
                Duration.ofSeconds(10),
                "the ledger writes on",
                () -> gateway.metrics().sum("llm_ledger_written_total") > written);
        edited(() -> setup.edit("routes/completed.camel.yaml", text -> text.replaceAll("(?m)^.*TAPPED.*\\n", "")));
    }

    /** As a config map is mounted: {@code routes/x -> ..data/x}, {@code ..data -> ..2026_1}, and the latter is exchanged. */
    @Test
    void aDirectoryThatIsExchangedByASymbolicLinkCounts() throws Exception {
        Path routes = setup.directory().resolve("routes");
        Path one = Files.createDirectory(routes.resolve("..1"));
        Path two = Files.createDirectory(routes.resolve("..2"));
        String route = "- route:\n    id: mounted\n    from:\n      uri: platform-http:/mounted\n      steps:\n"
                + "        - setBody: { constant: first }\n";
        Files.writeString(one.resolve("mounted.camel.yaml"), route);
        Files.writeString(two.resolve("mounted.camel.yaml"), route.replace("first", "other"));
        Files.createSymbolicLink(routes.resolve("..data"), one);
        edited(() -> Files.createSymbolicLink(
                routes.resolve("mounted.camel.yaml"), Path.of("..data", "mounted.camel.yaml")));
        assertThat(RawClient.exchange(gateway.port(), "GET", "/mounted", null).text())
                .isEqualTo("first");
        Files.createSymbolicLink(routes.resolve("..new"), two);
        edited(() -> Files.move(routes.resolve("..new"), routes.resolve("..data"), StandardCopyOption.ATOMIC_MOVE));
        assertThat(RawClient.exchange(gateway.port(), "GET", "/mounted", null).text())
                .isEqualTo("other");
        edited(() -> Files.delete(routes.resolve("mounted.camel.yaml")));
    }
}
