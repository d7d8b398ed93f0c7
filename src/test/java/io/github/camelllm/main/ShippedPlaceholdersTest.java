package io.github.camelllm.main;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each placeholder of a shipped route has a default: an application that includes the file need not set anything. */
class ShippedPlaceholdersTest {

    private static final Pattern SETTING = Pattern.compile("\\{\\{(llm\\.[\\w.-]+)(?::((?:\\{\\{[^{}]*}}|[^{}])*))?}}");

    /** Tables of the jar, where the launcher reads them from config/; and what an application must ask for. */
    private static final Set<String> OTHERS = Set.of(
            "llm.privacy.file",
            "llm.guard.file",
            "llm.inspect.file",
            "llm.cache.file",
            "llm.prices.file",
            "llm.ledger.enabled");

    @Test
    void haveTheDefaultsOfTheShippedSettings() throws IOException {
        Properties shipped = new Properties();
        try (InputStream in = Files.newInputStream(Path.of("config/application.properties"))) {
            shipped.load(in);
        }
        List<String> wrong = new ArrayList<>();
        int seen = 0;
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(".camel.yaml")).toList()) {
                Matcher matcher = SETTING.matcher(Files.readString(file));
                while (matcher.find()) {
                    seen++;
                    String name = matcher.group(1);
                    if (matcher.group(2) == null) {
                        wrong.add(file + ": {{" + name + "}} has no default");
                    } else if (!OTHERS.contains(name) && !matcher.group(2).equals(shipped.getProperty(name))) {
                        wrong.add(file + ": {{" + name + "}} is " + matcher.group(2) + ", but shipped as "
                                + shipped.getProperty(name));
                    }
                }
            }
        }
        assertThat(seen).isGreaterThan(60);
        assertThat(wrong).isEmpty();
    }
}
