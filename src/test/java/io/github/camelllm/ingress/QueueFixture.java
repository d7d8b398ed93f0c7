package io.github.camelllm.ingress;

import io.github.camelllm.testkit.Await;
import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.camel.Processor;
import org.apache.camel.component.jms.JmsComponent;
import org.apache.camel.component.jms.JmsConfiguration;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The shipped {@code routes/queue.camel.yaml} with its embedded broker, a stub for the chain, and a client over TCP. */
abstract class QueueFixture {

    static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    java.nio.file.Path data;

    final Map<String, Object> settings = new HashMap<>();
    volatile Processor chain = exchange -> exchange.getMessage().setBody(Triggers.echo(exchange));
    DefaultCamelContext context;
    Connection connection;
    Session session;

    @BeforeEach
    void settings() {
        settings.put("llm.queue.enabled", true);
        settings.put("llm.queue.broker-url", "");
        settings.put("llm.queue.data", data.resolve("broker"));
        settings.put("llm.queue.port", 0);
        settings.put("llm.queue.user", "");
        settings.put("llm.queue.password", "");
        settings.put("llm.queue.request", "llm.requests");
        settings.put("llm.queue.answer", "llm.answers");
        settings.put("llm.queue.consumers", 2);
        settings.put("llm.queue.max-bytes", 2_000_000);
        settings.put("llm.queue.key-id", "");
    }

    @AfterEach
    void stop() throws Exception {
        disconnect();
        if (context != null) {
            context.stop();
        }
    }

    final void disconnect() throws JMSException {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }

    final DefaultCamelContext create() throws Exception {
        context = Triggers.context(settings, exchange -> chain.process(exchange), "queue.camel.yaml");
        JmsConfiguration jms = context.getComponent("jms", JmsComponent.class).getConfiguration();
        jms.setReceiveTimeout(100); // each stop waits for it; 1 s unless set
        jms.setRecoveryInterval(250); // after which a lost broker is looked for again; 5 s unless set
        return context;
    }

    final void start() throws Exception {
        create().start();
        connect();
    }

    final void connect() throws Exception {
        connect(broker().port());
    }

    final void connect(int port) throws Exception {
        ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port);
        connection = factory.createConnection(
                settings.get("llm.queue.user").toString(),
                settings.get("llm.queue.password").toString());
        connection.start();
        session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
    }

    final EmbeddedBroker broker() {
        return context.getRegistry()
                .lookupByNameAndType("llmQueueBroker", QueueBroker.class)
                .embedded();
    }

    final TextMessage text(String body) throws JMSException {
        return session.createTextMessage(body);
    }

    final void send(Message message) throws JMSException {
        send("llm.requests", message);
    }

    final void send(String queue, Message message) throws JMSException {
        try (MessageProducer producer = session.createProducer(session.createQueue(queue))) {
            producer.send(message);
        }
    }

    /** Sends with a temporary queue to reply to, and waits for the reply. */
    final TextMessage ask(Message message) throws JMSException {
        Destination replies = session.createTemporaryQueue();
        message.setJMSReplyTo(replies);
        try (MessageConsumer consumer = session.createConsumer(replies)) {
            send(message);
            return received(consumer);
        }
    }

    final TextMessage next(String queue) throws JMSException {
        Queue destination = session.createQueue(queue);
        try (MessageConsumer consumer = session.createConsumer(destination)) {
            return received(consumer);
        }
    }

    private static TextMessage received(MessageConsumer consumer) throws JMSException {
        Message message = consumer.receive(SOON.toMillis());
        if (message == null) {
            throw new AssertionError("no message came in " + SOON);
        }
        return (TextMessage) message;
    }

    /** How many messages a queue holds, those that are delivered but not acknowledged included; -1 for no such queue. */
    final long held(String queue) {
        var found = broker().server().locateQueue(queue);
        return found == null ? -1 : found.getMessageCount();
    }

    final void awaitHeld(String queue, long count) throws Exception {
        Await.until(SOON, count + " messages in " + queue, () -> held(queue) == count);
    }
}
