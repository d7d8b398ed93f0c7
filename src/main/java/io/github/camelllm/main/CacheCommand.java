package io.github.camelllm.main;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code bin/gateway cache}: what concerns the caches of running gateways. */
@Command(
        name = "cache",
        description = "Clears the caches of running gateways.",
        mixinStandardHelpOptions = true,
        subcommands = CacheCommand.Clear.class)
final class CacheCommand implements Callable<Integer> {

    /** Where the admin's key is read from: an option would show it to whoever lists processes. */
    static final String KEY = "LLM_ADMIN_KEY";

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "Say what to do with it: clear");
    }

    /** The command {@code bin/gateway cache clear}. */
    @Command(
            name = "clear",
            description = "Drops the cached answers to which all that is named applies.",
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "The key of an admin (admin: true in keys.yaml) is read from the environment: LLM_ADMIN_KEY.",
                "",
                "One gateway tells all that share answers with it. Exit codes: 0 cleared everywhere, 1 not everywhere,",
                "2 wrong usage."
            })
    static final class Clear implements Callable<Integer> {

        private static final Duration CONNECT = Duration.ofSeconds(10);

        /** A Redis with millions of answers is looked through for a while. */
        private static final Duration PATIENCE = Duration.ofMinutes(2);

        @Option(
                names = "--url",
                paramLabel = "URL",
                defaultValue = "http://127.0.0.1:8080",
                description = "a gateway; once for each that shares no answers with others (default: ${DEFAULT-VALUE})")
        private List<String> urls;

        @Parameters(
                paramLabel = "NAME=VALUE",
                arity = "1..*",
                description =
                        "model=NAME, tenant=NAME, task=NAME, template=NAME[@VERSION], tag=NAME, key=X-LLM-Cache-Key, or all=true")
        private Map<String, String> what = new TreeMap<>();

        @Spec
        private CommandSpec spec;

        private final Map<String, String> environment;

        Clear() {
            this(System.getenv());
        }

        Clear(Map<String, String> environment) {
            this.environment = environment;
        }

        @Override
        public Integer call() throws InterruptedException {
            String key = environment.getOrDefault(KEY, "");
            if (key.isBlank()) {
                throw new ParameterException(spec.commandLine(), "Set " + KEY + " to the key of an admin");
            }
            String query = what.entrySet().stream()
                    .map(pair -> encoded(pair.getKey()) + "=" + encoded(pair.getValue()))
                    .collect(Collectors.joining("&"));
            PrintWriter out = spec.commandLine().getOut();
            PrintWriter err = spec.commandLine().getErr();
            HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT).build();
            int exit = 0;
            for (String url : urls) {
                try {
                    JsonNode done = cleared(client, url.replaceFirst("/+$", ""), query, key);
                    out.println(url + ": " + done.path("cleared").longValue() + " cached answers cleared"
                            + (done.has("shared")
                                    ? ", and " + done.path("shared").longValue() + " of those that "
                                            + done.path("gateways").longValue() + " gateways share"
                                    : ""));
                } catch (IOException | IllegalArgumentException e) {
                    err.println(url + ": not cleared: " + reason(e));
                    exit = 1;
                }
            }
            out.flush();
            err.flush();
            return exit;
        }

        private static JsonNode cleared(HttpClient client, String url, String query, String key)
                throws IOException, InterruptedException {
            HttpResponse<byte[]> response = client.send(
                    HttpRequest.newBuilder(URI.create(url + "/v1/cache?" + query))
                            .timeout(PATIENCE)
                            .header("Authorization", "Bearer " + key.strip())
                            .DELETE()
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            JsonNode answer = Json.read(response.body());
            if (response.statusCode() != 200 || !answer.path("cleared").isIntegralNumber()) {
                throw new IOException(answer.at("/error/message").asText("it answered " + response.statusCode()));
            }
            return answer;
        }

        private static String reason(Exception e) {
            return e.getMessage() == null ? "it cannot be reached" : e.getMessage();
        }

        private static String encoded(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8);
        }
    }
}
