package io.github.camelllm.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

/** Which broker it is, and who may use it. */
class QueueBrokerTest extends QueueFixture {

    @Test
    void refusesADirectoryThatAnotherBrokerUses() throws Exception {
        start();
        try (DefaultCamelContext second = Triggers.context(settings, chain, "queue.camel.yaml")) {
            assertThatThrownBy(second::start)
                    .rootCause()
                    .hasMessageContaining("llm.queue.data")
                    .hasMessageContaining("another gateway");
        }
        assertThat(ask(text(Triggers.request("still"))).getText()).contains("echo: still");
    }

    @Test
    void refusesAPortThatIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            settings.put("llm.queue.port", taken.getLocalPort());
            create();
            assertThatThrownBy(context::start)
                    .rootCause()
                    .hasMessageContaining("llm.queue.port=" + taken.getLocalPort());
        }
    }

    @Test
    void letsInWhoHasThePassword() throws Exception {
        settings.put("llm.queue.user", "camel");
        settings.put("llm.queue.password", "hump-4711");
        start();
        assertThat(ask(text(Triggers.request("hello"))).getText()).contains("echo: hello");

        try (var factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + broker().port())) {
            assertThatThrownBy(() -> factory.createConnection().close()).isInstanceOf(JMSSecurityException.class);
            assertThatThrownBy(() -> factory.createConnection("camel", "wrong").close())
                    .isInstanceOf(JMSSecurityException.class);
            assertThatThrownBy(
                            () -> factory.createConnection("other", "hump-4711").close())
                    .isInstanceOf(JMSSecurityException.class);
        }
    }

    @Test
    void letsNobodyManageItByMessages() throws Exception {
        settings.put("llm.queue.user", "camel");
        settings.put("llm.queue.password", "hump-4711");
        start();

        assertThatThrownBy(() -> send("activemq.management", text("{}"))).isInstanceOf(JMSException.class);
    }

    @Test
    void listensOnLoopbackAlone() throws Exception {
        start();
        assertThat(broker().server().getConfiguration().getAcceptorConfigurations())
                .anySatisfy(acceptor -> assertThat(acceptor.getParams()).containsEntry("host", "127.0.0.1"))
                .allSatisfy(acceptor -> assertThat(acceptor.getParams().getOrDefault("host", "127.0.0.1"))
                        .isEqualTo("127.0.0.1"));
    }

    @Test
    void keepsItsQueuesAndLetsThoseOfClientsGo() throws Exception {
        start();
        send("a.clients.own", text("x"));

        assertThat(broker().server().locateQueue("llm.requests").isAutoDelete()).isFalse();
        assertThat(broker().server().locateQueue("llm.answers").isAutoDelete()).isFalse();
        assertThat(broker().server().locateQueue("DLQ").isAutoDelete()).isFalse();
        assertThat(broker().server().locateQueue("a.clients.own").isAutoDelete())
                .isTrue();
        assertThat(broker().server().locateQueue("a.clients.own").getAutoDeleteMessageCount())
                .isEqualTo(-1);
    }

    @Test
    void worksWithABrokerOfItsOwnByUrl() throws Exception {
        EmbeddedBroker remote =
                new EmbeddedBroker(new BrokerSettings("", data.resolve("remote"), 0, List.of(), "camel", "hump-4711"));
        remote.start();
        try {
            settings.put("llm.queue.broker-url", "tcp://127.0.0.1:" + remote.port());
            settings.put("llm.queue.user", "camel");
            settings.put("llm.queue.password", "hump-4711");
            create().start();
            connect(remote.port());

            assertThat(ask(text(Triggers.request("hello"))).getText()).contains("echo: hello");
            assertThat(data.resolve("broker")).doesNotExist();
        } finally {
            stop();
            remote.stop();
        }
    }

    @Test
    void startsWithoutARemoteBrokerAndConnectsOnceItIsThere() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        settings.put("llm.queue.broker-url", "tcp://127.0.0.1:" + port);
        create().start();
        assertThat(context.getStatus().isStarted()).isTrue();

        EmbeddedBroker late = new EmbeddedBroker(new BrokerSettings("", data.resolve("late"), port, List.of(), "", ""));
        late.start();
        try {
            connect(port);
            assertThat(ask(text(Triggers.request("hello"))).getText()).contains("echo: hello");
        } finally {
            stop();
            late.stop();
        }
    }

    @Test
    void refusesSettingsThatCannotBe() {
        Path path = Path.of("data");
        assertThatThrownBy(() -> new BrokerSettings("", path, 65_536, List.of(), "", ""))
                .hasMessage("llm.queue.port is 65536; 0 to 65535 is allowed");
        assertThatThrownBy(() -> new BrokerSettings("", null, 0, List.of(), "", ""))
                .hasMessageContaining("llm.queue.data is blank");
        assertThatThrownBy(() -> new BrokerSettings("", path, 0, List.of(), "camel", ""))
                .hasMessageContaining("llm.queue.password is blank");
        assertThat(new BrokerSettings("", path, 0, List.of(), "camel", "hump-4711").toString())
                .doesNotContain("hump");
    }
}
