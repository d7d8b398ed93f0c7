package io.github.camelllm.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.RedisServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bean that routes declare. */
@Timeout(60)
class StoreTest {

    private static final Limit LIMIT =
            new Limit("key", 10, new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC), List.of(50));

    private static DefaultCamelContext context(String properties) throws Exception {
        DefaultCamelContext context = new DefaultCamelContext();
        String yaml =
                """
                - beans:
                    - name: store
                      type: io.github.camelllm.store.Store
                      properties: { %s }
                - route:
                    from:
                      uri: direct:start
                      steps:
                        - to: { uri: "log:x" }
                """
                        .formatted(properties);
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("test.camel.yaml", yaml));
        return context;
    }

    private static Store store(DefaultCamelContext context) {
        return context.getRegistry().findSingleByType(Store.class);
    }

    @Test
    void countsInMemoryUnlessItIsToldOtherwise() throws Exception {
        try (DefaultCamelContext context = context("")) {
            context.start();

            Decision.Granted granted = (Decision.Granted) store(context).reserve("a", List.of(new Draw(LIMIT, 3)));

            assertThat(store(context).isStarted()).isTrue();
            assertThat(granted.levels().get(0).remaining()).isEqualTo(7);
            SimpleMeterRegistry meters = new SimpleMeterRegistry();
            store(context).bindTo(meters);
            assertThat(meters.get("llm.store.up").gauge().value()).isEqualTo(1);
        }
    }

    @Test
    void stepsMayAskItBeforeItIsStarted() throws Exception {
        try (DefaultCamelContext context = context("")) {
            StringBuilder told = new StringBuilder();
            store(context).onAlert((limit, percent, used) -> told.append(percent));
            context.start();

            Decision.Granted granted = (Decision.Granted) store(context).reserve("a", List.of(new Draw(LIMIT, 5)));
            store(context).settle(granted.reservation(), new long[] {5});

            assertThat(told).hasToString("50");
        }
    }

    @Test
    void startsAndStopsWithTheContext() throws Exception {
        try (RedisServer server = RedisServer.started();
                DefaultCamelContext context = context("url: '" + server.url() + "', whenDown: deny, lease: 30s")) {
            context.start();
            Store store = store(context);
            SimpleMeterRegistry meters = new SimpleMeterRegistry();
            store.bindTo(meters);
            Await.until(
                    "Redis to be used", () -> meters.get("llm.store.up").gauge().value() == 1);
            store.reserve("a", List.of(new Draw(LIMIT, 3)));
            assertThat(threads()).isNotEmpty();

            server.kill();
            Await.until("the alarm", () -> {
                store.reserve("b" + System.nanoTime(), List.of(new Draw(LIMIT, 3)));
                return meters.get("llm.store.up").gauge().value() == 0;
            });
            context.stop();

            assertThat(store.reserve("c", List.of(new Draw(LIMIT, 3)))).isInstanceOf(Decision.Unavailable.class);
            Await.until("its threads to end", () -> threads().isEmpty());
        }
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("llm-store") || name.startsWith("lettuce"))
                .toList();
    }

    @Test
    void loadsNothingOfRedisWhereItCountsInMemory() throws Exception {
        List<String> lines = run(
                        java("java"),
                        "-verbose:class",
                        "-cp",
                        System.getProperty("java.class.path"),
                        InMemory.class.getName())
                .lines()
                .toList();
        assertThat(lines).anyMatch(line -> line.contains("io.github.camelllm.store.MemoryStore "));
        assertThat(lines).noneMatch(line -> line.contains(" io.lettuce.") || line.contains(" reactor."));
    }

    /** What the test above runs. */
    static final class InMemory {
        public static void main(String[] args) {
            Store store = new Store();
            store.setUrl("memory");
            store.start();
            Decision.Granted granted = (Decision.Granted) store.reserve("a", List.of(new Draw(LIMIT, 3)));
            store.settle(granted.reservation(), new long[] {1});
            store.bindTo(new SimpleMeterRegistry());
            store.stop();
        }
    }

    /** In a process of its own, which trusts the certificate. */
    @Test
    void speaksTlsAsAUserInADatabase(@TempDir Path directory) throws Exception {
        Path keys = directory.resolve("keys.p12");
        run(
                java("keytool"),
                "-genkeypair",
                "-alias",
                "redis",
                "-keyalg",
                "EC",
                "-dname",
                "CN=redis",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                keys.toString(),
                "-storepass",
                "secret");
        KeyStore store = KeyStore.getInstance(keys.toFile(), "secret".toCharArray());
        Path key = pem(
                directory,
                "PRIVATE KEY",
                store.getKey("redis", "secret".toCharArray()).getEncoded());
        Path certificate =
                pem(directory, "CERTIFICATE", store.getCertificate("redis").getEncoded());
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        try (RedisServer server = RedisServer.started(
                "--tls-port",
                "" + port,
                "--tls-cert-file",
                certificate.toString(),
                "--tls-key-file",
                key.toString(),
                "--tls-ca-cert-file",
                certificate.toString(),
                "--tls-auth-clients",
                "no",
                "--user",
                "app",
                "on",
                ">p@ss",
                "~*",
                "+@all")) {
            String said = run(
                    java("java"),
                    "-Djavax.net.ssl.trustStore=" + keys,
                    "-Djavax.net.ssl.trustStorePassword=secret",
                    "-cp",
                    System.getProperty("java.class.path"),
                    InRedis.class.getName(),
                    "rediss://app:p%40ss@127.0.0.1:" + port + "/2");
            assertThat(said)
                    .contains("7 of 10 remain in 127.0.0.1:" + port + "/2")
                    .doesNotContain("p@ss");
            try (RedisLink link = new RedisLink(server.url() + "/2")) {
                link.open();
                assertThat(link.commands().keys(RedisWire.key(LIMIT)).get()).hasSize(1);
            }

            String untrusted = run(
                    java("java"),
                    "-cp",
                    System.getProperty("java.class.path"),
                    InRedis.class.getName(),
                    "rediss://app:p%40ss@127.0.0.1:" + port + "/2");
            assertThat(untrusted).contains("Unavailable").doesNotContain("remain");
        }
    }

    /** What the test above runs. */
    static final class InRedis {
        public static void main(String[] args) throws Exception {
            try (Store store = new Store()) {
                store.setUrl(args[0]);
                store.setWhenDown("deny");
                store.start();
                Decision decision = new Decision.Unavailable();
                long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
                for (int i = 0; decision instanceof Decision.Unavailable && System.nanoTime() < deadline; i++) {
                    decision = store.reserve("tls" + i, List.of(new Draw(LIMIT, 3)));
                    LockSupport.parkNanos(50_000_000);
                }
                System.out.println(
                        decision instanceof Decision.Granted granted
                                ? granted.levels().get(0).remaining() + " of 10 remain in "
                                        + args[0].replaceFirst(".*@", "")
                                : decision);
            }
        }
    }

    @Test
    void whatAKilledProcessHadReservedComesBackAfterItsLease() throws Exception {
        try (RedisServer server = RedisServer.started();
                Store store = new Store()) {
            store.setUrl(server.url());
            store.setLease(Duration.ofSeconds(1));
            store.start();
            Process process = new ProcessBuilder(
                            java("java"),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Holder.class.getName(),
                            server.url())
                    .start();
            try {
                assertThat(process.inputReader().readLine()).isEqualTo("reserved");
                Await.until("8 to be reserved", () -> reserved(store) == 8);
            } finally {
                process.destroyForcibly(); // kill -9
            }

            Await.until("the lease to end", () -> reserved(store) == 0);
        }
    }

    private static long reserved(Store store) {
        List<Level> levels = store.levels(List.of(LIMIT));
        return levels.isEmpty() ? -1 : levels.get(0).reserved();
    }

    /** What the test above runs and kills. */
    static final class Holder {
        public static void main(String[] args) throws Exception {
            Store store = new Store();
            store.setUrl(args[0]);
            store.setWhenDown("deny");
            store.setLease(Duration.ofSeconds(1));
            store.start();
            while (!(store.reserve("held", List.of(new Draw(LIMIT, 8))) instanceof Decision.Granted)) {
                LockSupport.parkNanos(50_000_000);
            }
            System.out.println("reserved");
            System.in.read();
        }
    }

    private static String java(String tool) {
        return Path.of(System.getProperty("java.home"), "bin", tool).toString();
    }

    private static Path pem(Path directory, String type, byte[] encoded) throws Exception {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
        return Files.writeString(
                directory.resolve(type.replace(' ', '-')),
                "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "whenDown: never | store.whenDown (llm.store.when-down) is 'never'; local, allow or deny is allowed",
                "instances: 0 | store.instances (llm.store.instances) is 0; 1 to 10000 is allowed",
                "lease: 100ms | store.lease (llm.store.lease) is PT0.1S; 1s to 1h is allowed",
                "timeout: 50ms | store.timeout is PT0.05S; 100ms to 5s is allowed"
            })
    void aSettingThatCannotBeFailsTheStart(String properties, String message) throws Exception {
        try (DefaultCamelContext context = context(properties)) {
            assertThat(catchThrowable(context::start)).hasMessage(message);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://host:secret1@x",
                "redis://",
                "redis:/secret1",
                "redis://:secret1@host/notanumber",
                "redis://u:secret1 @host",
                "secret1",
                "redis://u:secret1@/0"
            })
    void anAddressThatIsNoneFailsTheStartAndIsNotRepeated(String url) throws Exception {
        try (DefaultCamelContext context = context("url: '" + url + "'")) {
            Throwable failure = catchThrowable(context::start);

            assertThat(failure).hasMessageStartingWith("store.url (llm.store) is no address of a store; nothing,");
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                assertThat(cause.toString()).doesNotContain("secret1");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"redis://host", "redis://host:1/2", "rediss://user:p%40ss@host:6380", "redis://:pw@[::1]:6379/0"
            })
    void addressesThatAre(String url) {
        StoreSettings settings =
                new StoreSettings(url, StoreSettings.WhenDown.LOCAL, 1, Duration.ofSeconds(60), StoreSettings.TIMEOUT);
        assertThat(settings.inMemory()).isFalse();
        try (RedisLink link = new RedisLink(settings.url())) {
            assertThat(link.name()).containsPattern("^(host|\\[?::1]?):\\d+/\\d$");
        }
        assertThat(settings.toString()).doesNotContain("pw").doesNotContain("p%40ss");
    }
}
