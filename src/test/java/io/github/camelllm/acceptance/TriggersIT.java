package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.testkit.Await;
import io.github.camelllm.testkit.GatewayProcess;
import io.github.camelllm.testkit.GatewaySetup;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped gateway asked by files and by a queue. */
class TriggersIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String REQUEST =
            "{\"model\":\"simulator\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";

    @TempDir
    Path home;

    @Test
    void answersFilesAndMessages() throws Exception {
        try (GatewayProcess gateway = setup().start();
                Connection connection = connect(gateway)) {
            drop("good.json", REQUEST.replace("{\"model\"", "{\"stream\":true,\"model\""));
            drop("bad.json", REQUEST.replace("simulator", "nothing-of-the-kind"));

            awaitFile("done/good.json");
            assertThat(read("outbox/good.json").path("object").textValue()).isEqualTo("chat.completion");
            awaitFile("failed/bad.json");
            JsonNode error = read("failed/bad.error.json").path("error");
            assertThat(error.path("code").textValue()).isEqualTo("model_not_found");
            assertThat(gateway.awaitRecord(error.path("request_id").textValue())
                            .path("status")
                            .asInt())
                    .isEqualTo(404);

            TextMessage answer = ask(connection, REQUEST);
            assertThat(json(answer).path("object").textValue()).isEqualTo("chat.completion");
            assertThat(answer.getStringProperty("X_LLM_Model")).isEqualTo("simulator");
            assertThat(gateway.awaitRecord(answer.getStringProperty("X_Request_Id"))
                            .path("status")
                            .asInt())
                    .isEqualTo(200);
            TextMessage refusal = ask(connection, "{\"model\":\"simulator\",\"messages\":\"hello\"}");
            assertThat(refusal.getStringProperty("X_LLM_Error")).isEqualTo("invalid_request");
            assertThat(json(refusal).at("/error/param").textValue()).isEqualTo("messages");
        }
    }

    @Test
    void answersAfterAKillWhatItCutOff() throws Exception {
        try (GatewayProcess gateway =
                setup().property("llm.simulator.first-token-delay", "10m").start()) {
            askAndLeave(gateway);
            gateway.kill().awaitExit(SOON);
        }
        assertAnsweredOnceByTheNext();
    }

    @Test
    void answersAfterAStopWhatDidNotEndInTime() throws Exception {
        try (GatewayProcess gateway = setup().property("llm.simulator.first-token-delay", "10m")
                .property("llm.shutdown.timeout", "1s")
                .start()) {
            askAndLeave(gateway);
            gateway.terminate().awaitExit(SOON);
        }
        assertThat(home.resolve("failed")).isEmptyDirectory();
        assertAnsweredOnceByTheNext();
    }

    private void askAndLeave(GatewayProcess gateway) throws Exception {
        drop("cut.json", REQUEST);
        try (Connection connection = connect(gateway);
                Session session = connection.createSession()) {
            TextMessage request = session.createTextMessage(REQUEST);
            request.setJMSCorrelationID("cut");
            session.createProducer(session.createQueue("llm.requests")).send(request);
        }
        Await.until(SOON, "both calls to be under way", () -> gateway.metrics().sum("llm_active_requests") >= 2);
    }

    private void assertAnsweredOnceByTheNext() throws Exception {
        try (GatewayProcess gateway = setup().start();
                Connection connection = connect(gateway);
                Session session = connection.createSession();
                MessageConsumer answers = session.createConsumer(session.createQueue("llm.answers"))) {
            TextMessage answer = (TextMessage) answers.receive(SOON.toMillis());
            assertThat(answer.getJMSCorrelationID()).isEqualTo("cut");
            assertThat(json(answer).path("object").textValue()).isEqualTo("chat.completion");
            awaitFile("done/cut.json");
            assertThat(read("outbox/cut.json").path("object").textValue()).isEqualTo("chat.completion");
            assertThat(answers.receiveNoWait()).isNull();
        }
    }

    private GatewaySetup setup() throws Exception {
        GatewaySetup setup = GatewaySetup.shipped()
                .property("llm.files.enabled", "true")
                .property("llm.files.settle", "0s")
                .property("llm.queue.enabled", "true")
                .property("llm.queue.port", "0")
                .property("llm.queue.data", home.resolve("broker").toString());
        for (String folder : new String[] {"inbox", "outbox", "done", "failed"}) {
            setup.property("llm.files." + folder, home.resolve(folder).toString());
        }
        return setup;
    }

    /** The table at the start says where the broker listens. */
    private static Connection connect(GatewayProcess gateway) throws Exception {
        String listening = "broker +tcp://127\\.0\\.0\\.1:(\\d+)";
        gateway.awaitOutput(listening);
        Matcher port = Pattern.compile(listening).matcher(gateway.output());
        assertThat(port.find()).isTrue();
        Connection connection = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port.group(1)).createConnection();
        connection.start();
        return connection;
    }

    private static TextMessage ask(Connection connection, String body) throws JMSException {
        try (Session session = connection.createSession()) {
            var replies = session.createTemporaryQueue();
            TextMessage request = session.createTextMessage(body);
            request.setJMSReplyTo(replies);
            session.createProducer(session.createQueue("llm.requests")).send(request);
            TextMessage answer = (TextMessage) session.createConsumer(replies).receive(SOON.toMillis());
            assertThat(answer).isNotNull();
            return answer;
        }
    }

    private void drop(String name, String content) throws Exception {
        Path temporary = Files.writeString(home.resolve("dropping"), content);
        Files.move(temporary, home.resolve("inbox").resolve(name));
    }

    private void awaitFile(String path) throws Exception {
        Await.until(SOON, path, () -> Files.exists(home.resolve(path)));
    }

    private JsonNode read(String path) throws Exception {
        return Json.read(Files.readAllBytes(home.resolve(path)));
    }

    private static JsonNode json(TextMessage message) throws Exception {
        return Json.read(message.getText().getBytes(StandardCharsets.UTF_8));
    }
}
