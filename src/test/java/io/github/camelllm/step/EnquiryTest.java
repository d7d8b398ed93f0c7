package io.github.camelllm.step;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

class EnquiryTest {

    private static final byte[] QUESTION = "{}".getBytes(UTF_8);

    @Test
    void letsGoOfAnHttpServerThatHangs() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                DefaultCamelContext context = new DefaultCamelContext()) {
            server.setSoTimeout(20_000);
            context.start();
            String uri = "http://" + server.getInetAddress().getHostAddress() + ":" + server.getLocalPort() + "/";
            try (Enquiry enquiry = new Enquiry(context, uri, "test")) {
                assertThatThrownBy(() -> enquiry.ask(QUESTION, Map.of(), Duration.ofSeconds(2)))
                        .isInstanceOf(Enquiry.NoAnswerException.class);
                try (Socket client = server.accept()) {
                    client.setSoTimeout(10_000);
                    assertThat(hangsUp(client)).isTrue();
                }
            }
        }
    }

    @Test
    void asksOnWhileManyQuestionsHang() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        AtomicInteger count = new AtomicInteger();
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:slow").process(exchange -> {
                        if (count.incrementAndGet() <= 40) {
                            await(over);
                        }
                        exchange.getMessage().setBody("yes");
                    });
                }
            });
            context.start();
            try (Enquiry enquiry = new Enquiry(context, "direct:slow", "test")) {
                for (int i = 0; i < 40; i++) {
                    assertThatThrownBy(() -> enquiry.ask(QUESTION, Map.of(), Duration.ofMillis(20)))
                            .hasMessage("it does not answer within 20 ms");
                }
                assertThat(enquiry.ask(QUESTION, Map.of(), Duration.ofSeconds(10)))
                        .asString()
                        .isEqualTo("yes");
            } finally {
                over.countDown();
            }
        }
    }

    private static boolean hangsUp(Socket client) throws IOException {
        try {
            client.getInputStream().readAllBytes();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (SocketException e) {
            return true; // it did so abruptly
        }
    }

    /** Like a client that does not listen to interrupts. */
    private static void await(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                Thread.interrupted();
            }
        }
    }
}
