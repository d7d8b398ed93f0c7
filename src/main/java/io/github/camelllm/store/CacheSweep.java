package io.github.camelllm.store;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** Removes entries of the shared cache, and has all gateways do so in their memory. */
final class CacheSweep {

    private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int KEYS_A_PAGE = 500;

    private final CacheLink link;
    private final String instance;

    CacheSweep(CacheLink link, String instance) {
        this.link = link;
        this.instance = instance;
    }

    /**
     * Tells first, so that nothing is kept that was asked for before; and again, as somebody may have found an entry meanwhile.
     *
     * @param which by the heads; null for all
     */
    SharedCache.Cleared run(String what, Predicate<byte[]> which)
            throws InterruptedException, ExecutionException, TimeoutException {
        tell(what, which == null);
        long values = sweep(which);
        return new SharedCache.Cleared(values, tell(what, which == null));
    }

    private long tell(String what, boolean all) throws InterruptedException, ExecutionException, TimeoutException {
        List<Object> reply = link.run(
                        CacheScripts.TELL,
                        new String[] {link.keys().clears()},
                        CacheLink.bytes(link.channel()),
                        CacheLink.bytes(instance),
                        CacheLink.bytes(what),
                        CacheLink.bytes(all ? "1" : ""))
                .get(SWEEP_NANOS, TimeUnit.NANOSECONDS);
        return ((Number) reply.get(1)).longValue();
    }

    private long sweep(Predicate<byte[]> which) throws InterruptedException, ExecutionException, TimeoutException {
        ScanArgs page = ScanArgs.Builder.matches(link.keys().entries() + "*").limit(KEYS_A_PAGE);
        long values = 0;
        ScanCursor at = ScanCursor.INITIAL;
        do {
            ScanCursor from = at;
            KeyScanCursor<String> found = link.ask(to -> to.scan(from, page)).get(SWEEP_NANOS, TimeUnit.NANOSECONDS);
            List<String> gone = which == null ? found.getKeys() : matching(found.getKeys(), which);
            if (!gone.isEmpty()) {
                values += link.ask(to -> to.unlink(gone.toArray(String[]::new))).get(SWEEP_NANOS, TimeUnit.NANOSECONDS);
            }
            at = found;
        } while (!at.isFinished());
        return values;
    }

    private List<String> matching(List<String> keys, Predicate<byte[]> which)
            throws InterruptedException, ExecutionException, TimeoutException {
        List<CompletableFuture<byte[]>> heads =
                keys.stream().map(key -> link.ask(to -> to.hget(key, "h"))).toList();
        List<String> matching = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            byte[] head = heads.get(i).get(SWEEP_NANOS, TimeUnit.NANOSECONDS);
            if (head != null && which.test(head)) {
                matching.add(keys.get(i));
            }
        }
        return matching;
    }
}
