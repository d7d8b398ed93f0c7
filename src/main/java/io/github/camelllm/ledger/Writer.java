package io.github.camelllm.ledger;

import io.github.camelllm.call.SpentBefore.Spent;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.step.Troubles;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The thread that writes a ledger: opens the database, reads from the call log what a crash had kept from it, and from then
 * on writes what is waiting, a batch a transaction. What fails is tried again, later and later, until it succeeds; meanwhile
 * calls wait in a bounded queue, and what does not fit is read from the call log once the database is back.
 *
 * <p>The thread is never interrupted: H2 takes that for the end of its file.
 */
final class Writer {

    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

    private static final int BATCH = 2000;
    private static final long SHORTEST_LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LONGEST_LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final Duration SWEEP = Duration.ofHours(1);

    private final LedgerSettings settings;
    private final Ticker ticker;
    private final Troubles troubles;
    private final Counts counts;
    private final Database database;
    private final CatchUp catchUp;
    private final BlockingQueue<Entry> queue;
    private final Questions questions = new Questions();
    private final Thread thread;

    private volatile boolean idle;
    private volatile boolean stopping;
    private volatile long deadlineNanos;
    private volatile int inHandSize;

    private List<Entry> inHand = List.of();
    private boolean inHandIsReplayed;
    private long tookNanos = System.nanoTime();
    private long lingerNanos = SHORTEST_LINGER_NANOS;
    private Instant swept = Instant.EPOCH;
    private int failures;
    private long downSinceNanos;

    Writer(LedgerSettings settings, Ticker ticker, Counts counts) {
        this.settings = settings;
        this.ticker = ticker;
        this.troubles = new Troubles(LOG, Level.ERROR, ticker::nanos);
        this.counts = counts;
        this.database = new Database(settings);
        this.catchUp = new CatchUp(settings, ticker);
        this.queue = new ArrayBlockingQueue<>(settings.queueSize());
        this.thread = new Thread(this::run, "llm-ledger");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Takes a call, without ever waiting. */
    void offer(Entry entry) {
        if (stopping || !queue.offer(entry)) {
            counts.dropped.increment();
            catchUp.miss();
        } else if (idle) {
            LockSupport.unpark(thread);
        }
    }

    /** Has a question answered once the ledger is open and whole. */
    CompletionStage<List<Spent>> ask(Questions.Question question) {
        CompletionStage<List<Spent>> answer = questions.ask(question);
        LockSupport.unpark(thread);
        return answer;
    }

    /** How many calls are not written yet. */
    int waiting() {
        return queue.size() + inHandSize;
    }

    /**
     * Takes no more, and waits a bounded time until what is waiting is written.
     *
     * @return how many calls are left to the call log
     */
    int stop() throws InterruptedException {
        deadlineNanos = System.nanoTime() + settings.drainTimeout().toNanos();
        stopping = true;
        LockSupport.unpark(thread);
        thread.join(settings.drainTimeout().toMillis() + 1);
        return waiting();
    }

    private void run() {
        try {
            while (!(stopping && (waiting() == 0 || System.nanoTime() - deadlineNanos > 0))) {
                boolean worked;
                try {
                    worked = step(database.connection());
                    succeeded();
                } catch (SQLException
                        | RuntimeException
                        | Error e) { // a missing driver is an Error; the thread must live on
                    failed(e);
                    worked = true;
                }
                if (!worked && !stopping) {
                    rest();
                }
            }
            if (waiting() == 0) {
                catchUp.mark(database.identity(), true);
            }
        } finally {
            counts.up = false;
            questions.close();
            catchUp.close();
            database.close();
        }
    }

    /** Does one thing, the most urgent; false when there is nothing to do. */
    private boolean step(Connection connection) throws SQLException {
        if (inHand.isEmpty() && worthATransaction()) {
            take();
        }
        if (!inHand.isEmpty()) {
            write(connection);
            return true;
        }
        if (stopping) {
            return false;
        }
        if (catchUp.due()) {
            hold(catchUp.next(database.identity(), BATCH), true);
            return true;
        }
        catchUp.mark(database.identity(), false);
        return questions.answer(connection) || sweep(connection);
    }

    /** What a commit costs hardly depends on how many calls it is for: the more of them come, the longer it waits for more. */
    private boolean worthATransaction() {
        return stopping || queue.size() >= enough() || lingered() >= lingerNanos;
    }

    /** So many that the queue does not run over meanwhile. */
    private int enough() {
        return Math.min(BATCH, 1 + settings.queueSize() / 4);
    }

    private long lingered() {
        return System.nanoTime() - tookNanos;
    }

    private void take() {
        List<Entry> batch = new ArrayList<>();
        queue.drainTo(batch, BATCH);
        tookNanos = System.nanoTime();
        lingerNanos = batch.size() > 1 ? Math.min(2 * lingerNanos, LONGEST_LINGER_NANOS) : SHORTEST_LINGER_NANOS;
        hold(batch, false);
    }

    private void hold(List<Entry> batch, boolean replayed) {
        inHand = batch;
        inHandIsReplayed = replayed;
        inHandSize = replayed ? 0 : batch.size();
    }

    private void write(Connection connection) throws SQLException {
        int added;
        try {
            added = Entries.add(connection, inHand);
        } catch (SQLException e) {
            if (!aboutData(e)) {
                throw e;
            }
            added = writeEach(connection);
        }
        counts.written.add(added);
        catchUp.wrote(inHandIsReplayed ? added : 0);
        hold(List.of(), false);
    }

    /** One call that the database will never take must not keep the others from it. */
    private int writeEach(Connection connection) throws SQLException {
        int added = 0;
        for (Entry entry : inHand) {
            try {
                added += Entries.add(connection, List.of(entry));
            } catch (SQLException e) {
                if (!aboutData(e)) {
                    throw e;
                }
                counts.refused.increment();
                troubles.is(
                        "refused",
                        () -> "ALARM: the ledger does not take call " + entry.callId() + ", which stays out of it: "
                                + cause(e),
                        null);
            }
        }
        return added;
    }

    /** SQL states: 22 a value that cannot be, 23 a rule of the table. */
    private static boolean aboutData(SQLException e) {
        for (SQLException next = e; next != null; next = next.getNextException()) {
            String state = next.getSQLState();
            if (state != null && (state.startsWith("22") || state.startsWith("23"))) {
                return true;
            }
        }
        return false;
    }

    private Instant keepFrom() {
        return ticker.now().minus(Duration.ofDays(settings.keepDays()));
    }

    private boolean sweep(Connection connection) throws SQLException {
        Instant now = ticker.now();
        if (settings.keepDays() == 0 || now.isBefore(swept.plus(SWEEP))) {
            return false;
        }
        int deleted = Entries.deleteBefore(connection, keepFrom());
        if (deleted > 0) {
            LOG.info("The ledger let go of {} rows older than {} days", deleted, settings.keepDays());
        }
        swept = now;
        return true;
    }

    /** Until there is something to do; looks up now and then whether the queue fills faster than thought. */
    private void rest() {
        idle = true;
        try {
            if (queue.isEmpty() && questions.isEmpty() && !stopping) {
                LockSupport.parkNanos(this, IDLE_NANOS);
            }
        } finally {
            idle = false;
        }
        while (!queue.isEmpty() && questions.isEmpty() && !worthATransaction()) {
            LockSupport.parkNanos(this, Math.min(lingerNanos - lingered(), SHORTEST_LINGER_NANOS));
        }
    }

    private void succeeded() {
        if (failures > 1) {
            LOG.warn(
                    "The ledger is written again, after {} s",
                    TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - downSinceNanos));
        }
        failures = 0;
        counts.up = true;
    }

    /** The first failure is tried again and not told: a connection may have gone unnoticed, H2 be about to change hands. */
    private void failed(Throwable e) {
        counts.failed.increment();
        boolean worked = counts.up;
        if (failures == 0) {
            downSinceNanos = System.nanoTime();
        }
        failures = Math.min(failures + 1, 30);
        counts.up = false;
        database.forget();
        if (failures == 2) {
            LOG.error(
                    "ALARM: the ledger {} cannot be written: {}. Calls are kept ({} at most), and it is tried again",
                    settings.shownUrl(),
                    cause(e),
                    settings.queueSize());
            LOG.debug("the ledger", e);
        }
        if (stopping) {
            pause(FIRST_PAUSE_NANOS / 2);
        } else if (!worked) {
            pause(Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.min(failures - 1, 10)));
        }
    }

    private void pause(long nanos) {
        long until = System.nanoTime() + nanos;
        boolean before = stopping;
        for (long left = nanos; left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
            if (stopping && !before) {
                return;
            }
        }
    }

    /** The innermost reason, in one line. */
    static String cause(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return message.lines()
                .findFirst()
                .orElse(cause.toString())
                .replaceFirst("; SQL statement:.*", "")
                .strip();
    }
}
