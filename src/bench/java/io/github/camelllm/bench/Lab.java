package io.github.camelllm.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The mock upstream and the driver, running, and the means to start what is measured between them. */
final class Lab implements AutoCloseable {

    private final Options options;
    private final Path logs;
    private final Child mock;
    private final Child driver;
    private final int mockPort;

    Lab(Options options) throws IOException {
        this.options = options;
        this.logs = options.out().resolve("logs");
        this.mock = Child.talking("mock", java(MockUpstream.class, "-Xmx256m"), logs);
        this.driver = Child.talking("driver", java(Driver.class, "-Xms512m", "-Xmx512m"), logs);
        this.mockPort = Integer.parseInt(mock.readLine());
    }

    Options options() {
        return options;
    }

    /** The chat endpoint of the mock itself. */
    String direct() {
        return upstream() + "/chat/completions";
    }

    long mockPid() {
        return mock.pid();
    }

    long driverPid() {
        return driver.pid();
    }

    /** Runs a load, and fails if any request failed. */
    Outcome run(Load load) throws IOException {
        Outcome outcome = tryRun(load);
        if (outcome.errors() > 0) {
            throw new IOException(
                    outcome.errors() + " errors from " + load.url() + ", the first: " + outcome.firstError());
        }
        return outcome;
    }

    /** Runs a load, whatever comes of it. */
    Outcome tryRun(Load load) throws IOException {
        driver.writeLine(Driver.JSON.writeValueAsString(load));
        return Driver.JSON.readValue(driver.readLine(), Outcome.class);
    }

    /** The most requests that the mock had in flight at once since it was asked last. */
    int mostInFlight() throws IOException {
        URI gauge = URI.create("http://127.0.0.1:" + mockPort + MockHandler.GAUGE_PATH);
        try (var in = gauge.toURL().openStream()) {
            return Driver.JSON.readTree(in).get("most").asInt();
        }
    }

    Proxy startBare(String heap) throws IOException, InterruptedException {
        int port = freePort();
        List<String> command = java(BareProxy.class, heap);
        command.add(Integer.toString(port));
        command.add(upstream());
        long started = System.nanoTime();
        Child child = Child.logging("bare", command, Map.of(), options.out().resolve("work-bare"), logs);
        String url = "http://127.0.0.1:" + port + "/v1/chat/completions";
        return Proxy.awaitReady(child, started, url, 405, url);
    }

    Proxy startGateway(String name, Path home, Path routes, String javaOptions)
            throws IOException, InterruptedException {
        int port = freePort();
        List<String> command = List.of(
                home.resolve("bin/gateway").toString(),
                "--routes",
                routes.toAbsolutePath().toString(),
                "--config",
                home.resolve("config").toString(),
                "--port",
                Integer.toString(port));
        Map<String, String> environment = Map.of(
                "JAVA_HOME",
                options.jdk().toString(),
                "JAVA_OPTS",
                javaOptions,
                "OPENAI_API_KEY",
                "bench",
                "OPENAI_BASE_URL",
                upstream());
        long started = System.nanoTime();
        Child child = Child.logging(name, command, environment, options.out().resolve("work-" + name), logs);
        String base = "http://127.0.0.1:" + port;
        return Proxy.awaitReady(child, started, base + "/health/ready", 200, base + "/v1/chat/completions");
    }

    @Override
    public void close() {
        driver.close();
        mock.close();
    }

    private String upstream() {
        return "http://127.0.0.1:" + mockPort + "/v1";
    }

    private List<String> java(Class<?> main, String... jvmOptions) {
        List<String> command = new ArrayList<>();
        command.add(options.jdk().resolve("bin/java").toString());
        command.addAll(List.of(jvmOptions));
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        return command;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
