package io.github.camelllm.main;

import io.github.camelllm.config.Nearest;
import io.github.camelllm.ingress.HttpLimits;
import io.github.camelllm.main.check.Diagnostic;
import io.github.camelllm.main.check.Placeholders;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Puts the settings together: defaults, over them {@code application.properties}, over it the environment, over all the
 * command line. Finds every value that cannot be, not the first.
 */
final class SettingsReader {

    /**
     * What was read.
     *
     * @param settings the settings; null when there are problems
     * @param properties every property of the file, the user's own as well, and every {@code llm.*} one
     * @param problems what is wrong, in the order of the file
     */
    record Result(Settings settings, Map<String, String> properties, List<Diagnostic> problems) {}

    private record Given(String source, int line, String value) {}

    /** Camel's own names for what the gateway decides: through them its rules could be passed by. */
    private static final Map<String, String> OURS = Map.of(
            "camel.server.host", SettingsTable.HOST,
            "camel.server.port", SettingsTable.PORT,
            "camel.server.maxbodysize", SettingsTable.MAX_BODY,
            "camel.server.enabled", SettingsTable.HOST);

    /** Camel's reload stops all routes before it loads a file, forgets those of templates, and comes back from no error. */
    private static final Set<String> CAMELS_RELOAD =
            Set.of("camel.main.routesreloadenabled", "camel.main.contextreloadenabled");

    private final Map<String, Setting> known = new LinkedHashMap<>();
    private final Map<String, Given> given = new LinkedHashMap<>();
    private final Map<String, String> own = new LinkedHashMap<>();
    private final List<Diagnostic> problems = new ArrayList<>();
    private final Path config;
    private final Map<String, String> environment;

    private SettingsReader(Path config, Map<String, String> environment) {
        this.config = config;
        SecretFiles.Read read = SecretFiles.read(environment);
        this.environment = read.variables();
        this.problems.addAll(read.problems());
        SettingsTable.ALL.forEach(setting -> known.put(setting.name(), setting));
    }

    /**
     * Reads the settings.
     *
     * @param config the directory that {@code application.properties} stands in. Without the file all defaults hold; the
     *     directory may be absent only if it is that of the installation, which nobody has named
     * @param environment the environment variables
     * @param flags the properties that the command line sets, by the flag that sets them: {@code --port=9090}
     */
    static Result read(Path config, Map<String, String> environment, Flags flags) {
        SettingsReader reader = new SettingsReader(config, environment);
        int secrets = reader.problems.size();
        reader.directory();
        if (reader.problems.size() == secrets) {
            reader.file();
        }
        reader.environment();
        reader.flag("--host", SettingsTable.HOST, flags.host());
        reader.flag("--port", SettingsTable.PORT, flags.port());
        return reader.result();
    }

    /**
     * What the command line says of settings.
     *
     * @param host {@code --host}; null when not given
     * @param port {@code --port}; null when not given
     */
    record Flags(String host, String port) {
        static final Flags NONE = new Flags(null, null);
    }

    /** Whoever names a directory means what is in it: keys above all. */
    private void directory() {
        Path usual = Gateway.Directories.home().resolve("config");
        String wrong = null;
        if (Files.notExists(config)) {
            wrong = config.equals(usual) ? null : "there is no such directory of settings";
        } else if (!Files.isDirectory(config)) {
            wrong = "is no directory";
        } else if (!Files.isReadable(config) || !Files.isExecutable(config)) {
            wrong = "cannot be read";
        }
        if (wrong != null) {
            problems.add(new Diagnostic(Shown.path(config), 0, wrong, "Name a readable directory with --config DIR"));
        }
    }

    private void file() {
        String shown = Shown.path(config.resolve(Settings.FILE));
        PropertiesFile file = PropertiesFile.read(config.resolve(Settings.FILE), shown);
        problems.addAll(file.problems());
        for (PropertiesFile.Entry entry : file.entries()) {
            own.put(entry.key(), entry.value());
            String ours = OURS.get(entry.key().toLowerCase(Locale.ROOT).replace("-", ""));
            if (isCamelsReload(entry.key(), entry.value())) {
                problems.add(camelsReload(shown, entry.line(), entry.key()));
            } else if (ours != null) {
                problems.add(new Diagnostic(
                        shown, entry.line(), entry.key() + " is the gateway's to set", "Set " + ours + " instead"));
            } else if (entry.key().startsWith("llm.")) {
                known(entry, shown);
            }
        }
    }

    private void known(PropertiesFile.Entry entry, String shown) {
        String name = entry.key();
        if (!known.containsKey(name)) {
            String remedy = Nearest.remedy(name, known.keySet(), "Take the line out");
            problems.add(new Diagnostic(shown, entry.line(), "unknown property " + name, remedy));
            return;
        }
        String escape = PropertiesFile.doubtfulEscape(entry);
        if (!escape.isEmpty()) {
            problems.add(new Diagnostic(
                    shown,
                    entry.line(),
                    name + " holds '" + escape + "', and the backslash would be lost",
                    "Write a backslash that is meant as such twice: \\\\"));
            return;
        }
        Given first = given.putIfAbsent(name, new Given(shown, entry.line(), entry.value()));
        if (first != null) {
            problems.add(new Diagnostic(
                    shown, entry.line(), name + " stands twice, first in line " + first.line(), "Keep one"));
        }
    }

    private void environment() {
        for (String name : System.getProperties().stringPropertyNames()) {
            if (isCamelsReload(name, System.getProperty(name))) {
                problems.add(camelsReload("system property " + name, 0, name));
            }
        }
        Map<String, String> names = new HashMap<>();
        known.keySet().forEach(name -> names.put(Setting.environmentVariable(name), name));
        environment.forEach((variable, value) -> {
            String ours = OURS.get(variable.toLowerCase(Locale.ROOT).replace('_', '.'));
            if (ours != null) {
                problems.add(new Diagnostic(
                        "environment variable " + variable,
                        0,
                        "it is the gateway's to set",
                        "Set " + Setting.environmentVariable(ours) + " instead"));
            }
            if (isCamelsReload(variable, value)) {
                problems.add(camelsReload("environment variable " + variable, 0, variable));
            }
            String name = names.get(variable);
            if (name != null && !value.isBlank()) {
                given.put(name, new Given("environment variable " + variable, 0, value));
            } else if (name == null && variable.startsWith("LLM_")) {
                // Others may have variables that begin so: only one that is nearly ours is taken for a slip.
                Optional<String> near = Nearest.to(variable, names.keySet()).filter(n -> n.length() > 8);
                near.ifPresent(meant -> problems.add(new Diagnostic(
                        "environment variable " + variable,
                        0,
                        "no property is called so",
                        "Did you mean '" + meant + "'?")));
            }
        });
    }

    /** By any of the spellings that Camel takes: dashes or capitals, dots or underscores. */
    private static boolean isCamelsReload(String name, String value) {
        String plain = name.toLowerCase(Locale.ROOT).replaceAll("[-_.]", "");
        return !value.strip().equalsIgnoreCase("false")
                && CAMELS_RELOAD.stream().anyMatch(one -> one.replace(".", "").equals(plain));
    }

    private static Diagnostic camelsReload(String source, int line, String name) {
        return new Diagnostic(
                source,
                line,
                name
                        + " is not allowed: Camel's own reload stops every route first, and loses the models and what does not load",
                "Take it out: the gateway puts saved changes in force itself (" + SettingsTable.WATCH + "=true)");
    }

    private void flag(String flag, String name, String value) {
        if (value != null) {
            given.put(name, new Given(flag, 0, value));
        }
    }

    private Result result() {
        Map<String, String> values = new LinkedHashMap<>();
        known.values().forEach(setting -> values.put(setting.name(), value(setting)));
        Map<String, String> properties = new LinkedHashMap<>(own);
        properties.keySet().removeIf(name -> name.startsWith("llm."));
        Path keys = config.resolve(values.get(SettingsTable.KEYS_FILE))
                .toAbsolutePath()
                .normalize();
        values.put(SettingsTable.KEYS_FILE, keys.toString());
        for (String file : SettingsTable.ALL_FILES) {
            values.computeIfPresent(
                    file,
                    (name, value) -> value.startsWith("classpath:")
                            ? value
                            : config.resolve(value).toAbsolutePath().normalize().toString());
        }
        // Clients of providers take their addresses with a slash at the end or without.
        for (String url : List.of(SettingsTable.OPENAI_URL, SettingsTable.ANTHROPIC_URL, SettingsTable.GEMINI_URL)) {
            values.computeIfPresent(url, (name, value) -> value.replaceFirst("/+$", ""));
        }
        properties.putAll(values);
        return new Result(problems.isEmpty() ? settings(values, keys) : null, properties, List.copyOf(problems));
    }

    /** The checked value of a setting; a blank where what is given cannot be. */
    private String value(Setting setting) {
        Given said = given.getOrDefault(setting.name(), byDefault(setting));
        String value;
        try {
            value = Placeholders.resolve(said.value().strip(), this::lookup).strip();
        } catch (IllegalArgumentException e) {
            problems.add(new Diagnostic(
                    said.source(),
                    said.line(),
                    setting.name() + "=" + said.value().strip() + ": " + e.getMessage(),
                    "Define it in this file or in the environment, or give a default: {{name:default}}"));
            return "";
        }
        if (setting.kind().check().allows(value)) {
            return value;
        }
        String shown = setting.kind().secret()
                ? setting.name() + " is not allowed as it is"
                : setting.name() + "=" + value.replaceFirst("//[^/@]*@", "//...@") + " is not allowed";
        problems.add(new Diagnostic(
                said.source(),
                said.line(),
                shown,
                "It must be " + setting.kind().allowed()));
        return "";
    }

    /** A default may itself come from the environment. */
    private static Given byDefault(Setting setting) {
        String source = Placeholders.of(setting.defaultValue()).stream()
                .filter(placeholder -> placeholder.name().startsWith("env:"))
                .map(placeholder -> "environment variable " + placeholder.name().substring(4))
                .findFirst()
                .orElse("default");
        return new Given(source, 0, setting.defaultValue());
    }

    private String lookup(String name) {
        String value;
        if (name.startsWith("env:")) {
            value = environment.get(name.substring(4));
        } else if (name.startsWith("sys:")) {
            value = System.getProperty(name.substring(4));
        } else {
            String variable = environment.get(Setting.environmentVariable(name));
            value = variable != null ? variable : own.get(name);
        }
        return value == null || value.isBlank() ? null : value;
    }

    private static Settings settings(Map<String, String> values, Path keys) {
        String host = values.get(SettingsTable.HOST);
        return new Settings(
                host,
                Integer.parseInt(values.get(SettingsTable.PORT)),
                loopback(host),
                http(values),
                Integer.parseInt(values.get(SettingsTable.WORKERS)),
                keys,
                Boolean.parseBoolean(values.get(SettingsTable.OPEN)),
                Kind.parseDuration(values.get(SettingsTable.SHUTDOWN_TIMEOUT)),
                Boolean.parseBoolean(values.get(SettingsTable.FILES)),
                Boolean.parseBoolean(values.get(SettingsTable.QUEUE)),
                Boolean.parseBoolean(values.get(SettingsTable.WATCH)),
                Kind.parseDuration(values.get(SettingsTable.QUIET)),
                Map.copyOf(values));
    }

    static HttpLimits http(Map<String, String> values) {
        return new HttpLimits(
                Long.parseLong(values.get(SettingsTable.MAX_BODY)),
                HttpLimits.ofHeap(Integer.parseInt(values.get(SettingsTable.BODIES_HEAP))),
                Kind.parseDuration(values.get(SettingsTable.HEADER_TIMEOUT)),
                Kind.parseDuration(values.get(SettingsTable.BODY_TIMEOUT)),
                Integer.parseInt(values.get(SettingsTable.BODY_RATE)),
                Kind.parseDuration(values.get(SettingsTable.KEEP_ALIVE_TIMEOUT)),
                Integer.parseInt(values.get(SettingsTable.CONNECTIONS)),
                Integer.parseInt(values.get(SettingsTable.CONNECTIONS_PER_ADDRESS)));
    }

    private static boolean loopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
