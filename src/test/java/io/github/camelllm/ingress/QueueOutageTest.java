package io.github.camelllm.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.testkit.CapturedLog;
import io.github.camelllm.testkit.ManualTicker;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Test;

/** What is logged while the queue trigger's broker cannot be used: the trigger asks for connections again and again. */
class QueueOutageTest extends QueueFixture {

    private final ManualTicker ticker = new ManualTicker();

    @Test
    void aBrokerThatIsAwayIsToldOfOnceAMinuteAndWhenItIsBack() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        settings.put("llm.queue.broker-url", "tcp://127.0.0.1:" + port + "?a=secret");
        try (CapturedLog log = new CapturedLog(QueueBroker.class, Level.INFO)) {
            ConnectionFactory broker = startRoute();
            fails(broker);
            ticker.advance(Duration.ofSeconds(61));
            fails(broker);
            assertThat(log.lines()).hasSize(2).allSatisfy(line -> assertThat(line)
                    .startsWith("ERROR ALARM: the queue trigger cannot connect to the broker tcp://127.0.0.1:" + port
                            + ", and tries again: ")
                    .doesNotContain("|", "secret"));

            EmbeddedBroker back = new EmbeddedBroker(
                    new BrokerSettings("", data.resolve("other"), port, List.of("llm.requests"), "", ""));
            back.start();
            try {
                broker.createConnection().close();
                broker.createConnection().close();
                assertThat(log.lines())
                        .hasSize(3)
                        .endsWith(
                                "INFO the queue trigger is connected to the broker tcp://127.0.0.1:" + port + " again");
            } finally {
                context.stop();
                back.stop();
            }
        }
    }

    @Test
    void aBrokerThatRefusesThePasswordIsToldOfOnceAMinuteWithTheReason() throws Exception {
        EmbeddedBroker other =
                new EmbeddedBroker(new BrokerSettings("", data.resolve("other"), 0, List.of(), "camel", "hump"));
        other.start();
        settings.put("llm.queue.broker-url", "tcp://127.0.0.1:" + other.port());
        settings.put("llm.queue.user", "camel");
        settings.put("llm.queue.password", "wrong-4711");
        try (CapturedLog log = new CapturedLog(QueueBroker.class, Level.INFO)) {
            ConnectionFactory broker = startRoute();
            fails(broker);
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("Unable to validate user")
                    .doesNotContain("|", "wrong-4711");
        } finally {
            context.stop();
            other.stop();
        }
    }

    private ConnectionFactory startRoute() throws Exception {
        DefaultCamelContext created = create();
        created.getRegistry().bind("ticker", ticker);
        created.start();
        return created.getRegistry().lookupByNameAndType(QueueBroker.CONNECTIONS, ConnectionFactory.class);
    }

    private static void fails(ConnectionFactory broker) {
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(broker::createConnection).isInstanceOf(JMSException.class);
        }
    }
}
