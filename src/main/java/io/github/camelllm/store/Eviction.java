package io.github.camelllm.store;

import io.lettuce.core.api.async.RedisAsyncCommands;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of a Redis that may drop counters when its memory is full: one whose {@code maxmemory-policy} is not {@code noeviction}. One
 * that lets nobody see its settings is left alone.
 */
final class Eviction {

    private static final Logger LOG = LoggerFactory.getLogger(Eviction.class);
    private static final Pattern SETTINGS =
            Pattern.compile("\\bmaxmemory:(\\d+)\\b.*?\\bmaxmemory_policy:([\\w-]+)", Pattern.DOTALL);
    private static final long SECONDS = 5;

    private Eviction() {}

    /**
     * Looks at the settings of the Redis behind a new connection; does not wait.
     *
     * @param redis its address, without user and password
     */
    static void check(String redis, RedisAsyncCommands<String, String> commands) {
        commands.info("memory")
                .toCompletableFuture()
                .orTimeout(SECONDS, TimeUnit.SECONDS)
                .whenComplete((info, failure) -> {
                    if (failure != null) {
                        LOG.debug("the limit store {} does not tell whether it evicts keys", redis, failure);
                    } else {
                        judge(redis, SETTINGS.matcher(info));
                    }
                });
    }

    private static void judge(String redis, Matcher settings) {
        if (settings.find() && !settings.group(2).equals("noeviction")) {
            LOG.warn(
                    "the limit store {} evicts keys (maxmemory-policy {}, maxmemory {}): when its memory is full it forgets what has"
                            + " been used, and calls pass beyond their limits. Set maxmemory-policy noeviction",
                    redis,
                    settings.group(2),
                    settings.group(1));
        }
    }
}
