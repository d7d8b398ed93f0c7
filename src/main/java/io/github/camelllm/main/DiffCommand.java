package io.github.camelllm.main;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code bin/gateway diff}: what a running gateway would change if it read its routes and configuration now. */
@Command(
        name = "diff",
        description = "Prints what a running gateway would change if it read its files now, and changes nothing.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "+ comes, ~ changes, - goes, ! takes a restart. With keys it takes that of an admin (admin: true in keys.yaml),",
            "which is read from the environment: LLM_ADMIN_KEY.",
            "",
            "Exit codes: 0 nothing to change, 1 something, 2 wrong usage, 3 the files are not in order, 4 no answer."
        })
final class DiffCommand implements Callable<Integer> {

    private static final int CHANGES = 1;
    private static final int REFUSED = 3;
    private static final int NO_ANSWER = 4;
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8080",
            description = "the gateway (default: ${DEFAULT-VALUE})")
    private String url;

    @Spec
    private CommandSpec spec;

    private final Map<String, String> environment;

    DiffCommand() {
        this(System.getenv());
    }

    DiffCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try {
            HttpResponse<byte[]> response = HttpClient.newBuilder()
                    .connectTimeout(CONNECT)
                    .build()
                    .send(request(), HttpResponse.BodyHandlers.ofByteArray());
            JsonNode answer = Json.read(response.body());
            if (response.statusCode() != 200) {
                err.println(answer.path("error").path("message").asText("status " + response.statusCode()));
                return response.statusCode() == 409 ? REFUSED : NO_ANSWER;
            }
            answer.path("changes").forEach(line -> out.println(line.asText()));
            answer.path("restart").forEach(line -> out.println("! restart: " + line.asText()));
            boolean none =
                    answer.path("changes").isEmpty() && answer.path("restart").isEmpty();
            if (none) {
                out.println("What is saved is in force.");
            }
            return none ? 0 : CHANGES;
        } catch (IOException | IllegalArgumentException e) {
            String said = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            err.println(url + ": no answer: " + said);
            return NO_ANSWER;
        } finally {
            out.flush();
            err.flush();
        }
    }

    private HttpRequest request() {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(url.replaceFirst("/+$", "") + "/admin/reload?dry-run=true"))
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.noBody());
        String key = environment.getOrDefault(CacheCommand.KEY, "");
        if (!key.isBlank()) {
            request.header("Authorization", "Bearer " + key.strip());
        }
        return request.build();
    }
}
