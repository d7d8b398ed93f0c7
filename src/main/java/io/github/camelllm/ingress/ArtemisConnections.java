package io.github.camelllm.ingress;

import jakarta.jms.ConnectionFactory;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** Makes connection factories of Artemis's client; apart, so that nobody loads it who has no queue. */
final class ArtemisConnections {

    private ArtemisConnections() {}

    /**
     * Connections that hand a consumer one message at a time: a call takes seconds, and a message fetched ahead would
     * wait for it while other consumers are idle. Object messages are never read.
     */
    static ConnectionFactory to(BrokerSettings settings, String url) {
        ActiveMQConnectionFactory factory = settings.secured()
                ? new ActiveMQConnectionFactory(url, settings.user(), settings.password())
                : new ActiveMQConnectionFactory(url);
        if (!url.contains("consumerWindowSize")) {
            factory.setConsumerWindowSize(0);
        }
        factory.setDeserializationDenyList("*");
        return factory;
    }
}
