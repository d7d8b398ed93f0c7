package io.github.camelllm.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.store.StoreSettings.WhenDown;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.CapturedLog;
import io.github.camelllm.testkit.RedisServer;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A Redis that may forget counters is warned of. */
@Timeout(60)
class EvictionTest {

    private static SharedStore open(String url) throws Exception {
        SharedStore store = SharedStoreTest.open(url, WhenDown.DENY, 1, Duration.ofSeconds(60), Duration.ofSeconds(5));
        Await.until("Redis to be used", store::up);
        return store;
    }

    @ParameterizedTest
    @CsvSource({"allkeys-lru, 0", "allkeys-lru, 100000000", "volatile-ttl, 100000000", "volatile-lfu, 0"})
    void isWarnedOfAtTheStartAndAfterEachReconnect(String policy, String memory) throws Exception {
        try (RedisServer server = RedisServer.started("--maxmemory-policy", policy, "--maxmemory", memory);
                CapturedLog log = new CapturedLog(Eviction.class, Level.INFO);
                SharedStore store = open(server.url())) {
            String line =
                    "WARN the limit store 127.0.0.1:" + server.port() + "/0 evicts keys (maxmemory-policy " + policy
                            + ", maxmemory " + memory
                            + "): when its memory is full it forgets what has been used, and calls pass"
                            + " beyond their limits. Set maxmemory-policy noeviction";
            Await.until("the warning", () -> !log.lines().isEmpty());
            assertThat(log.lines()).containsExactly(line);

            server.kill();
            Await.until("the alarm", () -> !store.up());
            server.start();
            Await.until("the warning again", () -> log.lines().size() == 2);
            assertThat(log.lines()).containsExactly(line, line);
        }
    }

    @Test
    void oneThatEvictsNothingIsNotMentioned() throws Exception {
        try (RedisServer server = RedisServer.started("--maxmemory", "100000000");
                CapturedLog log = new CapturedLog(Eviction.class, Level.DEBUG);
                SharedStore store = open(server.url())) {
            store.levels(List.of(limit())); // answered after the question about settings
            assertThat(log.lines()).isEmpty();
        }
    }

    @Test
    void oneThatShowsNobodyItsSettingsIsUsedAllTheSame() throws Exception {
        try (RedisServer server =
                        RedisServer.started("--user", "app", "on", ">pw", "~*", "&*", "+@all", "-info", "-config");
                CapturedLog log = new CapturedLog(Eviction.class, Level.DEBUG);
                SharedStore store = open("redis://app:pw@127.0.0.1:" + server.port())) {
            assertThat(store.reserve("r", List.of(new Draw(limit(), 1)))).isInstanceOf(Decision.Granted.class);
            Await.until("the answer", () -> !log.lines().isEmpty());
            assertThat(log.lines()).singleElement().asString().startsWith("DEBUG");
        }
    }

    private static Limit limit() {
        return new Limit("requests", 10, new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC), List.of());
    }
}
