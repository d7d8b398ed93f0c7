package io.github.camelllm.account;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * A warning that repeats itself seldom: the first is logged at once, then one each interval at the most, saying how many
 * were kept back. Thread-safe, and cheap while it keeps quiet.
 */
final class Seldom {

    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final Logger log;
    private final LongSupplier nanos;
    private final AtomicLong quietUntil;
    private final AtomicLong keptBack = new AtomicLong();

    Seldom(Logger log) {
        this(log, System::nanoTime);
    }

    Seldom(Logger log, LongSupplier nanos) {
        this.log = log;
        this.nanos = nanos;
        this.quietUntil = new AtomicLong(nanos.getAsLong());
    }

    /** Warns, or remembers that it would have. */
    void warn(Supplier<String> message, Throwable cause) {
        long now = nanos.getAsLong();
        long until = quietUntil.get();
        if (now - until < 0 || !quietUntil.compareAndSet(until, now + INTERVAL.toNanos())) {
            keptBack.incrementAndGet();
            return;
        }
        long more = keptBack.getAndSet(0);
        String text = message.get() + (more == 0 ? "" : " (and " + more + " times since this was last said)");
        if (cause == null) {
            log.warn(text);
        } else {
            log.warn(text, cause);
        }
    }
}
