package io.github.camelllm.main;

import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at files a few times a second and tells when they have changed and nobody has written for a while: what is saved together
 * is told once. Looking works wherever files are, on network and container mounts too.
 */
final class FileWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);
    private static final long LOOK_MILLIS = 200;

    /** Somebody who writes without end does not keep a change from being looked at. */
    private static final int MOST_LOOKS = 50;

    private final Supplier<Stamps> look;
    private final long quietMillis;
    private final Runnable changed;
    private final Thread thread;
    private volatile Stamps known;
    private volatile boolean closed;

    /**
     * @param look how the files stand
     * @param known how they stood when they were read
     * @param quiet for how long nobody must have written
     * @param changed told of a change, in the thread that looks
     */
    FileWatch(Supplier<Stamps> look, Stamps known, Duration quiet, Runnable changed) {
        this.look = look;
        this.known = known;
        this.quietMillis = quiet.toMillis();
        this.changed = changed;
        this.thread = new Thread(this::run, "llm-file-watch");
        thread.setDaemon(true);
    }

    FileWatch begin() {
        thread.start();
        return this;
    }

    private void run() {
        try {
            while (!closed) {
                Thread.sleep(LOOK_MILLIS);
                Stamps now = look.get();
                if (!now.equals(known)) {
                    known = settled(now);
                    changed.run();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            LOG.error("ALARM: files are no longer watched; SIGHUP or POST /admin/reload puts changes in force", e);
        }
    }

    private Stamps settled(Stamps first) throws InterruptedException {
        Stamps last = first;
        for (int i = 0; i < MOST_LOOKS && !closed; i++) {
            Thread.sleep(quietMillis);
            Stamps now = look.get();
            if (now.equals(last)) {
                return now;
            }
            last = now;
        }
        return last;
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
