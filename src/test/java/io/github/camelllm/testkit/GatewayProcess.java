package io.github.camelllm.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A running gateway in a process of its own. {@link GatewaySetup#start} starts it; closing it ends it and removes its files. */
public final class GatewayProcess implements AutoCloseable {

    private static final Pattern LISTENING =
            Pattern.compile("(?m)listening on http://(?:127\\.0\\.0\\.1|0\\.0\\.0\\.0):(\\d+)\\b.*$");
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Process process;
    private final Path directory;
    private final ProcessOutput out;
    private final ProcessOutput err;
    private final int port;

    private GatewayProcess(Process process, Path directory) throws IOException, InterruptedException {
        this.process = process;
        this.directory = directory;
        this.out = ProcessOutput.of(process.getInputStream());
        this.err = ProcessOutput.of(process.getErrorStream());
        Matcher listening = out.await(LISTENING, START_LIMIT);
        if (listening == null) {
            boolean ended = process.waitFor(1, TimeUnit.SECONDS);
            if (ended) {
                err.awaitEnd(); // closing takes away what has not been read yet
            }
            close();
            throw new AssertionError("the gateway does not listen; "
                    + (ended ? "it ended with " + process.exitValue() : "it runs on") + ":\n" + output());
        }
        this.port = Integer.parseInt(listening.group(1));
    }

    static GatewayProcess awaitListening(Process process, Path directory) throws IOException, InterruptedException {
        return new GatewayProcess(process, directory);
    }

    /** The port it listens on. */
    public int port() {
        return port;
    }

    /** {@code http://127.0.0.1:PORT}. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** What it has written to its standard output and error so far. */
    public String output() {
        return out.text() + err.text();
    }

    /** Where it runs: its {@code routes/}, {@code config/} and {@code logs/}. */
    public Path directory() {
        return directory;
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /**
     * Waits for a line of its output.
     *
     * @throws AssertionError when none matches in time
     */
    public void awaitOutput(String regex) throws Exception {
        Pattern pattern = Pattern.compile(regex);
        Await.until(SOON, "output that matches " + regex + " in:\n" + output(), () -> pattern.matcher(output())
                .find());
    }

    /** The records of finished calls, one a line of {@code logs/calls.jsonl}; a last line still being written is left out. */
    public List<JsonNode> records() throws IOException {
        return records("");
    }

    private List<JsonNode> records(String containing) throws IOException {
        Path log = directory.resolve("logs/calls.jsonl");
        List<JsonNode> records = new ArrayList<>();
        if (Files.exists(log)) {
            String text = Files.readString(log, StandardCharsets.UTF_8);
            for (String line : text.substring(0, text.lastIndexOf('\n') + 1).split("\n")) {
                if (!line.isEmpty() && line.contains(containing)) {
                    records.add(Json.MAPPER.readTree(line));
                }
            }
        }
        return records;
    }

    /**
     * Waits for the record of a call.
     *
     * @throws AssertionError when it is not written in time, or more than once
     */
    public JsonNode awaitRecord(String requestId) throws Exception {
        List<JsonNode> found = new ArrayList<>();
        Await.until(SOON, "a record of " + requestId, () -> {
            found.clear();
            records(requestId).stream()
                    .filter(record -> requestId.equals(record.path("request_id").asText()))
                    .forEach(found::add);
            return !found.isEmpty();
        });
        if (found.size() > 1) {
            throw new AssertionError("the call has " + found.size() + " records: " + found);
        }
        return found.get(0);
    }

    /** What {@code /metrics} says now. */
    public Metrics metrics() throws IOException {
        RawResponse response = RawClient.exchange(port, "GET", "/metrics", null);
        if (response.status() != 200) {
            throw new AssertionError("/metrics answered " + response);
        }
        return Metrics.parse(response.text());
    }

    /** Asks it to end, as {@code kill} does; it may take its time. */
    public GatewayProcess terminate() {
        process.destroy();
        return this;
    }

    /** Ends it at once, as {@code kill -9} does. */
    public GatewayProcess kill() {
        process.destroyForcibly();
        return this;
    }

    /** Whether it runs. */
    public boolean alive() {
        return process.isAlive();
    }

    /**
     * Waits for its end.
     *
     * @return the exit code
     * @throws AssertionError when it does not end in time
     */
    public int awaitExit(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new AssertionError("the gateway did not end within " + limit);
        }
        return process.exitValue();
    }

    @Override
    public void close() throws IOException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        delete(directory);
    }

    static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
