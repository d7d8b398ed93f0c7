package io.github.camelllm.cache;

import io.github.camelllm.step.Calls;
import io.github.camelllm.store.SharedCache;
import io.github.camelllm.store.Store;
import java.time.Duration;
import org.apache.camel.CamelContext;
import org.apache.camel.support.service.ServiceSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out where a cache shares its answers. */
final class Sharing {

    private static final Logger LOG = LoggerFactory.getLogger(Sharing.class);

    private Sharing() {}

    /**
     * What answers are shared by, not started yet; null where they are not.
     *
     * @param store empty for where limits are counted, {@code memory} for nowhere, or the address of a Redis
     * @throws IllegalArgumentException when it is neither, naming the setting
     */
    static SharedCache open(CamelContext context, String store, Duration timeout, Tiers tiers) {
        SharedCache redis = open(context, store, timeout);
        if (redis != null && tiers.exact() == null) {
            redis.close();
            LOG.warn("No answers are shared with other gateways: the tier exact is none of cache.tiers");
            return null;
        }
        return redis;
    }

    private static SharedCache open(CamelContext context, String store, Duration timeout) {
        if (store.equals("memory")) {
            return null;
        }
        if (!store.isEmpty()) {
            return SharedCache.in("cache.store (llm.cache.store)", store, "cache", timeout);
        }
        Store limits = Calls.bound(context, Store.class, null);
        return limits == null ? null : limits.sharedCache("cache", timeout).orElse(null);
    }

    /** Has it closed when the context stops. */
    static void closeWith(CamelContext context, SharedCache redis) {
        try {
            context.addService(new ServiceSupport() {
                @Override
                protected void doStop() {
                    redis.close();
                }
            });
        } catch (Exception e) {
            redis.close();
            throw new IllegalStateException("the Camel context takes no service", e);
        }
    }
}
