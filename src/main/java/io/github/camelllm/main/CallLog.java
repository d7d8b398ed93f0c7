package io.github.camelllm.main;

import java.nio.file.Path;
import java.util.Map;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.FileAppender;
import org.apache.logging.log4j.core.appender.RollingFileAppender;

/** Finds out where the log configuration sends the records of finished calls. */
final class CallLog {

    /** The logger that {@code routes/completed.camel.yaml} writes them to. */
    static final String LOGGER = "llm.calls";

    private CallLog() {}

    /** The file, or what else it is. */
    static String place() {
        if (!(LogManager.getContext(false) instanceof LoggerContext context)) {
            return "logger " + LOGGER;
        }
        Map<String, Appender> appenders =
                context.getConfiguration().getLoggerConfig(LOGGER).getAppenders();
        for (Appender appender : appenders.values()) {
            if (appender instanceof RollingFileAppender rolling) {
                return Shown.path(Path.of(rolling.getFileName()));
            }
            if (appender instanceof FileAppender file) {
                return Shown.path(Path.of(file.getFileName()));
            }
        }
        return appenders.isEmpty() ? "off" : "logger " + LOGGER;
    }
}
