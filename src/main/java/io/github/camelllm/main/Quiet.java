package io.github.camelllm.main;

import java.util.Map;
import java.util.TreeMap;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configurator;

/**
 * Keeps Camel's own words off the console while it starts: the table says that it has, and a failure is told in one line
 * a problem, without stack traces. Whoever sets Camel's log level to DEBUG gets all of it.
 */
final class Quiet {

    private static final String CAMEL = "org.apache.camel";
    private static final String VERTX = "io.vertx";

    private final Map<String, Level> before = new TreeMap<>();

    private Quiet() {}

    static Quiet begin() {
        Quiet quiet = new Quiet();
        if (!LogManager.getLogger(CAMEL).isDebugEnabled() && LogManager.getContext(false) instanceof LoggerContext) {
            for (String name : new String[] {CAMEL, VERTX}) {
                quiet.before.put(name, LogManager.getLogger(name).getLevel());
                Configurator.setLevel(name, Level.OFF);
            }
        }
        return quiet;
    }

    void end() {
        before.forEach(Configurator::setLevel);
    }
}
