package io.github.camelllm.testkit;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis of its own, on a free port of 127.0.0.1 that it keeps when it is started again. It writes nothing to disk unless its
 * options say so: after a kill it is empty.
 */
public final class RedisServer implements AutoCloseable {

    private static File executable;

    private final int port;
    private final Path directory;
    private final List<String> options;
    private Process process;

    private RedisServer(List<String> options) throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        this.directory = Files.createTempDirectory("redis");
        this.options = List.copyOf(options);
    }

    /** Starts one, with options of redis-server such as {@code "--requirepass", "secret"}. */
    public static RedisServer started(String... options) throws Exception {
        RedisServer server = new RedisServer(List.of(options));
        server.start();
        return server;
    }

    /** One that is not running, on a port where nobody listens. */
    public static RedisServer stopped(String... options) throws IOException {
        return new RedisServer(List.of(options));
    }

    /** Starts it, or starts it again, and waits until it answers. */
    public void start() throws Exception {
        List<String> command = new ArrayList<>(List.of(
                executable().getAbsolutePath(),
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                directory.toString(),
                "--save",
                ""));
        command.addAll(options);
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        Await.until("Redis to answer", () -> {
            if (!process.isAlive()) {
                throw new AssertionError("Redis has ended:\n" + Files.readString(directory.resolve("log")));
            }
            return answers();
        });
    }

    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(1_000);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            int first = socket.getInputStream().read();
            return first == '+' || first == '-'; // an error as well: it may want a password
        } catch (IOException e) {
            return false;
        }
    }

    /** Kills it as {@code kill -9} does. */
    public void kill() throws Exception {
        process.destroyForcibly().waitFor();
    }

    /** Holds it up, so that it takes connections and answers nothing. */
    public void freeze() throws Exception {
        signal("STOP");
    }

    /** Lets it go on. */
    public void thaw() throws Exception {
        signal("CONT");
    }

    private void signal(String name) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
            throw new AssertionError("kill -" + name + " failed");
        }
    }

    /** Where it listens. */
    public int port() {
        return port;
    }

    /** Its address, as {@code redis://127.0.0.1:6379}. */
    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    /** Kills it and removes its files. */
    @Override
    public void close() throws Exception {
        if (process != null) {
            kill();
        }
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(directory);
    }

    private static synchronized File executable() throws IOException {
        if (executable == null) {
            executable = ExecutableProvider.newJarResourceProvider().get();
        }
        return executable;
    }
}
