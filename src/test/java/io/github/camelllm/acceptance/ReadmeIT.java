package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.acceptance.MarkdownBlocks.Block;
import io.github.camelllm.call.Json;
import io.github.camelllm.testkit.GatewayProcess;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What the README shows works as shown: each block of YAML starts a gateway, each curl is answered. */
class ReadmeIT {

    private static final String AUTO = "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    private static final Set<String> ROUTE_FILE_ITEMS =
            Set.of("route", "routeTemplate", "templatedRoute", "beans", "errorHandler", "routeConfiguration");

    private static List<Block> blocks(String... languages) throws IOException {
        Path readme = Path.of(System.getProperty("basedir", ".")).resolve("README.md");
        List<Block> blocks = MarkdownBlocks.of(Files.readString(readme)).stream()
                .filter(block -> Set.of(languages).contains(block.language()))
                .toList();
        assertThat(blocks)
                .as("blocks of " + List.of(languages) + " in README.md")
                .isNotEmpty();
        return blocks;
    }

    static List<Block> yamlBlocks() throws IOException {
        return blocks("yaml", "yml");
    }

    @ParameterizedTest
    @MethodSource("yamlBlocks")
    void startsWithABlockOfYaml(Block block) throws Exception {
        GatewaySetup setup = GatewaySetup.shipped();
        Object yaml = load(block.text());
        if (yaml instanceof Map<?, ?> map && map.containsKey("keys")) {
            setup.write("config/keys.yaml", block.text());
        } else if (yaml instanceof Map<?, ?> map && map.containsKey("limits")) {
            setup.write("config/limits.yaml", block.text());
        } else if (yaml instanceof List<?> items && items.stream().allMatch(ReadmeIT::isRouteFileItem)) {
            makeWay(setup, items);
            setup.write("routes/readme.camel.yaml", block.text());
        } else if (yaml instanceof List<?> steps && steps.stream().noneMatch(ReadmeIT::isRouteFileItem)) {
            setup.write("routes/readme.camel.yaml", routeAround(block.text()));
        } else {
            throw new AssertionError("neither a route file, nor steps, nor keys, nor limits: the " + block);
        }
        try (GatewayProcess gateway = setup.start()) {
            RawResponse response = RawClient.post(gateway.port(), "/v1/chat/completions", AUTO);
            if (modelsOf(yaml).isEmpty()) { // else its model answers from now on, and is not there
                assertThat(response.status())
                        .as(response.toString())
                        .isEqualTo(yaml instanceof Map<?, ?> map && map.containsKey("keys") ? 401 : 200);
            }
            for (String model : modelsOf(yaml)) {
                assertThat(RawClient.exchange(gateway.port(), "GET", "/v1/models", null)
                                .text())
                        .contains("\"" + model + "\"");
            }
        }
    }

    @Test
    void answersEveryCurl() throws Exception {
        List<CurlCommand> commands = new ArrayList<>();
        for (Block block : blocks("sh", "bash", "console", "shell")) {
            commands.addAll(CurlCommand.in(block.text()));
        }
        assertThat(commands).as("curl commands in README.md").isNotEmpty();
        try (GatewayProcess gateway = GatewaySetup.shipped().start()) {
            for (CurlCommand command : commands) {
                assertThat(command.url()).startsWith("http://127.0.0.1:8080/");
                RawResponse response = run(command, gateway.port());
                assertThat(response.status()).as(command + "\n" + response).isBetween(200, 299);
            }
        }
    }

    @Test
    void answersTheFirstCurlAsShown() throws Exception {
        CurlCommand command = blocks("sh").stream()
                .flatMap(block -> CurlCommand.in(block.text()).stream())
                .findFirst()
                .orElseThrow();
        JsonNode shown = json(blocks("json").get(0).text());
        try (GatewayProcess gateway = GatewaySetup.shipped().start()) {
            JsonNode answer = run(command, gateway.port()).json();
            assertThat(Problems.fieldNames(answer)).containsExactlyElementsOf(Problems.fieldNames(shown));
            assertThat(answer.path("choices")).isEqualTo(shown.path("choices"));
            assertThat(answer.path("usage")).isEqualTo(shown.path("usage"));
            assertThat(answer.path("model")).isEqualTo(shown.path("model"));
        }
    }

    private static RawResponse run(CurlCommand command, int port) throws IOException {
        URI uri = URI.create(command.url());
        byte[] body = command.body() == null ? null : command.body().getBytes(StandardCharsets.UTF_8);
        return RawClient.exchange(
                port,
                command.method(),
                uri.getRawPath(),
                body,
                command.headers().toArray(new String[0]));
    }

    private static boolean isRouteFileItem(Object item) {
        return item instanceof Map<?, ?> map && ROUTE_FILE_ITEMS.containsAll(map.keySet());
    }

    private static String routeAround(String steps) {
        return "- route:\n    id: readme\n    from:\n      uri: direct:readme\n      steps:\n" + steps.indent(8)
                + "        - log: { message: done }\n";
    }

    /** Takes out of the shipped files what the block shows another form of: two routes cannot have one beginning. */
    private static void makeWay(GatewaySetup setup, List<?> block) throws IOException {
        Set<Object> taken = new HashSet<>();
        block.forEach(item -> taken.add(identity(item)));
        taken.remove(null);
        try (var files = Files.list(setup.directory().resolve("routes"))) {
            for (Path path : files.toList()) {
                String file = "routes/" + path.getFileName();
                List<?> shipped = (List<?>) load(setup.read(file));
                List<?> left = shipped.stream()
                        .filter(item -> !taken.contains(identity(item)))
                        .toList();
                if (left.size() < shipped.size()) {
                    setup.write(file, new Dump(DumpSettings.builder().build()).dumpToString(left));
                }
            }
        }
    }

    /** Where a route begins, or which route a template makes; null for anything else. */
    private static Object identity(Object item) {
        if (!(item instanceof Map<?, ?> map)) {
            return null;
        }
        if (map.get("route") instanceof Map<?, ?> route && route.get("from") instanceof Map<?, ?> from) {
            return from.get("uri");
        }
        return map.get("templatedRoute") instanceof Map<?, ?> templated ? templated.get("routeId") : null;
    }

    private static List<String> modelsOf(Object yaml) {
        List<String> models = new ArrayList<>();
        for (Object item : yaml instanceof List<?> list ? list : List.of()) {
            if (item instanceof Map<?, ?> map && map.get("templatedRoute") instanceof Map<?, ?> route) {
                models.add(String.valueOf(route.get("routeId")).replace("llm-model-", ""));
            }
        }
        return models;
    }

    private static Object load(String yaml) {
        return new Load(LoadSettings.builder().build()).loadFromString(yaml);
    }

    private static JsonNode json(String text) throws IOException {
        return Json.read(text.getBytes(StandardCharsets.UTF_8));
    }
}
