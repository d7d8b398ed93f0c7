package io.github.camelllm.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class FactorTest {

    @Test
    void learnsWhatIsReported() {
        Factor factor = new Factor(1.2);
        for (int i = 0; i < 1_000; i++) {
            factor.learn(100, 80);
        }
        assertThat(factor.value()).isCloseTo(0.8, within(0.001));
        assertThat(factor.times(100)).isEqualTo(81); // rounded up
    }

    @Test
    void isRatherTooHighThanTooLow() {
        Factor factor = new Factor(1);
        Random random = new Random(5);
        int tooLow = 0;
        for (int i = 0; i < 10_000; i++) {
            double ratio = 0.8 + 0.4 * random.nextDouble();
            if (i >= 1_000 && factor.value() < ratio) {
                tooLow++;
            }
            factor.learn(100, 100 * ratio);
        }
        assertThat(factor.value()).isBetween(1.0, 1.2);
        assertThat(tooLow).isLessThan(9_000 / 3);
    }

    @Test
    void risesFasterThanItFalls() {
        Factor up = new Factor(1);
        Factor down = new Factor(1);
        up.learn(100, 150);
        down.learn(100, 50);

        assertThat(up.value() - 1).isGreaterThan(4 * (1 - down.value()));
    }

    @Test
    void staysWithinItsBoundsWhateverIsReported() {
        Factor factor = new Factor(1);
        for (int i = 0; i < 1_000; i++) {
            factor.learn(1, 1e18);
        }
        assertThat(factor.value()).isBetween(2.99, Factor.MOST);
        for (int i = 0; i < 10_000; i++) {
            factor.learn(1e18, 1);
        }
        assertThat(factor.value()).isBetween(Factor.LEAST, 0.51);
    }

    @Test
    void losesNothingUnderManyThreads() throws Exception {
        Factor factor = new Factor(1);
        Thread[] threads = new Thread[8];
        for (int t = 0; t < threads.length; t++) {
            threads[t] = new Thread(() -> {
                for (int i = 0; i < 1_000; i++) {
                    factor.learn(100, 50);
                }
            });
            threads[t].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        Factor alone = new Factor(1);
        for (int i = 0; i < 8_000; i++) {
            alone.learn(100, 50);
        }
        assertThat(factor.value()).isEqualTo(alone.value());
    }
}
