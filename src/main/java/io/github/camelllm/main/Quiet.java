package io.github.camelllm.main;

import java.util.Map;
import java.util.TreeMap;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configurator;

/**
 * Keeps the log off the console while the gateway starts: the table says what has, and a failure is told in one line a
 * problem, without stack traces. Whoever sets the level of a package to DEBUG gets all of it.
 */
final class Quiet {

    /** The gateway's own warnings are heard; Camel's and Vert.x's are stack traces of what is told anyhow. */
    private static final Map<String, Level> LEVELS =
            Map.of("org.apache.camel", Level.OFF, "io.vertx", Level.OFF, "io.github.camelllm", Level.WARN);

    private final Map<String, Level> before = new TreeMap<>();

    private Quiet() {}

    static Quiet begin() {
        Quiet quiet = new Quiet();
        if (LogManager.getContext(false) instanceof LoggerContext) {
            LEVELS.forEach((name, level) -> {
                Level now = LogManager.getLogger(name).getLevel();
                if (now.isMoreSpecificThan(Level.INFO) && level.isMoreSpecificThan(now)) {
                    quiet.before.put(name, now);
                    Configurator.setLevel(name, level);
                }
            });
        }
        return quiet;
    }

    void end() {
        before.forEach(Configurator::setLevel);
    }
}
