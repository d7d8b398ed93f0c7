package io.github.camelllm.ingress;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import org.apache.camel.spi.Registry;

/** Connections to the broker of a {@link QueueBroker}; apart, so that nobody loads JMS who has no queue. */
final class QueueConnections implements ConnectionFactory {

    private final QueueBroker broker;
    private ConnectionFactory made;
    private String madeFor;

    private QueueConnections(QueueBroker broker) {
        this.broker = broker;
    }

    static void bind(Registry registry, QueueBroker broker) {
        registry.bind(QueueBroker.CONNECTIONS, ConnectionFactory.class, new QueueConnections(broker));
    }

    @Override
    public Connection createConnection() throws JMSException {
        return told(ConnectionFactory::createConnection);
    }

    @Override
    public Connection createConnection(String asUser, String withPassword) throws JMSException {
        return told(factory -> factory.createConnection(asUser, withPassword));
    }

    @Override
    public JMSContext createContext() {
        return context(ConnectionFactory::createContext);
    }

    @Override
    public JMSContext createContext(int sessionMode) {
        return context(factory -> factory.createContext(sessionMode));
    }

    @Override
    public JMSContext createContext(String asUser, String withPassword) {
        return context(factory -> factory.createContext(asUser, withPassword));
    }

    @Override
    public JMSContext createContext(String asUser, String withPassword, int sessionMode) {
        return context(factory -> factory.createContext(asUser, withPassword, sessionMode));
    }

    private JMSContext context(Connecting<JMSContext> create) {
        try {
            return told(create);
        } catch (JMSException e) {
            throw new JMSRuntimeException(e.getMessage(), e.getErrorCode(), e);
        }
    }

    @FunctionalInterface
    private interface Connecting<T> {
        T to(ConnectionFactory factory) throws JMSException;
    }

    private <T> T told(Connecting<T> connecting) throws JMSException {
        try {
            T connected = connecting.to(ready());
            broker.connected();
            return connected;
        } catch (JMSException | RuntimeException e) {
            broker.failed(e);
            throw e;
        }
    }

    private synchronized ConnectionFactory ready() throws JMSException {
        BrokerSettings settings;
        try {
            settings = broker.ready();
        } catch (IllegalStateException e) {
            throw new JMSException(e.getMessage());
        }
        String address = broker.address();
        if (!address.equals(madeFor)) {
            made = ArtemisConnections.to(settings, address);
            madeFor = address;
        }
        return made;
    }
}
