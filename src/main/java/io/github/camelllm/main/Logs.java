package io.github.camelllm.main;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Hands logging its configuration, before anything logs. */
final class Logs {

    private static final String FILE = "log4j2.configurationFile";

    private Logs() {}

    /** For commands that only look at files: nothing is logged, and no log file is made. */
    static void silence() {
        System.setProperty(FILE, Logs.class.getResource("silent-log4j2.xml").toString());
    }

    /**
     * Has {@code log4j2.xml} of the configuration directory used, if there is one and no system property names another,
     * and lets it read the gateway's settings as system properties.
     *
     * <p>The last records of calls are written while the process stops, so it is the gateway that ends logging, and no
     * hook of Log4j's.
     *
     * @param config the configuration directory
     * @param properties the settings
     */
    static void prepare(Path config, Map<String, String> properties) {
        System.setProperty("log4j.shutdownHookEnabled", "false");
        Path file = config.resolve("log4j2.xml");
        if (System.getProperty(FILE) == null && Files.isRegularFile(file)) {
            System.setProperty(FILE, file.toUri().toString());
        }
        properties.forEach((name, value) -> {
            if (name.matches("llm\\.(logs|log\\..*|calls\\..*)") && System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
    }
}
