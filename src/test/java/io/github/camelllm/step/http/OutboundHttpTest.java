package io.github.camelllm.step.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.github.camelllm.step.Enquiry;
import io.github.camelllm.testkit.ForwardProxy;
import io.github.camelllm.testkit.RawUpstream;
import java.io.FileInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The way out: through a real proxy, to a server whose certificate only a private authority vouches for. */
@Timeout(60)
class OutboundHttpTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String PASSWORD = "changeit";

    @TempDir
    static Path folder;

    private static Path store;
    private static Path pem;

    @BeforeAll
    static void makeAuthority() throws Exception {
        store = folder.resolve("private.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "private",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=Private",
                        "-validity",
                        "2",
                        "-ext",
                        "SAN=dns:model.internal,dns:localhost,ip:127.0.0.1",
                        "-ext",
                        "BC=ca:true",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .start();
        assertThat(keytool.waitFor()).isZero();
        byte[] der = keys().getCertificate("private").getEncoded();
        pem = folder.resolve("private.pem");
        Files.writeString(
                pem,
                "# Our own - for the inside\n-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder().encodeToString(der) + "\n-----END CERTIFICATE-----\n");
    }

    private static KeyStore keys() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = new FileInputStream(store.toFile())) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    private static HttpsServer secure() throws Exception {
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys(), PASSWORD.toCharArray());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.createContext("/", exchange -> {
            byte[] answer = "secret".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        return server;
    }

    /** What an enquiry at that address gets, with those settings. */
    private static String ask(String url, Map<String, String> settings) throws Exception {
        Properties properties = new Properties();
        List.of("http-proxy", "https-proxy").forEach(name -> properties.put("llm.http-client." + name, "none"));
        settings.forEach((name, value) -> properties.put("llm.http-client." + name, value));
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.getPropertiesComponent().setOverrideProperties(properties);
            context.start();
            try (Enquiry enquiry = new Enquiry(context, url, "test")) {
                return new String(enquiry.ask(new byte[] {'{', '}'}, Map.of(), PATIENCE), StandardCharsets.UTF_8);
            }
        }
    }

    @Test
    void reachesATlsServerThroughATunnelAndTrustsThePrivateAuthority() throws Exception {
        HttpsServer server = secure();
        int port = server.getAddress().getPort();
        try (ForwardProxy proxy = ForwardProxy.startFor("ann:p@ss word")) {
            assertThat(ask(
                            "https://model.internal:" + port + "/x",
                            Map.of(
                                    "https-proxy",
                                    "http://ann:p%40ss%20word@127.0.0.1:" + proxy.port(),
                                    "ca-file",
                                    pem.toString())))
                    .isEqualTo("secret");
            assertThat(proxy.lines()).containsExactly("CONNECT model.internal:" + port);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void forwardsPlainHttpInAbsoluteForm() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(talk -> {
                    String request = talk.request();
                    talk.answer(200, "text/plain", request.contains("Proxy-Authorization") ? "told the key" : "plain");
                });
                ForwardProxy proxy = ForwardProxy.start()) {
            assertThat(ask(
                            "http://model.internal:" + upstream.port() + "/x",
                            Map.of("http-proxy", "127.0.0.1:" + proxy.port())))
                    .isEqualTo("plain");
            assertThat(proxy.lines()).containsExactly("POST http://model.internal:" + upstream.port() + "/x");
        }
    }

    @Test
    void goesPastTheProxyWhereNoProxySaysSo() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(talk -> {
                    talk.request();
                    talk.answer(200, "text/plain", "direct");
                });
                ForwardProxy proxy = ForwardProxy.start()) {
            assertThat(ask(
                            "http://127.0.0.1:" + upstream.port() + "/x",
                            Map.of("http-proxy", "http://127.0.0.1:" + proxy.port(), "no-proxy", "x.org,127.0.0.0/8")))
                    .isEqualTo("direct");
            assertThat(proxy.lines()).isEmpty();
        }
    }

    @Test
    void isRefusedByAProxyThatDoesNotKnowIt() throws Exception {
        HttpsServer server = secure();
        try (ForwardProxy proxy = ForwardProxy.startFor("ann:right")) {
            assertThatThrownBy(() -> ask(
                            "https://localhost:" + server.getAddress().getPort() + "/x",
                            Map.of("https-proxy", "http://ann:wrong@127.0.0.1:" + proxy.port())))
                    .rootCause()
                    .hasMessage("the proxy refuses the tunnel, status 407");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void trustsAPrivateAuthorityFromATrustStoreAndNobodyElse() throws Exception {
        HttpsServer server = secure();
        String url = "https://localhost:" + server.getAddress().getPort() + "/x";
        try {
            assertThatThrownBy(() -> ask(url, Map.of("ca-file", "none"))).hasRootCauseInstanceOf(Exception.class);
            Path trusted = folder.resolve("trusted.p12");
            KeyStore certificates = KeyStore.getInstance("PKCS12");
            certificates.load(null, null);
            certificates.setCertificateEntry("private", keys().getCertificate("private"));
            try (var out = Files.newOutputStream(trusted)) {
                certificates.store(out, PASSWORD.toCharArray());
            }
            Map<String, String> settings =
                    Map.of("trust-store", trusted.toString(), "trust-store-password", PASSWORD, "ca-file", "none");
            assertThat(ask(url, settings)).isEqualTo("secret");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void stillWantsTheCertificateToNameTheHost() throws Exception {
        HttpsServer server = secure();
        int port = server.getAddress().getPort();
        try (ForwardProxy proxy = ForwardProxy.start()) {
            assertThatThrownBy(() -> ask(
                            "https://other.internal:" + port + "/x",
                            Map.of("https-proxy", "http://127.0.0.1:" + proxy.port(), "ca-file", pem.toString())))
                    .hasRootCauseInstanceOf(SSLException.class);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void takesNoEndlessAnswer() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(talk -> {
            talk.request();
            talk.say("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").endlessly("x", 200L << 20);
        })) {
            assertThatThrownBy(() -> ask("http://127.0.0.1:" + upstream.port() + "/x", Map.of()))
                    .rootCause()
                    .hasMessage("an answer of more than 8388608 bytes");
            assertThat(upstream.written()).isLessThan(40 << 20);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*                 | any.org      | 443 | true",
                "example.com       | example.com  | 443 | true",
                "example.com       | a.example.com| 443 | true",
                ".example.com      | a.example.com| 443 | true",
                "*.example.com     | a.example.com| 443 | true",
                "example.com       | badexample.com | 443 | false",
                "EXAMPLE.com       | Example.COM  | 443 | true",
                "example.com:8443  | example.com  | 443 | false",
                "example.com:8443  | example.com  | 8443| true",
                "10.0.0.0/8        | 10.1.2.3     | 80  | true",
                "10.0.0.0/8        | 11.1.2.3     | 80  | false",
                "192.168.1.128/25  | 192.168.1.5  | 80  | false",
                "10.1.2.3          | 10.1.2.3     | 80  | true",
                "10.1.2.3          | 110.1.2.3    | 80  | false",
                "::1               | [::1]        | 80  | true",
                "fd00::/8          | [fd12::1]    | 80  | true",
                "[::1]:80          | [::1]        | 81  | false",
                "a.org b.org,c.org | b.org        | 80  | true",
                "localhost         | 127.0.0.1    | 80  | false"
            })
    void knowsWhatNoProxyMeans(String list, String host, int port, boolean covered) {
        assertThat(new NoProxy(list).covers(host, port)).isEqualTo(covered);
    }

    @ParameterizedTest
    @ValueSource(strings = {"socks5://proxy:1080", "https://proxy:443", "http://", "http://a b:80"})
    void refusesWhatIsNoProxyWithoutShowingIt(String url) {
        assertThat(OutboundHttp.isProxy(url)).isFalse();
        assertThatThrownBy(() -> new Proxies(url, "", ""))
                .hasMessageStartingWith("llm.http-client.http-proxy is no proxy's address; expected http://host:port");
    }

    @Test
    void tellsACertificateFileThatIsNone() throws Exception {
        Path empty = Files.writeString(folder.resolve("empty.pem"), "nothing");

        assertThatThrownBy(() -> Trust.context(empty.toString(), "", "", ""))
                .hasMessage("llm.http-client.ca-file: no certificate in PEM stands in " + empty);
        assertThatThrownBy(() -> Trust.context(folder.resolve("absent.pem").toString(), "", "", ""))
                .hasMessageContaining("llm.http-client.ca-file")
                .hasMessageContaining("cannot be read");
    }
}
