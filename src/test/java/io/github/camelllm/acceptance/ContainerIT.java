package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a container does, without one: another user, an installation that it may only read, and two directories that it may write;
 * and the names of metrics that the files of {@code deploy/} rely on.
 */
class ContainerIT {

    private static final String UID = "65532";

    @TempDir
    Path root;

    @Test
    void runsAsAnotherUserOnAReadOnlyInstallation() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can become another user");
        assumeTrue(onPath("setpriv"), "setpriv is not installed");
        Path home = Path.of(System.getProperty("basedir", ".")).toAbsolutePath().resolve("target/gateway");
        Path installed = root.resolve("gateway");
        copyReadOnly(home, installed);
        open(root);
        Path data = Files.createDirectory(root.resolve("data"));
        Path tmp = Files.createDirectory(root.resolve("tmp"));
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.setPosixFilePermissions(tmp, PosixFilePermissions.fromString("rwxrwxrwx"));
        assumeTrue(mayRun(), "the Java of this build is not readable by others");
        int port = freePort();
        ProcessBuilder builder = new ProcessBuilder(
                "setpriv", "--reuid=" + UID, "--regid=" + UID, "--clear-groups", installed + "/bin/gateway");
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of(
                        "PATH",
                        System.getenv("PATH"),
                        "JAVA_HOME",
                        System.getProperty("java.home"),
                        "JAVA_OPTS",
                        "-XX:MaxRAMPercentage=70 -Djava.io.tmpdir=" + tmp,
                        "LLM_HTTP_PORT",
                        String.valueOf(port),
                        "LLM_LOGS",
                        data + "/logs",
                        "LLM_LOG_FORMAT",
                        "json"));
        Process process = builder.directory(data.toFile())
                .redirectErrorStream(true)
                .redirectOutput(root.resolve("out").toFile())
                .start();
        try {
            Await.until(Duration.ofSeconds(60), "the container's health check", () -> ready(installed, port));
            RawResponse response = RawClient.post(
                    port,
                    "/v1/chat/completions",
                    "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
            assertThat(response.status()).as(response.text()).isEqualTo(200);
            Await.until(
                    Duration.ofSeconds(10), "the call's record", () -> Files.exists(data.resolve("logs/calls.jsonl")));
            assertThat(process.isAlive()).isTrue();
        } finally {
            process.toHandle().destroy();
            boolean ended = process.waitFor(60, TimeUnit.SECONDS);
            process.destroyForcibly();
            assertThat(ended).as("SIGTERM ends it").isTrue();
        }
        assertThat(Files.readString(root.resolve("out"))).doesNotContain("Permission denied", "Read-only");
        assertThat(unlike(home, installed))
                .as("nothing is written beside data and tmp")
                .isEmpty();
    }

    /** A dashboard or an alarm that names a metric which is not there shows nothing for ever. */
    @Test
    void dashboardsAndAlertsNameMetricsThatThereAre() throws IOException {
        String documented = Files.readString(Path.of("docs/observability.md"));
        Set<String> missing = new HashSet<>();
        int seen = 0;
        try (Stream<Path> files = Files.walk(Path.of("deploy"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Matcher matcher = Pattern.compile("\\bllm_[a-z_]+").matcher(Files.readString(file));
                while (matcher.find()) {
                    seen++;
                    String name = matcher.group().replaceFirst("_(bucket|count|sum)$", "");
                    if (!documented.contains(name)) {
                        missing.add(file + ": " + name);
                    }
                }
            }
        }
        assertThat(seen).isGreaterThan(10);
        assertThat(missing).isEmpty();
    }

    private static boolean ready(Path installed, int port) throws Exception {
        ProcessBuilder check = new ProcessBuilder(installed + "/bin/gateway-ready");
        check.environment().put("LLM_HTTP_PORT", String.valueOf(port));
        Process process = check.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    private static boolean mayRun() throws Exception {
        Process process = new ProcessBuilder(
                        "setpriv",
                        "--reuid=" + UID,
                        "--regid=" + UID,
                        "--clear-groups",
                        System.getProperty("java.home") + "/bin/java",
                        "-version")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    private static boolean onPath(String command) {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, command)));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Others may come into the temporary directory and those it is in. */
    private static void open(Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void copyReadOnly(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path source : all.toList()) {
                Path target = to.resolve(from.relativize(source).toString());
                if (Files.isDirectory(source)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(source, target);
                    Files.setLastModifiedTime(
                            target,
                            FileTime.from(Files.getLastModifiedTime(source).toInstant()));
                    boolean runs = Files.isExecutable(source);
                    Files.setPosixFilePermissions(
                            target, PosixFilePermissions.fromString(runs ? "r-xr-xr-x" : "r--r--r--"));
                }
            }
        }
    }

    /** Files that are not as they were. */
    private static List<String> unlike(Path from, Path to) throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> all = Files.walk(to)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                Path source = from.resolve(to.relativize(file).toString());
                if (!Files.exists(source) || Files.mismatch(source, file) >= 0) {
                    found.add(file.toString());
                }
            }
        }
        return found;
    }
}
