package io.github.camelllm.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CancellationTest {

    private final Cancellation cancellation = new Cancellation();
    private final List<String> log = new ArrayList<>();

    @Test
    void runsEveryActionOnceTheLastFirst() {
        cancellation.onCancel(() -> log.add("a"));
        cancellation.onCancel(() -> log.add("b"));
        assertThat(cancellation.cancelled()).isFalse();

        cancellation.cancel();
        cancellation.cancel();

        assertThat(cancellation.cancelled()).isTrue();
        assertThat(log).containsExactly("b", "a");
    }

    @Test
    void runsWhatComesTooLateAtOnce() {
        cancellation.cancel();

        cancellation.onCancel(() -> log.add("late"));

        assertThat(log).containsExactly("late");
    }

    @Test
    void runsNotWhatIsForgotten() {
        Runnable action = () -> log.add("a");
        cancellation.onCancel(action);
        cancellation.forget(action);

        cancellation.cancel();

        assertThat(log).isEmpty();
    }

    @Test
    void isCancelledWhileItsActionsRun() {
        cancellation.onCancel(() -> log.add(String.valueOf(cancellation.cancelled())));

        cancellation.cancel();

        assertThat(log).containsExactly("true");
    }

    @Test
    void oneActionThatFailsKeepsNoOtherFromRunning() {
        cancellation.onCancel(() -> log.add("a"));
        cancellation.onCancel(() -> {
            throw new IllegalStateException("first");
        });
        cancellation.onCancel(() -> {
            throw new IllegalStateException("second");
        });
        cancellation.onCancel(() -> log.add("d"));

        assertThatThrownBy(cancellation::cancel)
                .hasMessage("second")
                .hasSuppressedException(new IllegalStateException("first"));

        assertThat(log).containsExactly("d", "a");
    }

    @Test
    void noActionIsLostOrRunTwiceInARace() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        for (int round = 0; round < 500; round++) {
            Cancellation raced = new Cancellation();
            AtomicInteger runs = new AtomicInteger();
            CyclicBarrier start = new CyclicBarrier(4);
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                boolean registers = i < 2;
                all.add(threads.submit(() -> {
                    start.await();
                    if (registers) {
                        raced.onCancel(runs::incrementAndGet);
                    } else {
                        raced.cancel();
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
            assertThat(runs).hasValue(2);
        }
        threads.shutdown();
    }
}
