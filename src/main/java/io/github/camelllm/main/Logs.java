package io.github.camelllm.main;

import java.nio.file.Files;
import java.nio.file.Path;

/** Says where logging is configured, before anything logs. */
final class Logs {

    private static final String FILE = "log4j2.configurationFile";

    private Logs() {}

    /**
     * Has {@code log4j2.xml} of the configuration directory used, if there is one and no system property names another.
     * The last records of calls are written while the process stops, so it is the gateway that ends logging and no hook.
     */
    static void prepare(Path config) {
        System.setProperty("log4j.shutdownHookEnabled", "false");
        Path file = config.resolve("log4j2.xml");
        if (System.getProperty(FILE) == null
                && System.getProperty("log4j.configurationFile") == null
                && Files.isRegularFile(file)) {
            System.setProperty(FILE, file.toUri().toString());
        }
    }
}
