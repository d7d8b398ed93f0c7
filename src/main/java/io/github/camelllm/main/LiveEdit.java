package io.github.camelllm.main;

import io.github.camelllm.config.ConfigFile;
import io.github.camelllm.config.Edits;
import io.github.camelllm.config.Edits.Outcome;
import io.github.camelllm.config.Edits.Wrong;
import io.github.camelllm.config.WatchedFile;
import io.github.camelllm.main.check.Changes;
import io.github.camelllm.main.check.Diagnostic;
import io.github.camelllm.main.check.Edition;
import io.github.camelllm.main.check.EditionLoader;
import io.github.camelllm.main.check.RouteCheck;
import io.github.camelllm.main.live.LiveContext;
import io.github.camelllm.main.live.Retirement;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts routes and configuration in force as they are saved, while the gateway serves: all of what has changed, or, where anything is
 * wrong with it, nothing. Keys alone do not wait for the rest, since one that is revoked is revoked.
 */
final class LiveEdit implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LiveEdit.class);

    private final Preflight.Options options;
    private final Map<String, String> started;
    private final Edits edits;
    private final Retirement retirement;
    private final Application application;
    private final WatchedFile.Hold hold = new WatchedFile.Hold();
    private FileWatch watch;
    private Preflight inForce;
    private Edition edition;
    private Stamps checked;
    private List<Diagnostic> checkedProblems = List.of();

    private LiveEdit(LiveContext context, Preflight preflight, Stamps stamps) {
        this.options = preflight.options();
        this.started = preflight.properties();
        this.inForce = preflight;
        this.edits = new Edits(this::reload, preflight.settings().loopback());
        this.retirement = new Retirement(context);
        Edition now = preflight.edition();
        this.edition = look(preflight).equals(stamps) ? now : now.unsure(); // somebody has written meanwhile
        this.application = new Application(context, retirement, new EditionLoader(context, edition), preflight);
        this.checked = stamps;
        hold.add(preflight.files());
    }

    /**
     * Begins to look after a gateway that serves.
     *
     * @param preflight what it was started with
     * @param stamps how the files stood before they were read
     */
    static LiveEdit begin(LiveContext context, Preflight preflight, Stamps stamps) {
        LiveEdit live = new LiveEdit(context, preflight, stamps);
        context.getRegistry().bind(Beans.EDITS, live.edits);
        if (preflight.settings().watch()) {
            live.watch =
                    new FileWatch(live::look, stamps, preflight.settings().quiet(), () -> live.reload(false)).begin();
        }
        return live;
    }

    /** How the files of routes and configuration stand. */
    static Stamps look(Preflight preflight) {
        return Stamps.of(
                List.of(preflight.options().routes(), preflight.options().config()), preflight.files());
    }

    private Stamps look() {
        return look(inForce);
    }

    /** How many edits have left steps in which calls are still under way. */
    int retiring() {
        return retirement.waiting();
    }

    /** Puts in force what has changed, or says why not. */
    synchronized Outcome reload(boolean dry) {
        try {
            return outcome(dry);
        } catch (RuntimeException | Error e) {
            LOG.error("ALARM: a change of routes or configuration could not be looked at; all stays as it is", e);
            return refused(List.of(new Diagnostic("reload", 0, "failed: " + e, "See the log")), dry);
        }
    }

    private Outcome outcome(boolean dry) {
        Stamps now = look();
        Preflight next = Preflight.of(options);
        if (!dry
                && next.keys() > 0
                && next.problems().stream().noneMatch(p -> p.source().equals(Shown.path(keys(next))))) {
            hold.read(keys(inForce)::equals);
        }
        List<Diagnostic> problems = new ArrayList<>(next.problems());
        for (Path file : hold.changed()) {
            if (ConfigFile.isMissing(file)) {
                problems.add(new Diagnostic(
                        Shown.path(file), 0, "is gone", "Put it back, or restart the gateway without it"));
            }
        }
        if (problems.isEmpty()) {
            problems.addAll(routeProblems(now, next));
        }
        Edition saved = next.edition();
        if (!look().equals(now)) {
            return new Outcome(List.of(), List.of(), List.of(new Wrong("", 0, "files are being written; try again")));
        }
        if (!problems.isEmpty()) {
            return refused(problems, dry);
        }
        Changes changes = edition.to(saved);
        List<String> restart = new ArrayList<>(changes.restart());
        restart.addAll(settings(next, saved));
        if (dry) {
            return new Outcome(changed(changes), restart, List.of());
        }
        try {
            application.apply(changes, inForce, next, saved);
        } catch (Exception | LinkageError e) {
            LOG.debug("a change that passed all checks did not load", e);
            return refused(List.of(RouteCheck.explain(e, Shown::path)), false);
        }
        List<String> lines = new ArrayList<>(changes.lines());
        lines.removeAll(
                changes.restart().stream().map(what -> "! restart " + what).toList());
        hold.add(next.files());
        hold.read(path -> true).forEach(file -> lines.add("~ file " + Shown.path(file)));
        edition = saved.keeping(edition);
        if (!next.open().isEmpty() && !next.open().equals(inForce.open())) {
            next.open().forEach(door -> LOG.warn("{}", door.problem()));
        }
        inForce = next;
        boolean told = restart.equals(edits.state().restart());
        boolean mended = !edits.state().problems().isEmpty();
        edits.applied(restart, Instant.now());
        if (mended && lines.isEmpty()) {
            LOG.info("Routes and configuration are in order again, and as they were");
        }
        if (!lines.isEmpty()) {
            LOG.info("A change is in force: {}", String.join(", ", lines));
        }
        if (!told) {
            restart.forEach(what -> LOG.warn("A change takes a restart: {}", what));
        }
        return new Outcome(lines, restart, List.of());
    }

    private Path keys(Preflight preflight) {
        return Path.of(preflight.properties().get(SettingsTable.KEYS_FILE));
    }

    /** Looks through the routes, unless neither they nor a setting has changed since the last time. */
    private List<Diagnostic> routeProblems(Stamps now, Preflight next) {
        Path routes = options.routes().toAbsolutePath().normalize();
        Set<Path> all = new LinkedHashSet<>(now.of().keySet());
        all.addAll(checked.of().keySet());
        boolean same = next.properties().equals(inForce.properties())
                && all.stream().filter(file -> file.startsWith(routes)).allMatch(file -> now.isAsIn(checked, file));
        if (!same) {
            List<Diagnostic> found = new ArrayList<>();
            for (Diagnostic problem : next.routeProblems()) {
                if (!problem.warning()) {
                    found.add(problem);
                }
            }
            checkedProblems = List.copyOf(found);
            checked = next.properties().equals(inForce.properties()) ? now : new Stamps(Map.of());
        }
        return checkedProblems;
    }

    private Outcome refused(List<Diagnostic> problems, boolean dry) {
        List<Wrong> wrong = problems.stream()
                .map(problem -> new Wrong(
                        problem.source(),
                        problem.line(),
                        problem.problem() + (problem.remedy().isEmpty() ? "" : ". " + problem.remedy())))
                .toList();
        if (!dry) {
            if (!wrong.equals(edits.state().problems())) {
                LOG.error(
                        "ALARM: routes or configuration have changed and are not in order; all goes on as before. {}",
                        String.join("; ", wrong.stream().map(Wrong::toString).toList()));
            }
            edits.refused(wrong, Instant.now());
        }
        return new Outcome(List.of(), List.of(), wrong);
    }

    /** The settings that have changed since the start and that no route or bean refers to. */
    private List<String> settings(Preflight next, Edition saved) {
        Set<String> live = new LinkedHashSet<>(saved.placeholders());
        live.addAll(edition.placeholders());
        Set<String> all = new LinkedHashSet<>(started.keySet());
        all.addAll(next.properties().keySet());
        return all.stream()
                .filter(name -> !live.contains(name))
                .filter(name ->
                        !Objects.equals(started.get(name), next.properties().get(name)))
                .map(name -> "the setting " + name + " has changed")
                .toList();
    }

    private List<String> changed(Changes changes) {
        List<String> lines = new ArrayList<>(changes.lines());
        lines.removeIf(line -> line.startsWith("! "));
        hold.changed().forEach(file -> lines.add("~ file " + Shown.path(file)));
        return lines;
    }

    /** Looks after files no more; {@link #close} follows once the routes have stopped. */
    void endWatch() {
        if (watch != null) {
            watch.close();
        }
    }

    @Override
    public void close() {
        endWatch();
        retirement.close();
        hold.close();
    }
}
