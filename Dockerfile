# docker build -t camel-llm-gateway .
# Builds with Maven, then keeps the package and a Java runtime. Runs as uid 65532 on a read-only root; /data and /tmp are written.
FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /src
COPY pom.xml .
COPY src src
COPY routes routes
COPY config config
COPY bin bin
COPY README.md LICENSE ./
RUN mvn -B -q -DskipTests -Darchive.skip package

FROM eclipse-temurin:25-jre
COPY --from=build /src/target/gateway /opt/gateway
# The archive of classes holds for the Java that it was made with, so it is made by this one.
RUN JAVA_OPTS=-Xmx256m /opt/gateway/bin/gateway archive \
 && mkdir /data && chown 65532:65532 /data
USER 65532:65532
WORKDIR /data
VOLUME ["/data", "/tmp"]
# Beyond loopback it starts with keys only (config/keys.yaml, or LLM_ACCESS_KEYS_FILE), or with LLM_ACCESS_OPEN=true.
ENV LLM_HTTP_HOST=0.0.0.0 \
    LLM_LOGS=/data/logs \
    LLM_LOG_FORMAT=json \
    JAVA_OPTS="-XX:MaxRAMPercentage=70"
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s \
  CMD ["/opt/gateway/bin/gateway-ready"]
# exec'd by the script: Java is process 1, and SIGTERM drains it for up to llm.shutdown.timeout (30 s) and 15 s more.
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/gateway/bin/gateway"]
