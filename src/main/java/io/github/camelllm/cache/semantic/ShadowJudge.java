package io.github.camelllm.cache.semantic;

import io.github.camelllm.call.Ticker;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * Judges partitions by how often a hit would have been another answer than a model gives. One that differs too often goes
 * off for a time, and is judged from the beginning after it. Bounded: of very many partitions those longest unjudged are
 * forgotten, those that are off apart from the others. Thread-safe.
 */
final class ShadowJudge {

    private static final int MOST = 10_000;

    private final ShadowSettings settings;
    private final Ticker ticker;
    private final DoubleSupplier dice;
    private final LinkedHashMap<String, Record> records = new LinkedHashMap<>(16, 0.75f, true);
    private final LinkedHashMap<String, Long> off = new LinkedHashMap<>();

    /** The newest checks of a partition, in a ring. */
    private static final class Record {
        private final BitSet different = new BitSet();
        private int seen;
        private int next;
    }

    /** @param dice gives numbers from 0 to below 1, by which hits are picked */
    ShadowJudge(ShadowSettings settings, Ticker ticker, DoubleSupplier dice) {
        this.settings = settings;
        this.ticker = ticker;
        this.dice = dice;
    }

    /** Whether a hit is to be checked. */
    boolean picks() {
        return dice.getAsDouble() < settings.share();
    }

    /** Whether a partition gives no answers at present. */
    synchronized boolean isOff(String partition) {
        Long until = off.get(partition);
        if (until != null && ticker.nanos() - until >= 0) {
            off.remove(partition);
            until = null;
        }
        return until != null;
    }

    /**
     * Notes a check.
     *
     * @return the share of those that differed, where it has just switched the partition off; else a negative number
     */
    synchronized double compared(String partition, boolean same) {
        if (isOff(partition)) {
            return -1;
        }
        Record record = records.computeIfAbsent(partition, name -> new Record());
        record.different.set(record.next, !same);
        record.next = (record.next + 1) % settings.window();
        record.seen = Math.min(record.seen + 1, settings.window());
        double share = (double) record.different.cardinality() / record.seen;
        if (record.seen >= settings.least() && share > settings.tolerated()) {
            records.remove(partition);
            off.put(partition, ticker.nanos() + settings.rest().toNanos());
            bound(off);
            return share;
        }
        bound(records);
        return -1;
    }

    private static void bound(Map<String, ?> map) {
        if (map.size() > MOST) {
            Iterator<?> eldest = map.keySet().iterator();
            eldest.next();
            eldest.remove();
        }
    }

    /** How many partitions are off. */
    synchronized int off() {
        off.values().removeIf(until -> ticker.nanos() - until >= 0);
        return off.size();
    }
}
