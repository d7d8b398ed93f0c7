package io.github.camelllm.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lines that a process writes, kept as they come. */
final class ProcessOutput {
    private final StringBuilder text = new StringBuilder();
    private boolean ended;

    static ProcessOutput of(InputStream in) {
        ProcessOutput output = new ProcessOutput();
        Thread thread = new Thread(() -> output.readAll(in), "gateway-output");
        thread.setDaemon(true);
        thread.start();
        return output;
    }

    private void readAll(InputStream in) {
        try (var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                add(line);
            }
        } catch (IOException e) {
            add("(unreadable from here on: " + e.getMessage() + ")");
        } finally {
            end();
        }
    }

    private synchronized void add(String line) {
        text.append(line).append('\n');
        notifyAll();
    }

    private synchronized void end() {
        ended = true;
        notifyAll();
    }

    synchronized String text() {
        return text.toString();
    }

    synchronized void awaitEnd() throws InterruptedException {
        while (!ended) {
            wait();
        }
    }

    /** The first match of the pattern in what has come so far, waiting for it; null if none comes. */
    synchronized Matcher await(Pattern pattern, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            Matcher matcher = pattern.matcher(text);
            long left = deadline - System.nanoTime();
            if (matcher.find()) {
                return matcher;
            }
            if (ended || left <= 0) {
                return null;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }
}
