package io.github.camelllm.ingress;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptor;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.impl.ActiveMQServerImpl;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.camel.support.service.ServiceSupport;

/**
 * An ActiveMQ Artemis broker inside the gateway, for those who run none. What it has accepted is in its journal on disk,
 * and there again after a crash.
 *
 * <p>It listens on the loopback interface only. A broker for other machines is one of its own, named by its URL.
 */
final class EmbeddedBroker extends ServiceSupport {

    /** Where messages end up that expired, or whose delivery was begun too often without coming to an end. */
    static final String DEAD_LETTERS = "DLQ";

    private static final int MAX_DELIVERIES = 5;
    private static final long REDELIVERY_DELAY_MS = 1_000;
    private static final long LOCK_TIMEOUT_MS = 2_000;
    private static final long MEMORY_FOR_MESSAGES = 32L * 1024 * 1024;
    private static final long ORPHANS_LIVE_MS = TimeUnit.DAYS.toMillis(1);
    private static final int FULL_DISK_PERCENT = 98;
    private static final String TCP = "tcp";
    private static final AtomicInteger IDS = new AtomicInteger();

    private final BrokerSettings settings;
    private final int id = IDS.incrementAndGet();
    private volatile ActiveMQServer server;

    EmbeddedBroker(BrokerSettings settings) {
        this.settings = settings;
    }

    /** The URL for clients in this process. */
    String url() {
        return "vm://" + id;
    }

    /** The port it listens on at 127.0.0.1, while it runs. */
    int port() {
        return ((NettyAcceptor) server.getRemotingService().getAcceptor(TCP)).getActualPort();
    }

    /** Whether it runs; false as well once it has ended itself, as it does when its disk fails. */
    boolean running() {
        ActiveMQServer current = server;
        return current != null && current.isStarted();
    }

    /** The broker itself, while it runs. */
    ActiveMQServer server() {
        return server;
    }

    @Override
    protected void doStart() throws Exception {
        AtomicReference<Exception> failure = new AtomicReference<>();
        ActiveMQServer starting = new ActiveMQServerImpl(
                configuration(), settings.secured() ? new OneUser(settings.user(), settings.password()) : null);
        starting.registerActivationFailureListener(failure::set);
        starting.start();
        if (failure.get() != null || !starting.isActive()) {
            starting.stop();
            throw new IOException("the embedded broker did not start with llm.queue.data=" + settings.data()
                    + " and llm.queue.port=" + settings.port()
                    + "; does another gateway use the directory, or another program the port? "
                    + (failure.get() == null ? "" : failure.get().getMessage()));
        }
        server = starting;
    }

    @Override
    protected void doStop() throws Exception {
        ActiveMQServer current = server;
        server = null;
        if (current != null) {
            current.stop();
        }
    }

    private Configuration configuration() throws Exception {
        Path data = settings.data().toAbsolutePath();
        Configuration configuration = new ConfigurationImpl()
                .setName("camel-llm-gateway")
                .setPersistenceEnabled(true)
                .setJournalType(JournalType.NIO)
                .setJournalLockAcquisitionTimeout(LOCK_TIMEOUT_MS)
                .setJournalDirectory(data.resolve("journal").toString())
                .setBindingsDirectory(data.resolve("bindings").toString())
                .setLargeMessagesDirectory(data.resolve("large-messages").toString())
                .setPagingDirectory(data.resolve("paging").toString())
                .setNodeManagerLockDirectory(data.toString())
                .setMaxDiskUsage(FULL_DISK_PERCENT)
                .setGlobalMaxSize(MEMORY_FOR_MESSAGES)
                // So that a message which brings the process down is counted too.
                .setPersistDeliveryCountBeforeDelivery(true)
                .setSecurityEnabled(settings.secured())
                .setJMXManagementEnabled(false)
                .addAcceptorConfiguration("vm", url())
                .addAcceptorConfiguration(TCP, "tcp://127.0.0.1:" + settings.port() + "?protocols=CORE")
                .addAddressSetting("#", addressSettings());
        for (String queue : settings.queues()) {
            configuration.addQueueConfiguration(queue(queue));
        }
        return configuration.addQueueConfiguration(queue(DEAD_LETTERS));
    }

    private static QueueConfiguration queue(String name) {
        return QueueConfiguration.of(name).setRoutingType(RoutingType.ANYCAST);
    }

    /**
     * Queues that clients make by using them, such as those for replies, go with their messages after a day without a
     * consumer: an answer sent to a temporary queue whose client has left makes one that nobody will ever read.
     */
    private static AddressSettings addressSettings() {
        return new AddressSettings()
                .setDeadLetterAddress(SimpleString.of(DEAD_LETTERS))
                .setExpiryAddress(SimpleString.of(DEAD_LETTERS))
                .setMaxDeliveryAttempts(MAX_DELIVERIES)
                .setRedeliveryDelay(REDELIVERY_DELAY_MS)
                .setAddressFullMessagePolicy(AddressFullMessagePolicy.PAGE)
                .setAutoDeleteQueuesMessageCount(-1)
                .setAutoDeleteQueuesSkipUsageCheck(true)
                .setAutoDeleteQueuesDelay(ORPHANS_LIVE_MS)
                .setAutoDeleteAddressesSkipUsageCheck(true)
                .setAutoDeleteAddressesDelay(ORPHANS_LIVE_MS);
    }
}
