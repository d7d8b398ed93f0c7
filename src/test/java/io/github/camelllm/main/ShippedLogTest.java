package io.github.camelllm.main;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How often what others log can be seen with the Log4j configuration that is shipped. */
class ShippedLogTest {

    private static final String CONTAINER = "org.apache.camel.component.jms.DefaultJmsMessageListenerContainer";
    private static final String BROKER = "org.apache.activemq.artemis.core.server";

    private final LoggerContext log4j = (LoggerContext) LogManager.getContext(false);
    private final List<String> lines = new ArrayList<>();

    @TempDir
    private Path logs;

    @BeforeEach
    void useTheShippedConfiguration() {
        System.setProperty("llm.logs", logs.toString());
        log4j.setConfigLocation(Path.of("config/log4j2.xml").toUri());
        AbstractAppender appender = new AbstractAppender("seen", null, null, false, Property.EMPTY_ARRAY) {
            @Override
            public void append(LogEvent event) {
                lines.add(event.getMessage().getFormattedMessage());
            }
        };
        appender.start();
        log4j.getConfiguration().getRootLogger().addAppender(appender, null, null);
    }

    @AfterEach
    void useTheUsualConfiguration() {
        System.clearProperty("llm.logs");
        log4j.setConfigLocation(null);
    }

    @Test
    void whatKeepsTheQueueTriggerFromItsQueueIsSeenOnceAMinute() {
        for (int i = 0; i < 100; i++) {
            log4j.getLogger(CONTAINER).error("Could not refresh JMS Connection for destination 'q'. Cause: x");
            log4j.getLogger(CONTAINER).warn("Setup of JMS message listener invoker failed for destination 'q'");
        }
        assertThat(lines).containsExactly("Setup of JMS message listener invoker failed for destination 'q'");
    }

    @Test
    void clientsWithAWrongPasswordAreSeenOnceAMinuteAndOtherTroublesOfTheBrokerEachTime() {
        for (int i = 0; i < 3; i++) {
            log4j.getLogger(BROKER).warn("AMQ222216: Security problem while authenticating");
            log4j.getLogger(BROKER).warn("AMQ222210: Free storage space is at {}", i);
        }
        assertThat(lines)
                .containsExactly(
                        "AMQ222216: Security problem while authenticating",
                        "AMQ222210: Free storage space is at 0",
                        "AMQ222210: Free storage space is at 1",
                        "AMQ222210: Free storage space is at 2");
    }
}
