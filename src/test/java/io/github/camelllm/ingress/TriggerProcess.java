package io.github.camelllm.ingress;

import io.github.camelllm.testkit.Await;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.apache.camel.impl.DefaultCamelContext;

/** The trigger routes in a process of their own, which a test may kill. */
final class TriggerProcess implements AutoCloseable {

    private static final Duration SOON = Duration.ofSeconds(60);

    private final Process process;
    private final Path output;

    private TriggerProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    static TriggerProcess start(Path directory, Map<String, ?> settings) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                TriggerProcess.class.getName()));
        settings.forEach((name, value) -> command.add(name + "=" + value));
        Path output = Files.createTempFile(directory, "trigger-process", ".log");
        return new TriggerProcess(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start(),
                output);
    }

    /** Waits for output, and gives what the first group of the expression holds. */
    String await(String regex) throws Exception {
        Pattern pattern = Pattern.compile(regex);
        Await.until(
                SOON, regex + " in the output", () -> pattern.matcher(output()).find() || failIfOver());
        Matcher matcher = pattern.matcher(output());
        return matcher.find() ? matcher.group(1) : "";
    }

    /** What it has written so far. */
    String output() throws IOException {
        return Files.readString(output);
    }

    private boolean failIfOver() throws IOException {
        if (!process.isAlive()) {
            throw new AssertionError("the process is over:\n" + output());
        }
        return false;
    }

    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }

    /** Settings as {@code name=value}; every call is told on standard output, and hangs. */
    public static void main(String[] arguments) throws Exception {
        Map<String, String> settings = new HashMap<>();
        for (String argument : arguments) {
            settings.put(argument.substring(0, argument.indexOf('=')), argument.substring(argument.indexOf('=') + 1));
        }
        DefaultCamelContext context = Triggers.context(
                settings,
                exchange -> {
                    System.out.println("called");
                    new CountDownLatch(1).await();
                },
                "files.camel.yaml",
                "queue.camel.yaml");
        context.start();
        QueueBroker broker = context.getRegistry().findSingleByType(QueueBroker.class);
        if (broker.embedded() != null) {
            System.out.println("port " + broker.embedded().port());
        }
        loadedClasses()
                .filter(name -> name.startsWith("org.apache.activemq")
                        || name.startsWith("org.springframework.jms")
                        || name.equals("org.apache.camel.component.jms.JmsComponent"))
                .forEach(name -> System.out.println("loaded " + name));
        System.out.println("endpoints " + context.getEndpoints());
        System.out.println("started");
        new CountDownLatch(1).await();
    }

    private static Stream<String> loadedClasses() throws Exception {
        Object hierarchy = ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "vmClassHierarchy",
                        new Object[] {new String[] {}},
                        new String[] {String[].class.getName()});
        return hierarchy.toString().lines().map(line -> line.replaceAll("^[| -]*|/.*$", ""));
    }
}
