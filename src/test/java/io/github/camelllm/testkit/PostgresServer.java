package io.github.camelllm.testkit;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * A PostgreSQL of its own, on one free port of 127.0.0.1 for all its life, that can be killed and started again. It asks for
 * a password.
 *
 * <p>The programs come from a Maven artifact. They refuse to run as root, so root runs them as the user of the number {@value
 * #NOBODY}.
 */
public final class PostgresServer implements AutoCloseable {

    /** The name of its user. */
    public static final String USER = "ledger";

    /** That user's password. */
    public static final String PASSWORD = "pg-secret-4712";

    private static final int NOBODY = 65534;
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final Path programs;
    private final Path directory;
    private final int port;
    private Process process;

    private PostgresServer(Path programs, Path directory, int port) {
        this.programs = programs;
        this.directory = directory;
        this.port = port;
    }

    /** Makes a cluster of databases and starts it. */
    public static PostgresServer create() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = free.getLocalPort();
        }
        PostgresServer server = new PostgresServer(programs(), Files.createTempDirectory("postgres-test-"), port);
        server.initialise();
        server.start();
        return server;
    }

    private void initialise() throws Exception {
        Path password = Files.writeString(directory.resolve("password"), PASSWORD);
        if (root()) {
            run(List.of("chown", "-R", NOBODY + ":" + NOBODY, directory.toString()));
        }
        run(asAnybody(
                program("initdb"),
                "--pgdata=" + data(),
                "--username=" + USER,
                "--pwfile=" + password,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync"));
    }

    /** Starts it on its port, and waits until it takes connections. */
    public void start() throws Exception {
        List<String> command = asAnybody(
                program("postgres"),
                "-D",
                data(),
                "-p",
                Integer.toString(port),
                "-h",
                "127.0.0.1",
                "-c",
                "unix_socket_directories=");
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        File log = directory.resolve("log.txt").toFile();
        while (true) {
            Process started = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            Files.createTempFile("postgres-log-", ".txt").toFile()))
                    .start();
            process = started;
            // What is left of a killed server may hold its memory a moment longer; the new one then gives up at once.
            Await.until(START_LIMIT, "PostgreSQL", () -> !started.isAlive() || answers());
            if (started.isAlive()) {
                return;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("PostgreSQL does not start; it ended with " + started.exitValue());
            }
        }
    }

    private boolean answers() {
        try (Connection connection = connect()) {
            return connection.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }

    /** {@code jdbc:postgresql://127.0.0.1:PORT/postgres}. */
    public String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    }

    /** A connection of the test's own. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url() + "?connectTimeout=2", USER, PASSWORD);
    }

    /** Makes an empty database, and returns its address. */
    public String database(String name) throws SQLException {
        try (Connection connection = connect();
                var statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + name;
    }

    /** Whether it runs. */
    public boolean alive() {
        return process.isAlive();
    }

    /** Ends all its processes at once, as {@code kill -9} does. */
    public void kill() throws InterruptedException {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
        process.waitFor(10, TimeUnit.SECONDS);
        for (ProcessHandle one : all) {
            one.onExit()
                    .orTimeout(10, TimeUnit.SECONDS)
                    .exceptionally(e -> null)
                    .join();
        }
    }

    @Override
    public void close() throws Exception {
        kill();
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private String data() {
        return directory.resolve("data").toString();
    }

    private String program(String name) {
        return programs.resolve("bin").resolve(name).toString();
    }

    private static boolean root() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static List<String> asAnybody(String... command) {
        List<String> all = new ArrayList<>();
        if (root()) {
            all.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        }
        all.addAll(List.of(command));
        return all;
    }

    private static void run(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        String output = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new AssertionError(command + " ended with " + process.exitValue() + ":\n" + output);
        }
    }

    /** Unpacks the programs, once for each user of this machine and version of them. */
    private static Path programs() throws IOException {
        boolean mac = System.getProperty("os.name").startsWith("Mac");
        byte[] archive;
        try (InputStream packed = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(
                mac ? "Darwin" : "Linux", System.getProperty("os.arch").replace("amd64", "x86_64"))) {
            archive = packed.readAllBytes();
        }
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        Path target = temporary.resolve("llm-postgres-" + System.getProperty("user.name") + "-" + archive.length);
        if (!Files.isDirectory(target)) {
            Path fresh = Files.createTempDirectory("llm-postgres-unpacked-");
            unpack(archive, fresh);
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
            try {
                Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileAlreadyExistsException | java.nio.file.DirectoryNotEmptyException another) {
                return target; // has been quicker
            }
        }
        return target;
    }

    private static void unpack(byte[] archive, Path to) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZCompressorInputStream(new java.io.ByteArrayInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = to.resolve(entry.getName()).normalize();
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                    continue;
                }
                Files.createDirectories(path.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else if (entry.isLink()) {
                    Files.createLink(path, to.resolve(entry.getLinkName()));
                } else {
                    Files.copy(tar, path);
                    Files.setPosixFilePermissions(
                            path,
                            PosixFilePermissions.fromString((entry.getMode() & 0100) != 0 ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
    }
}
