package io.github.camelllm.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A packaged gateway that is about to be started: a directory of its own with copies of the shipped {@code routes/} and {@code
 * config/}, which a test may edit, and an environment with nothing in it but what the test puts there.
 *
 * <p>It lives in {@code target/gateway}, where {@code mvn package} leaves it. The directory goes with the process.
 */
public final class GatewaySetup {

    /** The provider key that the gateway is given together with a fake upstream. */
    public static final String UPSTREAM_KEY = "sk-upstream-secret-4711";

    /** Halves the processor time of a start, at the cost of speed that a test of some seconds never gets to. */
    private static final String QUICK_START = "-XX:TieredStopAtLevel=1";

    private static final Duration RUN_LIMIT = Duration.ofSeconds(60);

    private final Path home;
    private final Path directory;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final List<String> arguments = new ArrayList<>();

    private GatewaySetup(Path home) throws IOException {
        this.home = home;
        this.directory = Files.createTempDirectory("gateway-test-").toRealPath();
        copy(home.resolve("routes"), directory.resolve("routes"));
        copy(home.resolve("config"), directory.resolve("config"));
        environment.put("PATH", System.getenv("PATH"));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("JAVA_OPTS", QUICK_START);
    }

    /**
     * The gateway that this build has packaged, as shipped.
     *
     * @throws AssertionError when there is none
     */
    public static GatewaySetup shipped() throws IOException {
        Path home = Path.of(System.getProperty("basedir", ".")).toAbsolutePath().resolve("target/gateway");
        if (!Files.isExecutable(home.resolve("bin/gateway"))) {
            throw new AssertionError("no " + home.resolve("bin/gateway") + ": mvn package makes it");
        }
        return of(home);
    }

    /** The gateway in that directory. */
    public static GatewaySetup of(Path home) throws IOException {
        return new GatewaySetup(home);
    }

    /** Makes the upstream the provider: {@code OPENAI_API_KEY} and {@code OPENAI_BASE_URL}. */
    public GatewaySetup upstream(FakeUpstream upstream) {
        return env("OPENAI_API_KEY", UPSTREAM_KEY)
                .env("OPENAI_BASE_URL", upstream.baseUrl().toString());
    }

    /** Asks each model once, and ends a stream that breaks off with its error: for tests of a single attempt. */
    public GatewaySetup oneAttempt() {
        return replace("routes/gateway.camel.yaml", "retries: 1 ", "retries: 0 ")
                .replace("routes/gateway.camel.yaml", "recovery: continue,restart", "recovery: error");
    }

    /** Makes the upstream Anthropic: {@code ANTHROPIC_API_KEY} and {@code ANTHROPIC_BASE_URL}. */
    public GatewaySetup anthropic(FakeUpstream upstream) {
        return env("ANTHROPIC_API_KEY", UPSTREAM_KEY).env("ANTHROPIC_BASE_URL", "http://127.0.0.1:" + upstream.port());
    }

    /** Makes the upstream the provider of Gemini's models: {@code GEMINI_API_KEY} and {@code GEMINI_BASE_URL}. */
    public GatewaySetup gemini(FakeUpstream upstream) {
        return env("GEMINI_API_KEY", UPSTREAM_KEY)
                .env("GEMINI_BASE_URL", upstream.rootUrl().toString());
    }

    /** Sets a variable of the process's environment. */
    public GatewaySetup env(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Adds arguments to the command line. */
    public GatewaySetup args(String... more) {
        arguments.addAll(List.of(more));
        return this;
    }

    /** Sets a property in {@code config/application.properties}, in place of what is written there. */
    public GatewaySetup property(String key, String value) {
        String line = "(?m)^\\s*" + Pattern.quote(key) + "\\s*=.*\\R?";
        return edit(
                "config/application.properties", text -> text.replaceAll(line, "") + "\n" + key + "=" + value + "\n");
    }

    /** Replaces all of a file, or makes it. */
    public GatewaySetup write(String file, String text) {
        try {
            Files.createDirectories(directory.resolve(file).getParent());
            Files.writeString(directory.resolve(file), text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds text at the end of a file. */
    public GatewaySetup append(String file, String text) {
        try {
            Files.writeString(directory.resolve(file), "\n" + text, StandardOpenOption.APPEND);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Changes the text of a file. */
    public GatewaySetup edit(String file, UnaryOperator<String> change) {
        return write(file, change.apply(read(file)));
    }

    /**
     * Replaces the only place in a file where that text stands.
     *
     * @throws AssertionError when it stands there never, or more than once
     */
    public GatewaySetup replace(String file, String text, String by) {
        String before = read(file);
        int at = before.indexOf(text);
        if (at < 0 || before.indexOf(text, at + 1) >= 0) {
            throw new AssertionError("'" + text + "' stands " + (at < 0 ? "never" : "more than once") + " in " + file);
        }
        return write(file, before.replace(text, by));
    }

    /** Adds a model of the template {@code openai} to {@code routes/models.camel.yaml}, with parameters as name, value, … */
    public GatewaySetup model(String name, String... parameters) {
        return model(Dialect.OPENAI, name, parameters);
    }

    /** The same of the template of that dialect; an address of its own comes with the upstream's key, if no other is given. */
    public GatewaySetup model(Dialect dialect, String name, String... given) {
        List<String> names = List.of(given);
        String[] parameters = given;
        if (names.contains("baseUrl") && !names.contains("key") && !names.contains("keyName")) {
            parameters = Arrays.copyOf(given, given.length + 2);
            parameters[given.length] = "key";
            parameters[given.length + 1] = UPSTREAM_KEY;
        }
        StringBuilder yaml = new StringBuilder("- templatedRoute:\n    routeTemplateRef: ")
                .append(dialect.template())
                .append("\n    routeId: llm-model-")
                .append(name)
                .append("\n    parameters:\n      - { name: model, value: ")
                .append(name)
                .append(" }\n");
        for (int i = 0; i < parameters.length; i += 2) {
            yaml.append("      - { name: ")
                    .append(parameters[i])
                    .append(", value: \"")
                    .append(parameters[i + 1])
                    .append("\" }\n");
        }
        return append("routes/models.camel.yaml", yaml.toString());
    }

    /** Adds a name that clients may ask for, with the models that it stands for, first choice first. */
    public GatewaySetup alias(String name, String... models) {
        String gateway = "routes/gateway.camel.yaml";
        String first = "              - simple: \"${exchangeProperty.llm.asked} == 'fast'\"";
        String when = first.replace("fast", name) + "\n                steps:\n"
                + "                  - setProperty: { name: llm.chain, constant: \"" + String.join(",", models)
                + "\" }\n";
        return replace(gateway, first, when + first).replace(gateway, "aliases: \"", "aliases: \"" + name + ",");
    }

    /** The text of a file as it stands. */
    public String read(String file) {
        try {
            return Files.readString(directory.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the copies are, and where the process will run. */
    public Path directory() {
        return directory;
    }

    /**
     * Starts the gateway on a free port and waits until it listens.
     *
     * @throws AssertionError with all that it printed, when it ends or stays silent instead
     */
    public GatewayProcess start() throws IOException, InterruptedException {
        Process process = launch(List.of("--port", "0"));
        return GatewayProcess.awaitListening(process, directory);
    }

    /** Runs the command with these arguments to its end, and removes the directory. */
    public Ended run(String... more) throws IOException, InterruptedException {
        Process process = launch(List.of(more));
        ProcessOutput out = ProcessOutput.of(process.getInputStream());
        ProcessOutput err = ProcessOutput.of(process.getErrorStream());
        try {
            if (!process.waitFor(RUN_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("did not end within " + RUN_LIMIT + ":\n" + out.text() + err.text());
            }
            out.awaitEnd();
            err.awaitEnd();
            return new Ended(process.exitValue(), out.text(), err.text());
        } finally {
            process.destroyForcibly();
            GatewayProcess.delete(directory);
        }
    }

    /**
     * A process that has ended.
     *
     * @param exit its exit code
     * @param out all it wrote to its standard output
     * @param err all it wrote to its standard error
     */
    public record Ended(int exit, String out, String err) {}

    private Process launch(List<String> more) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(home.resolve("bin/gateway").toString()));
        command.addAll(more);
        command.addAll(List.of("--routes", directory.resolve("routes").toString()));
        command.addAll(List.of("--config", directory.resolve("config").toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
    }
}
