package io.github.camelllm.account;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CompletedQueueTest {

    private static final int LARGE = 5 << 20;

    private final List<FinishedCall> received = new CopyOnWriteArrayList<>();
    private final Tally dropped = new Tally();

    private CompletedQueue queue(int size, Runnable beforeEach) {
        return new CompletedQueue(
                new AccountSettings("direct:x", size, Duration.ofSeconds(20)),
                call -> {
                    beforeEach.run();
                    received.add(call);
                },
                dropped,
                () -> {});
    }

    private static FinishedCall call() {
        Call call = new Call(Ticker.SYSTEM, Operation.CHAT, new CallHeaders(), null, new Request(new byte[0]));
        return FinishedCalls.of(call, null, Costs.unknown(0), 0, Ticker.SYSTEM.nanos());
    }

    @Test
    void hashesEveryPromptHoweverManyWait() {
        CountDownLatch release = new CountDownLatch(1);
        CompletedQueue queue = queue(100, () -> awaitQuietly(release));
        for (int i = 0; i < 10; i++) {
            queue.offer(
                    call(), TextNode.valueOf("prompt " + i), LARGE); // the second and later ones are too much to keep
        }
        release.countDown();

        assertThat(queue.stop()).isZero();
        assertThat(received)
                .extracting(FinishedCall::promptHash)
                .containsExactlyElementsOf(IntStream.range(0, 10)
                        .mapToObj(i -> PromptHash.of(TextNode.valueOf("prompt " + i)))
                        .toList());
        assertThat(queue.pending()).isZero();
    }

    @Test
    void losesNoneAndDoublesNoneWhenManyThreadsOffer() throws Exception {
        int threads = 8;
        int each = 2000;
        CompletedQueue queue = queue(100, () -> {});
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> offers = IntStream.range(0, threads)
                    .<Future<?>>mapToObj(t -> pool.submit(() -> {
                        for (int i = 0; i < each; i++) {
                            queue.offer(call(), null, 0);
                        }
                    }))
                    .toList();
            for (Future<?> offer : offers) {
                offer.get();
            }
        } finally {
            pool.shutdownNow();
        }
        queue.stop();

        assertThat(received.size() + dropped.sum()).isEqualTo(threads * each);
        assertThat(received.stream().map(FinishedCall::requestId).distinct()).hasSize(received.size());
    }

    @Test
    void takesNothingAfterItsStop() {
        CompletedQueue queue = queue(10, () -> {});
        queue.stop();

        queue.offer(call(), null, 0);

        assertThat(dropped.sum()).isEqualTo(1);
        assertThat(received).isEmpty();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
