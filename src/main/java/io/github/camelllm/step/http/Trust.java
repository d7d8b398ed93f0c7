package io.github.camelllm.step.http;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** The authorities whose certificates are believed: those of the JDK, and what the operator adds. */
final class Trust {

    private static final Pattern PEM =
            Pattern.compile("-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\\s]+)-----END CERTIFICATE-----");

    private Trust() {}

    /**
     * @param caFile certificates in PEM; blank for none
     * @param store a trust store; blank for none
     * @param password of the store; may be blank
     * @param type of the store, such as {@code PKCS12}; blank to find out
     * @throws IllegalArgumentException when one of them cannot be read, or holds no certificate
     */
    static SSLContext context(String caFile, String store, String password, String type) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            if (caFile.isBlank() && store.isBlank()) {
                context.init(null, null, null);
                return context;
            }
            List<Certificate> all = new ArrayList<>();
            if (!caFile.isBlank()) {
                all.addAll(pem(caFile));
            }
            if (!store.isBlank()) {
                all.addAll(stored(store, password, type));
            }
            for (TrustManager manager : managers(null)) {
                if (manager instanceof X509TrustManager jdk) {
                    Collections.addAll(all, jdk.getAcceptedIssuers());
                }
            }
            KeyStore merged = KeyStore.getInstance(KeyStore.getDefaultType());
            merged.load(null, null);
            for (int i = 0; i < all.size(); i++) {
                merged.setCertificateEntry("ca-" + i, all.get(i));
            }
            context.init(null, managers(merged), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("the trusted certificates cannot be set up: " + e.getMessage(), e);
        }
    }

    private static TrustManager[] managers(KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static List<Certificate> pem(String file) {
        List<Certificate> found = new ArrayList<>();
        try {
            String text = Files.readString(Path.of(file), StandardCharsets.ISO_8859_1);
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Matcher block = PEM.matcher(text); block.find(); ) {
                byte[] der = Base64.getMimeDecoder().decode(block.group(1));
                found.add(factory.generateCertificate(new ByteArrayInputStream(der)));
            }
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw unreadable("ca-file", file, e);
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException("llm.http-client.ca-file: no certificate in PEM stands in " + file);
        }
        return found;
    }

    private static List<Certificate> stored(String file, String password, String type) {
        char[] secret = password.isEmpty() ? null : password.toCharArray();
        List<Certificate> found = new ArrayList<>();
        try {
            KeyStore store = load(new File(file), secret, type);
            for (String alias : Collections.list(store.aliases())) {
                if (store.getCertificate(alias) != null) {
                    found.add(store.getCertificate(alias));
                }
            }
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw unreadable("trust-store", file, e);
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException("llm.http-client.trust-store: no certificate can be read from " + file
                    + "; does it want llm.http-client.trust-store-password?");
        }
        return found;
    }

    private static KeyStore load(File file, char[] password, String type) throws IOException, GeneralSecurityException {
        if (type.isBlank()) {
            return KeyStore.getInstance(file, password);
        }
        KeyStore store = KeyStore.getInstance(type);
        try (InputStream in = new FileInputStream(file)) {
            store.load(in, password);
        }
        return store;
    }

    private static IllegalArgumentException unreadable(String name, String file, Exception e) {
        return new IllegalArgumentException(
                "llm.http-client." + name + ": " + file + " cannot be read: " + e.getMessage(), e);
    }
}
