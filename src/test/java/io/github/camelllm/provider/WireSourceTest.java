package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.Cancellation;
import io.github.camelllm.call.Ticker;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultMessage;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is done to a connection and when, and above all when it is no longer. */
@Timeout(20)
class WireSourceTest {

    private static final String WHOLE =
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}," + "\"finish_reason\":\"stop\"}]}\n\n";

    private final List<String> done = Collections.synchronizedList(new ArrayList<>());
    private final Call call = Tries.chat("{'stream':true}");

    @Test
    void touchesNoConnectionThatHasGoneBackToThePool() throws Exception {
        OpenAiStream stream = stream(bytes(WHOLE));
        stream.begin();
        stream.next();
        assertThat(stream.next()).isNull(); // the body's end gives the connection back
        done.clear();

        stream.close();
        call.cancellation().cancel();

        assertThat(done).isEmpty();
    }

    @Test
    void takesTheLastBytesOfAWholeStream() {
        OpenAiStream stream = stream(pieces(WHOLE + "data: [DONE]\n\n", "\n", "\r\n"));
        stream.begin();
        Tries.drain(stream);
        done.clear();

        stream.close();

        assertThat(done)
                .containsExactly("timeout 100 MILLISECONDS", "timeout 100 MILLISECONDS", "timeout 100 MILLISECONDS");
    }

    @Test
    void waitsNotForEverForAnEndThatDoesNotCome() {
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return '\n';
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                buffer[offset] = '\n';
                return 1;
            }
        };
        OpenAiStream stream = stream(new SequenceInputStream(bytes(WHOLE + "data: [DONE]\n\n"), endless));
        stream.begin();
        Tries.drain(stream);

        stream.close();

        assertThat(done).last().isEqualTo("cancelled");
    }

    @Test
    void keepsNoOtherThreadWaitingForTheLastBytes() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        InputStream slow = new InputStream() {
            @Override
            public int read() throws IOException {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                throw new IOException("closed");
            }
        };
        OpenAiStream stream = stream(new SequenceInputStream(bytes(WHOLE + "data: [DONE]\n\n"), slow));
        stream.begin();
        Tries.drain(stream);

        Thread eventLoop = new Thread(stream::close);
        eventLoop.start();
        eventLoop.join(TimeUnit.SECONDS.toMillis(10));

        assertThat(eventLoop.isAlive()).isFalse();
        assertThat(done).last().isEqualTo("cancelled");
        never.countDown();
    }

    @Test
    void abortsWhatIsNotWhole() {
        OpenAiStream stream = stream(bytes(WHOLE.replace("\"stop\"", "null") + WHOLE));
        stream.begin();

        stream.close();

        assertThat(done).containsExactly("cancelled");
    }

    @Test
    void readsNoAnswerLargerThanTheBound() throws IOException {
        assertThat(source(bytes("0123456789")).readAll(10)).hasSize(10);
        assertThatThrownBy(() -> source(bytes("0123456789")).readAll(9)).hasMessage("an answer of more than 9 bytes");
    }

    @Test
    void cancelsARequestThatStartsTooLate() {
        Cancellation cancellation = new Cancellation();
        try (InFlight inFlight = InFlight.open(cancellation, Duration.ofMinutes(1))) {
            cancellation.cancel();
            AtomicInteger cancels = new AtomicInteger();

            inFlight.started(counting(cancels));

            assertThat(cancels).hasValue(1);
            assertThat(inFlight.timedOut()).isFalse();
        }
    }

    @Test
    void cancelsARequestAtItsDeadline() throws Exception {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (InFlight inFlight = InFlight.open(new Cancellation(), Duration.ofMillis(1))) {
            inFlight.started(() -> {
                cancelled.countDown();
                return true;
            });

            assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(inFlight.timedOut()).isTrue();
        }
    }

    @Test
    void notesOfNestedCallsDoNotMix() {
        Cancellation outerCall = new Cancellation();
        AtomicInteger outerCancels = new AtomicInteger();
        AtomicInteger innerCancels = new AtomicInteger();
        try (InFlight outer = InFlight.open(outerCall, Duration.ofMinutes(1))) {
            outer.started(counting(outerCancels));
            try (InFlight inner = InFlight.open(new Cancellation(), Duration.ofMinutes(1))) {
                assertThat(InFlight.current()).isSameAs(inner);
                inner.started(counting(innerCancels));
            }
            assertThat(InFlight.current()).isSameAs(outer);

            outerCall.cancel();
        }
        assertThat(InFlight.current()).isNull();
        assertThat(outerCancels).hasValue(1);
        assertThat(innerCancels).hasValue(0);
    }

    private static Cancellable counting(AtomicInteger cancels) {
        return () -> {
            cancels.incrementAndGet();
            return true;
        };
    }

    private OpenAiStream stream(InputStream in) {
        WireSource source = source(in);
        return new OpenAiStream(call, source, new SseReader(source.stream(), 10_000, Long.MAX_VALUE, Ticker.SYSTEM));
    }

    private WireSource source(InputStream in) {
        HttpClientConnection connection = (HttpClientConnection) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {HttpClientConnection.class},
                (proxy, method, arguments) -> {
                    done.add(
                            method.getName().equals("setSocketTimeout") ? "timeout " + arguments[0] : method.getName());
                    return null;
                });
        DefaultMessage message = new DefaultMessage(new DefaultCamelContext());
        message.setBody(in);
        try (InFlight inFlight = InFlight.open(call.cancellation(), Duration.ofMinutes(1))) {
            inFlight.connected(connection);
            inFlight.started(() -> done.add("cancelled"));
            return new WireSource(message, inFlight);
        }
    }

    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A stream whose reads give one piece each. */
    private static InputStream pieces(String... pieces) {
        List<InputStream> all = new ArrayList<>();
        for (String piece : pieces) {
            all.add(bytes(piece));
        }
        return new SequenceInputStream(Collections.enumeration(all));
    }
}
