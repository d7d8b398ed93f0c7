package io.github.camelllm.main;

import io.github.camelllm.call.Models;
import io.github.camelllm.main.check.Changes;
import io.github.camelllm.main.check.Edition;
import io.github.camelllm.main.check.EditionLoader;
import io.github.camelllm.main.live.LiveContext;
import io.github.camelllm.main.live.Retirement;
import io.github.camelllm.main.live.RouteSwap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/** Puts a change that has passed all checks in force: settings, beans, templates and routes together, or none of them. */
final class Application {

    private static final String MODELS = Models.class.getName();

    private final LiveContext context;
    private final Retirement retirement;
    private final EditionLoader loader;
    private final Map<String, String> started;

    /** @param started what the gateway was started with */
    Application(LiveContext context, Retirement retirement, EditionLoader loader, Preflight started) {
        this.context = context;
        this.retirement = retirement;
        this.loader = loader;
        this.started = started.properties();
    }

    /**
     * Puts a change in force, or throws and leaves all as it was.
     *
     * @param changes what differs
     * @param inForce the settings as they are
     * @param next the settings as they are to be
     * @param saved the routes as they are to be
     * @throws Exception what Camel has against it
     */
    void apply(Changes changes, Preflight inForce, Preflight next, Edition saved) throws Exception {
        synchronized (retirement.lock()) {
            put(changes, inForce, next, saved);
        }
    }

    private void put(Changes changes, Preflight inForce, Preflight next, Edition saved) throws Exception {
        boolean settings = !next.properties().equals(inForce.properties());
        if (changes.isEmpty() && !settings) {
            return;
        }
        Map<String, Object> beans = new LinkedHashMap<>();
        RouteSwap swap = new RouteSwap(context, retirement);
        try {
            use(next);
            List<String> replaced = ids(changes.changed());
            replaced.addAll(ids(changes.removed()));
            swap.stage(replaced, changes.templates(), () -> load(changes, saved, beans));
            Set<String> removed = new LinkedHashSet<>(ids(changes.removed()));
            for (String id : ids(changes.changed())) { // a precondition may hold no longer
                if (!swap.loaded().contains(id) && context.getRoute(id) != null) {
                    removed.add(id);
                }
            }
            removed.removeIf(id -> context.getRoute(id) == null);
            swap.commit(removed);
        } catch (Exception | LinkageError e) {
            swap.rollback();
            use(inForce);
            beans.forEach(this::putBack);
            throw e;
        }
        for (String name : changes.beansChanged()) {
            if (saved.typeOf(name).equals(MODELS)) {
                context.getRegistry()
                        .lookupByNameAndType(name, Models.class)
                        .setAliases(saved.setting(name, "aliases"));
            }
        }
        changes.beansRemoved().forEach(context.getRegistry()::unbind);
    }

    private void load(Changes changes, Edition saved, Map<String, Object> before) throws Exception {
        List<String> made = new ArrayList<>(changes.beansAdded());
        changes.beansChanged().stream()
                .filter(name -> !saved.typeOf(name).equals(MODELS))
                .forEach(made::add);
        for (String name : made) {
            before.put(name, context.getRegistry().lookupByName(name));
            loader.bean(saved, name);
        }
        for (String id : changes.templates()) {
            if (saved.templates().contains(id)) {
                loader.template(saved, id);
            }
        }
        loader.routes(saved, changes.added());
        loader.routes(saved, changes.changed());
    }

    private void putBack(String name, Object bean) {
        context.getRegistry().unbind(name);
        if (bean != null) {
            context.getRegistry().bind(name, bean);
        }
    }

    private List<String> ids(Collection<String> keys) {
        return new ArrayList<>(keys.stream().map(loader::idOf).toList());
    }

    /** Has placeholders stand for the settings as they are in a preflight. */
    private void use(Preflight preflight) {
        Properties ours = new Properties();
        ours.putAll(preflight.settings().values());
        context.getPropertiesComponent().setOverrideProperties(ours);
        if (!preflight.properties().equals(started)) {
            context.getPropertiesComponent()
                    .reloadProperties("file:"
                            + preflight
                                    .options()
                                    .config()
                                    .resolve(Settings.FILE)
                                    .toAbsolutePath());
        }
    }
}
