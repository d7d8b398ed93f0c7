package io.github.camelllm.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.testkit.Await;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.activemq.artemis.api.core.ActiveMQDisconnectedException;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.apache.camel.Processor;
import org.apache.camel.builder.AdviceWith;
import org.junit.jupiter.api.Test;

/** What becomes of a request when something breaks between its delivery and its answer. */
class QueueRedeliveryTest extends QueueFixture {

    private final AtomicInteger calls = new AtomicInteger();
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    /** Stops the first call until it is released; later ones pass. */
    private final Processor stuck = exchange -> {
        if (calls.incrementAndGet() == 1) {
            reached.countDown();
            assertThat(release.await(30, TimeUnit.SECONDS)).isTrue();
        }
        exchange.getMessage().setBody(Triggers.echo(exchange));
    };

    @Test
    void acknowledgesNothingBeforeItIsAnswered() throws Exception {
        chain = stuck;
        start();
        send(text(Triggers.request("hello")));
        assertThat(reached.await(20, TimeUnit.SECONDS)).isTrue();

        Queue requests = broker().server().locateQueue("llm.requests");
        assertThat(requests.getMessageCount()).isEqualTo(1);
        assertThat(requests.getDeliveringCount()).isEqualTo(1);
        assertThat(requests.getMessagesAcknowledged()).isZero();
        release.countDown();

        assertThat(next("llm.answers").getText()).contains("echo: hello");
        awaitHeld("llm.requests", 0);
        assertThat(calls).hasValue(1);
    }

    @Test
    void takesTheAnswerBackWhenTheTransactionFailsAfterItsSending() throws Exception {
        AtomicBoolean failed = new AtomicBoolean();
        chain = exchange -> {
            calls.incrementAndGet();
            exchange.getMessage().setBody(Triggers.echo(exchange));
        };
        create();
        afterTheAnswer(exchange -> {
            if (failed.compareAndSet(false, true)) {
                throw new IllegalStateException("between the answer and the acknowledgement");
            }
        });
        context.start();
        connect();
        send(text(Triggers.request("hello")));

        // A queue holds nothing for a moment while a message is given back to it.
        Await.until(SOON, "the second delivery", () -> calls.get() == 2);
        awaitHeld("llm.requests", 0);
        assertThat(calls).hasValue(2);
        assertThat(held("llm.answers")).isEqualTo(1);
    }

    @Test
    void answersOnceWhenTheConnectionBreaksDuringTheCall() throws Exception {
        chain = stuck;
        start();
        send(text(Triggers.request("hello")));
        assertThat(reached.await(20, TimeUnit.SECONDS)).isTrue();

        disconnect();
        for (RemotingConnection gateways :
                List.copyOf(broker().server().getRemotingService().getConnections())) {
            gateways.fail(new ActiveMQDisconnectedException("cut by the test"));
        }
        release.countDown();

        awaitHeld("llm.requests", 0);
        awaitHeld("llm.answers", 1);
        assertThat(calls).hasValueGreaterThan(1);
    }

    @Test
    void answersOnceWhenTheBrokerRestartsDuringTheCall() throws Exception {
        chain = stuck;
        start();
        send(text(Triggers.request("hello")));
        send(text(Triggers.request("waiting")));
        assertThat(reached.await(20, TimeUnit.SECONDS)).isTrue();
        disconnect();

        EmbeddedBroker broker = broker();
        broker.stop();
        release.countDown();

        Await.until(SOON, "the broker to be started again", broker::running);
        awaitHeld("llm.answers", 2);
        awaitHeld("llm.requests", 0);
        assertThat(held("DLQ")).isZero();
    }

    @Test
    void answersAfterARestartWhatAStopCutOff() throws Exception {
        chain = stuck;
        create();
        context.getShutdownStrategy().setTimeUnit(TimeUnit.MILLISECONDS);
        context.getShutdownStrategy().setTimeout(1);
        context.start();
        connect();
        send(text(Triggers.request("hello")));
        assertThat(reached.await(20, TimeUnit.SECONDS)).isTrue();
        disconnect();
        context.stop();
        release.countDown();

        start();
        assertThat(next("llm.answers").getText()).contains("echo: hello");
        awaitHeld("llm.requests", 0);
        assertThat(held("llm.answers")).isZero();
    }

    @Test
    void answersWhatIsUnderWayBeforeItStops() throws Exception {
        chain = stuck;
        start();
        send(text(Triggers.request("hello")));
        assertThat(reached.await(20, TimeUnit.SECONDS)).isTrue();
        disconnect();
        Thread stopping = new Thread(context::stop);
        stopping.start();
        Await.until(SOON, "the stop to begin", () -> Triggers.takesNoMore(context));
        release.countDown();
        stopping.join(SOON.toMillis());

        start();
        assertThat(held("llm.answers")).isEqualTo(1);
        assertThat(held("llm.requests")).isZero();
        assertThat(calls).hasValue(1);
    }

    @Test
    void setsAsideWhatCouldNotBeAnsweredTimeAndAgain() throws Exception {
        chain = exchange -> {
            calls.incrementAndGet();
            exchange.getMessage().setBody(Triggers.echo(exchange));
        };
        create();
        afterTheAnswer(exchange -> {
            throw new IllegalStateException("never acknowledged");
        });
        context.start();
        connect();
        broker().server()
                .getAddressSettingsRepository()
                .addMatch("llm.requests", new AddressSettings().setRedeliveryDelay(1));
        send(text(Triggers.request("hello")));

        awaitHeld("DLQ", 1);
        assertThat(calls).hasValue(5);
        assertThat(held("llm.requests")).isZero();
        assertThat(held("llm.answers")).isZero();
    }

    private void afterTheAnswer(Processor processor) throws Exception {
        AdviceWith.adviceWith(
                context, "llm-queue", route -> route.weaveAddLast().process(processor));
    }
}
