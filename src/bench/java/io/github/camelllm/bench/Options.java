package io.github.camelllm.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * What is to be measured; each from a system property {@code bench.*} that may be absent or empty.
 *
 * @param jdk home of the JDK that runs the proxies ({@code jdk}; the one that runs the benchmark)
 * @param gateway the packaged gateway ({@code gateway}; {@code target/gateway})
 * @param routes the routes that the full chain runs ({@code routes}; those of the package)
 * @param against what takes the place of the bare proxy: other routes, to see what a line costs, or another packaged
 *     gateway, to see what a change of code costs ({@code against}; null)
 * @param model the model to ask the gateway for ({@code model})
 * @param only the one measurement to take ({@code only}; null takes all)
 * @param profile whether to profile the full chain instead of measuring it ({@code profile})
 * @param connections the connections of the profile's load ({@code connections}; 64)
 * @param out where logs and results go ({@code out}; {@code target/bench})
 */
record Options(
        Path jdk,
        Path gateway,
        Path routes,
        Path against,
        String model,
        String only,
        boolean profile,
        int connections,
        Path out) {

    static Options read() {
        Path gateway = path("gateway", Path.of("target", "gateway").toAbsolutePath());
        return new Options(
                path("jdk", Path.of(System.getProperty("java.home"))),
                gateway,
                path("routes", gateway.resolve("routes")),
                path("against", null),
                text("model", "gpt-4o-mini"),
                text("only", null),
                Boolean.parseBoolean(text("profile", "false")),
                Integer.parseInt(text("connections", "64")),
                path("out", Path.of("target", "bench")));
    }

    /** The Java version of the JDK measured, as its release file says. */
    String javaVersion() throws IOException {
        Properties release = new Properties();
        try (var in = Files.newInputStream(jdk.resolve("release"))) {
            release.load(in);
        }
        return release.getProperty("JAVA_VERSION").replace("\"", "");
    }

    /** Whether its workers are virtual threads. */
    boolean virtualThreads() throws IOException {
        return Integer.parseInt(javaVersion().split("[.+-]")[0]) >= 21;
    }

    boolean wants(String measurement) {
        return only == null || only.equals(measurement);
    }

    private static Path path(String name, Path otherwise) {
        String value = text(name, null);
        return value == null ? otherwise : Path.of(value).toAbsolutePath();
    }

    private static String text(String name, String otherwise) {
        String value = System.getProperty("bench." + name, "");
        return value.isBlank() ? otherwise : value.strip();
    }
}
