package io.github.camelllm.ingress;

import io.github.camelllm.call.Ticker;
import io.github.camelllm.config.Part;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Troubles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Route;
import org.apache.camel.support.RoutePolicySupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Connections to the broker that the queue trigger works with: an Artemis broker by its URL, or one inside the gateway
 * that starts before the routes and stops after them.
 *
 * <p>It is the {@code routePolicy} of the route that uses it. Camel starts it with that route and not at all when the
 * route is left out by its {@code precondition}: then nothing of Artemis is loaded. An embedded broker that cannot run
 * stops the start; a remote one may be away, and is connected to as soon as it is back.
 *
 * <p>Routes use the connections as {@value #CONNECTIONS}, which it binds. For a broker of another make, declare its own
 * connection factory by that name, and take this bean and the {@code routePolicy} out.
 *
 * <p>It knows nothing of JMS: both JMS and Artemis are optional parts, and a host without them has this bean all the same.
 */
public final class QueueBroker extends RoutePolicySupport implements CamelContextAware {

    private static final Logger LOG = LoggerFactory.getLogger(QueueBroker.class);
    private static final int DEFAULT_PORT = 61_616;

    /** The bean by which routes find the connections. */
    public static final String CONNECTIONS = "llmQueueConnections";

    private String url = "";
    private String data = "";
    private int port = DEFAULT_PORT;
    private String queues = "";
    private String user = "";
    private String password = "";

    private CamelContext camelContext;
    private volatile EmbeddedBroker embedded;
    private volatile BrokerSettings settings;
    private volatile String address;
    private volatile Troubles troubles = new Troubles(LOG, Ticker.SYSTEM);

    /**
     * Whether the trigger is on; false unless set.
     *
     * @throws IllegalStateException saying what to add, when it is to be on and there is no JMS
     */
    public void setEnabled(boolean enabled) {
        if (enabled) {
            Part.JMS.require();
        }
    }

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
        if (Part.JMS.present()) {
            QueueConnections.bind(camelContext.getRegistry(), this);
        }
    }

    /** The broker's address, such as {@code tcp://broker:61616}; blank for a broker inside the gateway. */
    public void setUrl(String url) {
        this.url = url;
    }

    /** Where the broker inside keeps its messages. */
    public void setData(String data) {
        this.data = data;
    }

    /** Where the broker inside listens on 127.0.0.1; 0 for any free port. */
    public void setPort(int port) {
        this.port = port;
    }

    /** The queues, comma-separated, that the broker inside has from its start and keeps. */
    public void setQueues(String queues) {
        this.queues = queues;
    }

    /** The user name at the broker; blank for none. */
    public void setUser(String user) {
        this.user = user;
    }

    /** The password at the broker, and what the broker inside demands of its clients; blank for none. */
    public void setPassword(String password) {
        this.password = password;
    }

    @Override
    public void onInit(Route route) {
        troubles = new Troubles(LOG, Level.ERROR, Calls.ticker(route.getCamelContext())::nanos);
    }

    @Override
    protected void doStart() throws Exception {
        BrokerSettings settings =
                new BrokerSettings(url, data.isBlank() ? null : Path.of(data), port, split(queues), user, password);
        (settings.embedded() ? Part.BROKER : Part.BROKER_CLIENT).require();
        this.settings = settings;
        if (settings.embedded()) {
            embedded = new EmbeddedBroker(settings);
            embedded.start();
            LOG.info("The embedded broker listens on {}", listensOn().orElse("nothing"));
        }
        address = settings.embedded() ? embedded.url() : settings.url();
    }

    @Override
    protected void doStop() {
        if (embedded != null) {
            embedded.stop();
        }
    }

    /**
     * The broker's settings and its address, for connections. A broker inside that has ended itself, as it does when its disk
     * fails, is started again by whoever needs it next.
     *
     * @throws IllegalStateException while the trigger is not started
     */
    synchronized BrokerSettings ready() {
        if (!isStarted()) {
            throw new IllegalStateException("the queue trigger's broker is not started, or stopped already");
        }
        if (embedded != null && !embedded.running()) {
            embedded.stop();
            embedded.start();
        }
        return settings;
    }

    String address() {
        return address;
    }

    /** Says once that a connection could be made again. */
    void connected() {
        troubles.over("connect", () -> "the queue trigger is connected to " + shownBroker());
    }

    /** Says when connections begin to fail: whoever asks for them asks for ever. */
    void failed(Exception e) {
        if (isStarted()) {
            troubles.is(
                    "connect",
                    () -> "ALARM: the queue trigger cannot connect to " + shownBroker() + ", and tries again: "
                            + Troubles.reason(e),
                    null);
        }
    }

    private static List<String> split(String names) {
        return Stream.of(names.split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /** Where clients on this machine find the embedded broker; empty where none runs. */
    public Optional<String> listensOn() {
        EmbeddedBroker current = embedded;
        return current != null && current.running()
                ? Optional.of("tcp://127.0.0.1:" + current.port())
                : Optional.empty();
    }

    /** The broker inside; null where there is none. */
    EmbeddedBroker embedded() {
        return embedded;
    }

    /** The broker without the parameters of its URL, which may hold a password. */
    private String shownBroker() {
        return embedded != null
                ? "the embedded broker in " + data
                : "the broker " + url.replaceAll("[?#].*", "").replaceAll("//[^/@]*@", "//");
    }
}
