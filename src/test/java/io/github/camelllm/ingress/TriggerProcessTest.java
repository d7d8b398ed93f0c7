package io.github.camelllm.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.testkit.Await;
import jakarta.jms.Connection;
import jakarta.jms.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;

/** A gateway that is killed, and one that has its triggers off. */
class TriggerProcessTest extends QueueFixture {

    @Test
    void answersAfterARestartWhatAKillCutOff() throws Exception {
        files(true);
        try (TriggerProcess process = TriggerProcess.start(data, settings)) {
            int port = Integer.parseInt(process.await("port (\\d+)"));
            process.await("(started)");
            try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port);
                    Connection client = factory.createConnection();
                    Session toProcess = client.createSession()) {
                toProcess
                        .createProducer(toProcess.createQueue("llm.requests"))
                        .send(toProcess.createTextMessage(Triggers.request("queued")));
            }
            Files.writeString(data.resolve("request"), Triggers.request("dropped"));
            Files.move(data.resolve("request"), data.resolve("inbox/request.json"));
            process.await("(?sm)(^called$.*^called$)"); // a later Java warns of methods that have been called
            process.kill();
        }
        assertThat(data.resolve("inbox/.claimed/request.json")).exists();

        context =
                Triggers.context(settings, exchange -> chain.process(exchange), "files.camel.yaml", "queue.camel.yaml");
        context.start();
        connect();

        assertThat(next("llm.answers").getText()).contains("echo: queued");
        awaitHeld("llm.requests", 0);
        assertThat(held("llm.answers")).isZero();
        Path done = data.resolve("done/request.json");
        Await.until(SOON, "the file to be answered", () -> Files.exists(done));
        assertThat(data.resolve("outbox/request.json")).content().contains("echo: dropped");
    }

    @Test
    void loadsNothingAndMakesNothingWhenOff() throws Exception {
        files(false);
        settings.put("llm.queue.enabled", false);
        try (TriggerProcess process = TriggerProcess.start(data, settings)) {
            process.await("(started)");
            assertThat(process.output()).doesNotContain("loaded ", "jms:", "file:");
        }
        assertThat(data.resolve("broker")).doesNotExist();
        assertThat(data.resolve("inbox")).doesNotExist();
    }

    private void files(boolean enabled) {
        settings.put("llm.files.enabled", enabled);
        for (String folder : new String[] {"inbox", "outbox", "done", "failed"}) {
            settings.put("llm.files." + folder, data.resolve(folder));
        }
        settings.put("llm.files.parallel", 2);
        settings.put("llm.files.settle", "0s");
        settings.put("llm.files.max-bytes", 10_000);
        settings.put("llm.files.key-id", "");
    }
}
