package io.github.camelllm.main;

import java.util.Locale;

/**
 * One property of {@code config/application.properties} that the gateway knows.
 *
 * @param name what it is called: {@code llm.http.port}
 * @param defaultValue what holds where no line says otherwise
 * @param kind what it may hold
 * @param description what it does, for whoever edits the file
 */
record Setting(String name, String defaultValue, Kind kind, String description) {

    /** The environment variable that overrides it, by Camel's rule: {@code LLM_HTTP_PORT}. */
    String environmentVariable() {
        return environmentVariable(name);
    }

    static String environmentVariable(String property) {
        return property.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }
}
