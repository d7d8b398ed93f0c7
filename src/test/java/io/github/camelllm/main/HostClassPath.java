package io.github.camelllm.main;

import io.github.camelllm.config.Part;
import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The class path of the tests without some jars, as of a host that has not added them. */
final class HostClassPath {

    /** Beside Camel's own, what comes with the artifact and no optional part: docs/embedding.md has their sizes. */
    private static final String LIGHT =
            "(camel-(?!main-|platform-http-(main|vertx)|vertx|jms|management-4|jsonpath|spring).*|netty-(?!.*(epoll|kqueue|haproxy)).*"
                    + "|jackson-(core|databind|annotations)-.*|micrometer-(core|commons|observation)-.*|resilience4j-.*|vavr-.*"
                    + "|caffeine-.*|libphonenumber-.*|re2j-.*|httpc.*|snakeyaml-engine-.*|slf4j-api-.*|jspecify-.*|kotlin-.*"
                    + "|annotations-13.*|HdrHistogram-.*|LatencyUtils-.*|jakarta\\.(servlet|xml|activation).*)";

    private HostClassPath() {}

    /** Without the artifacts of a part; what they bring is still there. */
    static Predicate<Path> without(Part part) {
        return jar -> part.artifacts().stream()
                .map(artifact -> artifact.substring(artifact.indexOf(':') + 1))
                .noneMatch(name -> jar.getFileName().toString().matches(name + "-\\d.*\\.jar"));
    }

    /** What a build has that names the artifact alone, and a logging binding. */
    static boolean light(Path jar) {
        String name = jar.getFileName().toString();
        return name.matches(LIGHT) || name.matches("log4j-(api|core|slf4j2-impl)-.*");
    }

    static Stream<Path> all() {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Stream.of(path.split(File.pathSeparator)).map(Path::of);
    }

    /** Runs {@link HostProbe} with the directories and those jars. */
    static String probe(Predicate<Path> jars, boolean minimal, List<String> files, Map<String, String> settings)
            throws Exception {
        URL[] urls = all().filter(entry -> !entry.toString().endsWith(".jar") || jars.test(entry))
                .map(Path::toUri)
                .map(HostClassPath::url)
                .toArray(URL[]::new);
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader host = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            thread.setContextClassLoader(host);
            return (String) host.loadClass(HostProbe.class.getName())
                    .getMethod("run", boolean.class, List.class, Map.class)
                    .invoke(null, minimal, files, settings);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static URL url(URI uri) {
        try {
            return uri.toURL();
        } catch (MalformedURLException e) {
            throw new AssertionError(e);
        }
    }

    /** What a process prints that starts the command with those jars. */
    static String command(Predicate<Path> jars) throws IOException, InterruptedException {
        String path = String.join(
                File.pathSeparator,
                all().filter(entry -> !entry.toString().endsWith(".jar") || jars.test(entry))
                        .map(Path::toString)
                        .toList());
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        path,
                        Gateway.class.getName(),
                        "--port",
                        "0")
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes());
        return process.waitFor() + " " + said;
    }
}
