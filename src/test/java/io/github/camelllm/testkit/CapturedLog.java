package io.github.camelllm.testkit;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.Property;

/** What a class logs while this is open. */
public final class CapturedLog implements AutoCloseable {

    private final List<LogEvent> events = new CopyOnWriteArrayList<>();
    private final Logger logger;
    private final Level before;
    private final AbstractAppender appender;

    /** Listens to the logger of that class, from that level on, until it is closed. */
    public CapturedLog(Class<?> type, Level level) {
        logger = (Logger) LogManager.getLogger(type);
        before = logger.getLevel();
        appender = new AbstractAppender("captured-" + type.getSimpleName(), null, null, false, Property.EMPTY_ARRAY) {
            @Override
            public void append(LogEvent event) {
                events.add(event.toImmutable());
            }
        };
        appender.start();
        Configurator.setLevel(type.getName(), level);
        logger.addAppender(appender);
    }

    /** Each line, with its level first and the exception's class and message last. */
    public List<String> lines() {
        return events.stream()
                .map(event -> event.getLevel() + " " + event.getMessage().getFormattedMessage()
                        + (event.getThrown() == null ? "" : " | " + event.getThrown()))
                .toList();
    }

    @Override
    public void close() {
        logger.removeAppender(appender);
        Configurator.setLevel(logger.getName(), before);
    }
}
