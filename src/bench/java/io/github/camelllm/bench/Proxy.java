package io.github.camelllm.bench;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.concurrent.TimeUnit;

/**
 * A process that takes requests: the gateway or the bare proxy.
 *
 * @param child the process
 * @param url its chat endpoint
 * @param readyMillis the time from the start of the process to its first good answer
 * @param readyCpuMillis the CPU time it took until then
 */
record Proxy(Child child, String url, double readyMillis, double readyCpuMillis) implements AutoCloseable {

    private static final long READY_SECONDS = 60;
    private static final long POLL_MILLIS = 5;

    /**
     * Waits until a process that was just started answers.
     *
     * @param probe the URL asked with GET
     * @param good the status that says that it is ready
     */
    static Proxy awaitReady(Child child, long startedNanos, String probe, int good, String url)
            throws IOException, InterruptedException {
        long deadline = startedNanos + TimeUnit.SECONDS.toNanos(READY_SECONDS);
        while (status(probe) != good) {
            if (!child.isAlive() || System.nanoTime() > deadline) {
                child.close();
                throw new IOException("No answer " + good + " from " + probe + "; see the log of the process");
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        return new Proxy(child, url, (System.nanoTime() - startedNanos) / 1e6, Child.cpuNanos(child.pid()) / 1e6);
    }

    long pid() {
        return child.pid();
    }

    double residentMegabytes() throws IOException {
        return child.residentBytes() / 1024.0 / 1024.0;
    }

    @Override
    public void close() {
        child.close();
    }

    private static int status(String probe) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(probe).toURL().openConnection();
            connection.setConnectTimeout(1_000);
            connection.setReadTimeout(5_000);
            return connection.getResponseCode();
        } catch (IOException notYet) {
            return -1;
        }
    }
}
