package io.github.camelllm.main;

import io.github.camelllm.access.Keys;
import io.github.camelllm.cache.CacheRulesFile;
import io.github.camelllm.cache.semantic.SemanticFile;
import io.github.camelllm.config.ConfigProblem;
import io.github.camelllm.cost.PriceList;
import io.github.camelllm.degrade.StaticAnswers;
import io.github.camelllm.guard.GuardRulesFile;
import io.github.camelllm.inspect.InspectFile;
import io.github.camelllm.main.check.Diagnostic;
import io.github.camelllm.main.check.Edition;
import io.github.camelllm.main.check.OpenDoor;
import io.github.camelllm.main.check.RouteCheck;
import io.github.camelllm.main.check.RouteFiles;
import io.github.camelllm.privacy.PrivacyFile;
import io.github.camelllm.quota.LimitsFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known before anything starts: the settings, the keys, and what is wrong with them.
 *
 * @param options what the command line says
 * @param settings the settings; null when there are problems with them
 * @param properties every property: the user's own, and the gateway's
 * @param keys how many virtual keys there are
 * @param open the ways on which calls from the network come to a model without a key, though there are keys
 * @param problems what is wrong with the configuration; empty when the gateway may start
 */
record Preflight(
        Options options,
        Settings settings,
        Map<String, String> properties,
        int keys,
        List<OpenDoor> open,
        List<Diagnostic> problems) {

    private static final String KEYS = "keys.yaml";
    private static final String LIMITS = "limits.yaml";
    private static final String GUARD = "guard.yaml";

    /**
     * What the command line says.
     *
     * @param routes the directory of route files
     * @param config the directory of settings and keys
     * @param flags the settings it overrides
     * @param environment the environment variables
     */
    record Options(Path routes, Path config, SettingsReader.Flags flags, Map<String, String> environment) {}

    /** Reads and checks the configuration. Routes are only looked for: {@link #routeProblems} reads them. */
    static Preflight of(Options options) {
        SettingsReader.Result read = SettingsReader.read(options.config(), options.environment(), options.flags());
        List<Diagnostic> problems = new ArrayList<>(read.problems());
        Path keysFile = Path.of(read.properties().get(SettingsTable.KEYS_FILE));
        int keys = 0;
        if (problems.isEmpty()) {
            if (isMissing(keysFile, options.config(), KEYS)) {
                problems.add(new Diagnostic(
                        SettingsTable.KEYS_FILE + "=" + Shown.path(keysFile),
                        0,
                        "does not exist, and without keys anybody may call",
                        "Make the file, or take the setting out to ask for no keys"));
            }
            Keys.Read found = Keys.read(keysFile);
            note(problems, found.problems());
            keys = found.keys().all().size();
            note(
                    problems,
                    StaticAnswers.read(Path.of(read.properties().get(SettingsTable.STATIC_ANSWERS)))
                            .problems());
            Path limitsFile = Path.of(read.properties().get(SettingsTable.LIMITS_FILE));
            if (isMissing(limitsFile, options.config(), LIMITS)) {
                problems.add(new Diagnostic(
                        SettingsTable.LIMITS_FILE + "=" + Shown.path(limitsFile),
                        0,
                        "does not exist, and without it nothing is limited",
                        "Make the file, or take the setting out to limit nothing"));
            }
            note(problems, LimitsFile.problemsOf(limitsFile));
            note(problems, CacheRulesFile.problemsOf(Path.of(read.properties().get(SettingsTable.CACHE_FILE))));
            note(
                    problems,
                    PrivacyFile.problemsOf(
                            Path.of(read.properties().get(SettingsTable.PRIVACY_FILE)),
                            !read.properties().get(SettingsTable.PRIVACY_KEY).isBlank()));
            note(problems, InspectFile.problemsOf(Path.of(read.properties().get(SettingsTable.INSPECT_FILE))));
            note(problems, SemanticFile.problemsOf(Path.of(read.properties().get(SettingsTable.SEMANTIC_FILE))));
            Path guardFile = Path.of(read.properties().get(SettingsTable.GUARD_FILE));
            if (isMissing(guardFile, options.config(), GUARD)) {
                problems.add(new Diagnostic(
                        SettingsTable.GUARD_FILE + "=" + Shown.path(guardFile),
                        0,
                        "does not exist",
                        "Make the file, or take the setting out to keep to the rules that are shipped"));
            }
            note(problems, GuardRulesFile.problemsOf(guardFile));
            note(
                    problems,
                    PriceList.read(Path.of(read.properties().get(SettingsTable.PRICES_FILE)))
                            .problems());
            for (String trigger : List.of("files", "queue")) {
                keyId(trigger, read.properties(), found.keys(), keysFile).ifPresent(problems::add);
            }
        }
        if (problems.isEmpty()
                && !read.settings().loopback()
                && keys == 0
                && !read.settings().open()) {
            problems.add(new Diagnostic(
                    SettingsTable.HOST + "=" + read.settings().host(),
                    0,
                    "will not listen beyond loopback while anybody may call",
                    "Put keys into " + Shown.path(keysFile) + " ('bin/gateway key' makes one), or set "
                            + SettingsTable.OPEN + "=true"));
        }
        if (problems.isEmpty()
                && read.properties().get(SettingsTable.CORS_ORIGINS).equals("*")
                && read.properties().get(SettingsTable.CORS_CREDENTIALS).equals("true")) {
            problems.add(new Diagnostic(
                    SettingsTable.CORS_CREDENTIALS + "=true",
                    0,
                    "does not go with " + SettingsTable.CORS_ORIGINS
                            + "=*: every page on the web could act for its visitor",
                    "Name the origins, or leave the credentials out"));
        }
        // Reading the routes takes a start some milliseconds, which a gateway without keys has no use for.
        List<OpenDoor> open = problems.isEmpty() && keys > 0
                ? routeCheck(options, read.properties()).openDoors(options.routes())
                : List.of();
        if (!open.isEmpty() && !read.settings().loopback() && !read.settings().open()) {
            open.forEach(door -> problems.add(door.problem()));
        }
        return new Preflight(options, read.settings(), read.properties(), keys, open, List.copyOf(problems));
    }

    private static void note(List<Diagnostic> problems, List<ConfigProblem> found) {
        found.forEach(problem ->
                problems.add(new Diagnostic(Shown.path(problem.file()), problem.line(), problem.message(), "")));
    }

    /** Whether a file does not exist that somebody has named: only the usual one may be left out. */
    private static boolean isMissing(Path file, Path config, String usual) {
        Path left = config.resolve(usual).toAbsolutePath().normalize();
        return Files.notExists(file) && !file.toAbsolutePath().normalize().equals(left);
    }

    /** What is wrong with the key that a trigger acts for: it must be there, unless messages can bring their own. */
    private static Optional<Diagnostic> keyId(
            String trigger, Map<String, String> properties, Keys keys, Path keysFile) {
        String setting = "llm." + trigger + ".key-id";
        String id = properties.getOrDefault(setting, "");
        boolean known = keys.all().stream().anyMatch(key -> key.id().equals(id));
        boolean needed = !id.isBlank() || (trigger.equals("files") && !keys.isEmpty());
        if (!"true".equals(properties.get("llm." + trigger + ".enabled")) || !needed || known) {
            return Optional.empty();
        }
        return Optional.of(new Diagnostic(
                setting + "=" + id,
                0,
                "is the id of no key, so every call would be refused",
                "Name a key of " + Shown.path(keysFile)));
    }

    /** Everything that is wrong with the route files. */
    List<Diagnostic> routeProblems() {
        return routeCheck(options, properties).check(options.routes());
    }

    /** The route files as they are now. */
    Edition edition() {
        return routeCheck(options, properties).edition(options.routes());
    }

    /** The files of settings, keys and tables, whether they exist or not. */
    List<Path> files() {
        List<Path> files = new ArrayList<>();
        files.add(options.config().resolve(Settings.FILE));
        for (String setting : SettingsTable.ALL_FILES) {
            files.add(Path.of(properties.get(setting)));
        }
        files.addAll(SecretFiles.of(options.environment()));
        return files;
    }

    /** The open ways as problems, though the gateway does start on loopback with them: whoever has keys wants them asked for. */
    List<Diagnostic> openProblems() {
        return settings == null || settings.open()
                ? List.of()
                : open.stream().map(OpenDoor::problem).toList();
    }

    private static RouteCheck routeCheck(Options options, Map<String, String> properties) {
        Map<String, String> environment =
                SecretFiles.read(options.environment()).variables();
        return new RouteCheck(new HashMap<>(properties), environment, Beans.NAMES, Beans::standIns, Shown::path);
    }

    /** What keeps the directory of route files from being one. */
    List<Diagnostic> directoryProblems() {
        List<Diagnostic> found = new ArrayList<>();
        RouteFiles.in(options.routes(), Shown::path, found);
        return found;
    }
}
