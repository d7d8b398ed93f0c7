package io.github.camelllm.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A process of the benchmark. Whatever happens to the benchmark, its processes end: on {@link #close}, at the latest when
 * the benchmark's own JVM ends.
 */
final class Child implements AutoCloseable {

    private static final Set<Child> RUNNING = ConcurrentHashMap.newKeySet();
    private static final long STOP_SECONDS = 15;

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> RUNNING.forEach(child -> child.process.destroyForcibly())));
    }

    private final String name;
    private final Process process;
    private final BufferedReader out;
    private final Writer in;

    private Child(String name, Process process) {
        this.name = name;
        this.process = process;
        this.out = process.inputReader(StandardCharsets.UTF_8);
        this.in = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        RUNNING.add(this);
    }

    /** Starts a process whose standard output is read by {@link #readLine}; its errors go to a log file. */
    static Child talking(String name, List<String> command, Path logs) throws IOException {
        Files.createDirectories(logs);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.redirectError(logs.resolve(name + ".log").toFile());
        return new Child(name, builder.start());
    }

    /** Starts a process whose output goes to a log file. */
    static Child logging(String name, List<String> command, Map<String, String> environment, Path directory, Path logs)
            throws IOException {
        Files.createDirectories(logs);
        Files.createDirectories(directory);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        builder.directory(directory.toFile());
        builder.redirectErrorStream(true);
        builder.redirectOutput(logs.resolve(name + ".log").toFile());
        return new Child(name, builder.start());
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    String readLine() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new IOException(name + " ended; see its log");
        }
        return line;
    }

    void writeLine(String line) throws IOException {
        in.write(line);
        in.write('\n');
        in.flush();
    }

    /** Resident memory in bytes; 0 where the system does not tell. */
    long residentBytes() throws IOException {
        Path status = Path.of("/proc", Long.toString(pid()), "status");
        if (!Files.isReadable(status)) {
            return 0;
        }
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        return 0;
    }

    /** CPU time that a process has used, in nanoseconds; 0 where the system does not tell. */
    static long cpuNanos(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(handle -> handle.info().totalCpuDuration())
                .map(duration -> duration.toNanos())
                .orElse(0L);
    }

    /** Asks the process to end, and ends it if it does not. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        RUNNING.remove(this);
    }

    /** Ends this JVM when the benchmark that started it is gone, and its standard input with it. Called in the children. */
    static void exitAtEndOfInput() {
        Thread watch = new Thread(
                () -> {
                    try (InputStream in = System.in) {
                        in.transferTo(OutputStream.nullOutputStream());
                    } catch (IOException e) {
                        System.err.println("Standard input failed: " + e);
                    }
                    System.exit(0);
                },
                "end-of-input");
        watch.setDaemon(true);
        watch.start();
    }
}
