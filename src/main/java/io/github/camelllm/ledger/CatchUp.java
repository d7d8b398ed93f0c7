package io.github.camelllm.ledger;

import io.github.camelllm.call.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Makes up for what did not reach the ledger: reads it from the call log, and keeps the bookmark that says how far the log is
 * known to be in the ledger. All but {@link #miss} is for the thread that writes.
 */
final class CatchUp {

    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

    private static final Duration MARK_EVERY = Duration.ofSeconds(10);

    /** How long a call may take from its end to the ledger. */
    private static final Duration MARGIN = Duration.ofMinutes(10);

    private final LedgerSettings settings;
    private final Ticker ticker;
    private final Bookmark bookmark;
    private final AtomicBoolean missed = new AtomicBoolean(true); // what the process before has left in the log

    private Replay replay;
    private int added;
    private boolean unmarked;
    private boolean unreadable;
    private Instant marked = Instant.EPOCH;

    CatchUp(LedgerSettings settings, Ticker ticker) {
        this.settings = settings;
        this.ticker = ticker;
        this.bookmark = new Bookmark(settings.logs());
    }

    /** Notes that a call will not be written by itself. May be called by any thread. */
    void miss() {
        missed.set(true);
    }

    /** Whether there is something to read. */
    boolean due() {
        return replay != null || missed.get();
    }

    /**
     * The next calls of the log, so many at the most; empty when it is read, which is told.
     *
     * @param ledger the ledger's identity
     */
    List<Entry> next(String ledger, int max) {
        if (replay == null) {
            missed.set(false);
            added = 0;
            try {
                replay = new Replay(settings.logs(), since(ledger));
            } catch (IOException e) {
                unreadable = true; // and so the bookmark stays where it is
                LOG.error(
                        "ALARM: the ledger cannot read the call log in {}, and may lack calls: {}",
                        settings.logs(),
                        Writer.cause(e));
                return List.of();
            }
        }
        List<Entry> next = replay.next(max);
        if (next.isEmpty()) {
            boolean worthTelling = added + replay.unreadableLines() + replay.olderLines() > 0;
            LOG.atLevel(worthTelling ? Level.INFO : Level.DEBUG)
                    .log(
                            "The ledger took in {} calls from the call log, of {} that were looked up;"
                                    + " {} lines of it could not be read, {} are of versions that did not name calls",
                            added,
                            replay.read(),
                            replay.unreadableLines(),
                            replay.olderLines());
            replay = null;
            unmarked = true;
        }
        return next;
    }

    private Instant since(String ledger) {
        Instant known = bookmark.read(ledger);
        Instant since = known.equals(Instant.EPOCH) ? known : known.minus(MARGIN);
        Instant kept =
                settings.keepDays() == 0 ? Instant.EPOCH : ticker.now().minus(Duration.ofDays(settings.keepDays()));
        return kept.isAfter(since) ? kept : since;
    }

    /** Notes that calls were written; so many came from the log and had not been there. */
    void wrote(int fromTheLog) {
        added += fromTheLog;
        unmarked = true;
    }

    /**
     * Notes in the bookmark that all calls up to now are in the ledger, if they are, and not each time unless told so.
     *
     * @param ledger the ledger's identity; null when it could not be opened
     */
    void mark(String ledger, boolean atOnce) {
        Instant now = ticker.now();
        if (ledger == null || !unmarked || unreadable || due() || settings.inMemory()) {
            return;
        }
        if (!atOnce && now.isBefore(marked.plus(MARK_EVERY))) {
            return;
        }
        try {
            bookmark.write(ledger, now);
        } catch (IOException e) {
            LOG.debug("no bookmark: the call log will be read from further back", e);
        }
        marked = now;
        unmarked = false;
    }

    void close() {
        if (replay != null) {
            replay.close();
        }
    }
}
