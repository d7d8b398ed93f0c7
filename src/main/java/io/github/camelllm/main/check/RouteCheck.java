package io.github.camelllm.main.check;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.spi.Registry;

/**
 * Finds what is wrong with a directory of route files: YAML that cannot be read, keys that Camel does not know, classes
 * and options that nothing has, references that lead nowhere, names that stand twice.
 */
public final class RouteCheck {

    private static final Pattern PLACE = Pattern.compile("(?:file:)?(.+?)(?::(\\d+))?");
    private static final Pattern POOL =
            Pattern.compile("camel\\.threadpool\\.config\\[([^]]+)].*", Pattern.CASE_INSENSITIVE);
    private static final Pattern BEAN = Pattern.compile("camel\\.beans\\.([^.\\[]+).*");

    private static final String KEYS_FILE = "llm.access.keys-file";

    private final Map<String, String> properties;
    private final Map<String, String> environment;
    private final Set<String> beans;
    private final Consumer<Registry> bind;
    private final Function<Path, String> shown;

    /**
     * @param properties every property that placeholders may stand for
     * @param environment the environment variables, which override them
     * @param beans the names of the beans that exist without being declared
     * @param bind binds stand-ins for those
     * @param shown how messages call a file
     */
    public RouteCheck(
            Map<String, String> properties,
            Map<String, String> environment,
            Set<String> beans,
            Consumer<Registry> bind,
            Function<Path, String> shown) {
        this.properties = Map.copyOf(properties);
        this.environment = Map.copyOf(environment);
        this.beans = Set.copyOf(beans);
        this.bind = bind;
        this.shown = shown;
    }

    /** Every problem of the route files of a directory, by file and line; empty when there is none. */
    public List<Diagnostic> check(Path directory) {
        List<Diagnostic> problems = new ArrayList<>();
        List<RouteFile> files = new ArrayList<>();
        for (Path path : RouteFiles.in(directory, shown, problems)) {
            files.add(RouteFile.read(path, shown.apply(path), problems));
        }
        RouteIndex index = new RouteIndex(files, this::property);
        Set<Unit> sound = new LinkedHashSet<>();
        SchemaCheck schema = new SchemaCheck();
        for (RouteFile file : files) {
            for (var item : file.items()) {
                int before = problems.size();
                schema.check(file, item, problems);
                Unit unit = Unit.of(file, item);
                if (problems.size() == before && unit != null) {
                    index.units.stream().filter(u -> u.item() == item).forEach(sound::add);
                }
            }
        }
        problems.addAll(CrossCheck.check(index));
        problems.addAll(ReferenceCheck.check(index, names()));
        if (complete()) {
            problems.addAll(DirectCheck.check(index, sound));
        }
        problems.addAll(BaseUrlCheck.check(index));
        problems.addAll(LlmCheck.check(index, property(KEYS_FILE)));
        load(index, sound, problems);
        problems.addAll(ChainCheck.check(index));
        problems.addAll(HandlerCheck.check(index));
        return problems.stream().distinct().sorted(Diagnostic.ORDER).toList();
    }

    /**
     * The ways on which calls from the network come to a model without a key. What is wrong with the files is not told: what of
     * them cannot be read leads nowhere.
     */
    public List<OpenDoor> openDoors(Path directory) {
        List<Diagnostic> ignored = new ArrayList<>();
        List<RouteFile> files = new ArrayList<>();
        for (Path path : RouteFiles.in(directory, shown, ignored)) {
            files.add(RouteFile.read(path, shown.apply(path), ignored));
        }
        return Doors.of(new RouteIndex(files, this::property));
    }

    /** The route files of a directory as they are now, to be compared with what they were; what cannot be read of them is left out. */
    public Edition edition(Path directory) {
        return Edition.read(directory, shown, this::property);
    }

    /** What Camel says of a line that something is known to be wrong with adds nothing. */
    private void load(RouteIndex index, Set<Unit> sound, List<Diagnostic> problems) {
        Set<String> told = new HashSet<>();
        problems.forEach(problem -> told.add(problem.source() + ":" + problem.line()));
        try (ScratchLoad load = new ScratchLoad(index, properties, context -> bind.accept(context.getRegistry()))) {
            TermCheck terms = new TermCheck(index, load.context());
            for (Unit unit : sound) {
                terms.check(unit).stream()
                        .filter(problem -> told.add(problem.source() + ":" + problem.line()))
                        .forEach(problems::add);
            }
            for (ScratchLoad.Finding finding : load.check(sound)) {
                Diagnostic problem = finding.problem();
                // A failure without a line of its own follows, as a rule, from what is already told of the item.
                boolean follows = !finding.located() && problems.stream().anyMatch(finding.unit()::has);
                if (!follows && told.add(problem.source() + ":" + problem.line())) {
                    problems.add(problem);
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /**
     * A failed start of Camel's, in one line.
     *
     * @param failure what Camel threw
     * @param shown how messages call a file
     */
    public static Diagnostic explain(Throwable failure, Function<Path, String> shown) {
        Explanation explanation = Explanation.of(failure, null);
        for (Throwable t = failure; t != null; t = t.getCause()) {
            String location = t instanceof FailedToCreateRouteException created
                    ? created.getLocation()
                    : t instanceof FailedToStartRouteException started ? started.getLocation() : null;
            Matcher place = location == null ? null : PLACE.matcher(location);
            if (place != null && place.matches()) {
                String source = shown.apply(Path.of(place.group(1)));
                int line = place.group(2) == null ? 0 : Integer.parseInt(place.group(2));
                return new Diagnostic(source, line, explanation.problem(), explanation.remedy());
            }
        }
        return new Diagnostic("start", 0, explanation.problem(), explanation.remedy());
    }

    private String property(String name) {
        if (name.startsWith("env:")) {
            return environment.get(name.substring(4));
        }
        if (name.startsWith("sys:")) {
            return System.getProperty(name.substring(4));
        }
        String system = System.getProperty(name);
        String variable = environment.get(
                name.toUpperCase(java.util.Locale.ROOT).replace('.', '_').replace('-', '_'));
        return system != null ? system : variable != null ? variable : properties.get(name);
    }

    private ReferenceCheck.Names names() {
        Set<String> known = new TreeSet<>(beans);
        Set<String> pools = new TreeSet<>();
        for (String property : properties.keySet()) {
            Matcher pool = POOL.matcher(property);
            if (pool.matches()) {
                pools.add(pool.group(1));
            }
            Matcher bean = BEAN.matcher(property);
            if (bean.matches()) {
                known.add(bean.group(1));
            }
        }
        return new ReferenceCheck.Names(known, pools, properties.keySet());
    }

    /** Whether no property brings in routes from elsewhere. */
    private boolean complete() {
        return properties.keySet().stream()
                .noneMatch(name -> name.startsWith("camel.routeTemplate")
                        || name.startsWith("camel.main.routes")
                        || name.startsWith("camel.main.basePackageScan"));
    }
}
