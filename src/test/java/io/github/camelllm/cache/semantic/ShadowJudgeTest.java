package io.github.camelllm.cache.semantic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.testkit.ManualTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ShadowJudgeTest {

    private final ManualTicker ticker = new ManualTicker();

    private ShadowJudge judge(double share, double tolerated, int least, int window) {
        return new ShadowJudge(
                new ShadowSettings(share, tolerated, least, window, Duration.ofHours(1)), ticker, () -> 0.3);
    }

    @Test
    void picksTheShareThatIsSet() {
        assertThat(judge(0.31, 0, 1, 1).picks()).isTrue();
        assertThat(judge(0.3, 0, 1, 1).picks()).isFalse();
        assertThat(judge(0, 0, 1, 1).picks()).isFalse();
    }

    @Test
    void switchesOffWhatDiffersTooOftenAndNothingElse() {
        ShadowJudge judge = judge(1, 0.2, 5, 10);
        for (int i = 0; i < 4; i++) {
            assertThat(judge.compared("bad", false)).as("too few to judge").isNegative();
            assertThat(judge.compared("good", i > 0)).isNegative();
        }
        assertThat(judge.isOff("bad")).isFalse();
        assertThat(judge.compared("good", true)).as("1 of 5 is tolerated").isNegative();
        assertThat(judge.compared("bad", true)).isEqualTo(0.8);
        assertThat(judge.isOff("bad")).isTrue();
        assertThat(judge.isOff("good")).isFalse();
        assertThat(judge.off()).isEqualTo(1);
        assertThat(judge.compared("bad", false)).as("said once").isNegative();
    }

    @Test
    void forgetsWhatLiesBeyondTheWindow() {
        ShadowJudge judge = judge(1, 0.4, 5, 5);
        judge.compared("p", false);
        judge.compared("p", false);
        for (int i = 0; i < 3; i++) {
            assertThat(judge.compared("p", true)).isNegative();
        }
        for (int i = 0; i < 20; i++) {
            assertThat(judge.compared("p", i % 5 > 1)).isNegative();
        }
    }

    @Test
    void beginsAnewAfterItsRest() {
        ShadowJudge judge = judge(1, 0, 2, 2);
        judge.compared("p", false);
        assertThat(judge.compared("p", false)).isEqualTo(1);
        ticker.advance(Duration.ofMinutes(59));
        assertThat(judge.isOff("p")).isTrue();
        ticker.advance(Duration.ofMinutes(1));
        assertThat(judge.isOff("p")).isFalse();
        assertThat(judge.off()).isZero();
        assertThat(judge.compared("p", false)).as("one check is too few again").isNegative();
    }

    @Test
    void holdsNoMoreThanItsBound() {
        ShadowJudge judge = judge(1, 0, 1, 1);
        for (int i = 0; i < 10_050; i++) {
            judge.compared("p" + i, false);
        }
        assertThat(judge.off()).isEqualTo(10_000);
        assertThat(judge.isOff("p10049")).isTrue();
    }

    @Test
    void saysItOnceThoughManyThreadsCompare() throws Exception {
        ShadowJudge judge = judge(1, 0.5, 50, 100);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<Integer>> said = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            said.add(threads.submit(() -> {
                int times = 0;
                for (int i = 0; i < 1000; i++) {
                    times += judge.compared("p", false) >= 0 ? 1 : 0;
                }
                return times;
            }));
        }
        int times = 0;
        for (Future<Integer> one : said) {
            times += one.get();
        }
        threads.shutdown();
        assertThat(times).isEqualTo(1);
    }

    @Test
    void refusesSettingsThatMakeNoSense() {
        assertThatThrownBy(() -> judge(1.5, 0, 1, 1)).hasMessage("semantic.shadowShare is 1.5; 0 to 1 is allowed");
        assertThatThrownBy(() -> judge(1, -1, 1, 1)).hasMessage("semantic.shadowTolerated is -1.0; 0 to 1 is allowed");
        assertThatThrownBy(() -> judge(1, 0, 0, 1)).hasMessage("semantic.shadowLeast is 0; 1 to 1 is allowed");
        assertThatThrownBy(() -> judge(1, 0, 101, 100)).hasMessage("semantic.shadowLeast is 101; 1 to 100 is allowed");
        assertThatThrownBy(() -> new ShadowSettings(1, 0, 1, 1, Duration.ZERO)).hasMessageContaining("shadowRest");
    }
}
