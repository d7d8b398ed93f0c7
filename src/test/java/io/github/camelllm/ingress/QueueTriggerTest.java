package io.github.camelllm.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import jakarta.jms.BytesMessage;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.ObjectMessage;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.jms.client.ActiveMQDestination;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;

/** What a client of the queue sees. */
class QueueTriggerTest extends QueueFixture {

    @Test
    void repliesUnderTheCorrelationId() throws Exception {
        start();
        TextMessage request = text(Triggers.request("Größe? 🙂"));
        request.setJMSCorrelationID("c-1");
        request.setStringProperty("X_Request_Id", "mine-1");

        TextMessage reply = ask(request);

        assertThat(json(reply).at("/choices/0/message/content").textValue()).isEqualTo("echo: Größe? 🙂");
        assertThat(reply.getJMSCorrelationID()).isEqualTo("c-1");
        assertThat(reply.getIntProperty("X_LLM_Status")).isEqualTo(200);
        assertThat(reply.propertyExists("X_LLM_Error")).isFalse();
        assertThat(reply.getStringProperty("X_Request_Id")).isEqualTo("mine-1");
        awaitHeld("llm.requests", 0);
    }

    @Test
    void repliesUnderTheMessageIdWhereThereIsNoCorrelationId() throws Exception {
        start();
        TextMessage request = text(Triggers.request("hello"));

        TextMessage reply = ask(request);

        assertThat(reply.getJMSCorrelationID()).isEqualTo(request.getJMSMessageID());
    }

    @Test
    void answersOnTheAnswerQueueWhereNoReplyIsAskedFor() throws Exception {
        start();
        TextMessage request = text(Triggers.request("hello"));
        request.setJMSCorrelationID("c-2");
        send(request);

        TextMessage answer = next("llm.answers");
        assertThat(json(answer).at("/choices/0/message/content").textValue()).isEqualTo("echo: hello");
        assertThat(answer.getJMSCorrelationID()).isEqualTo("c-2");
    }

    @Test
    void answersOnTheAnswerQueueRatherThanOnTheRequestQueue() throws Exception {
        start();
        TextMessage request = text(Triggers.request("hello"));
        request.setJMSReplyTo(session.createQueue("llm.requests"));
        send(request);

        assertThat(next("llm.answers").getText()).contains("echo: hello");
        awaitHeld("llm.requests", 0);
    }

    @Test
    void answersOnTheAnswerQueueWhenTheReplyQueueIsGone() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        chain = exchange -> {
            calls.incrementAndGet();
            exchange.getMessage().setBody(Triggers.echo(exchange));
        };
        start();
        broker().server()
                .getAddressSettingsRepository()
                .addMatch(
                        "gone.#",
                        new AddressSettings().setAutoCreateQueues(false).setAutoCreateAddresses(false));
        TextMessage request = text(Triggers.request("hello"));
        request.setJMSReplyTo(ActiveMQDestination.createQueue("gone.replies"));
        send(request);

        assertThat(next("llm.answers").getText()).contains("echo: hello");
        awaitHeld("llm.requests", 0);
        assertThat(calls).hasValue(1);
    }

    @Test
    void answersABytesMessage() throws Exception {
        start();
        BytesMessage request = session.createBytesMessage();
        request.writeBytes(Triggers.request("Größe?").getBytes(StandardCharsets.UTF_8));

        assertThat(ask(request).getText()).contains("echo: Größe?");
    }

    @Test
    void answersALargeMessage() throws Exception {
        start();
        String text = "x".repeat(1_000_000);

        assertThat(json(ask(text(Triggers.request(text))))
                        .at("/choices/0/message/content")
                        .textValue())
                .hasSize(1_000_006);
    }

    @Test
    void answersARequestForAStreamWhole() throws Exception {
        AtomicBoolean streamed = new AtomicBoolean(true);
        chain = exchange -> {
            streamed.set(Calls.of(exchange).isStream());
            exchange.getMessage().setBody(Triggers.echo(exchange));
        };
        start();

        TextMessage reply = ask(text("{\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"));

        assertThat(json(reply).path("object").textValue()).isEqualTo("chat.completion");
        assertThat(streamed).isFalse();
    }

    @Test
    void answersAFailedCallWithTheErrorObject() throws Exception {
        chain = exchange -> {
            throw Problem.of(ErrorCode.TOO_MANY_IN_FLIGHT, "Too many calls are in flight.")
                    .withRetryAfter(Duration.ofSeconds(7));
        };
        start();

        TextMessage reply = ask(text(Triggers.request("hello")));

        JsonNode error = json(reply).path("error");
        assertThat(error.path("code").textValue()).isEqualTo("too_many_in_flight");
        assertThat(error.path("request_id").textValue()).isEqualTo(reply.getStringProperty("X_Request_Id"));
        assertThat(reply.getStringProperty("X_LLM_Error")).isEqualTo("too_many_in_flight");
        assertThat(reply.getIntProperty("X_LLM_Status")).isEqualTo(429);
        assertThat(reply.getLongProperty("Retry_After")).isEqualTo(7);
        awaitHeld("llm.requests", 0);
        assertThat(held("DLQ")).isZero();
    }

    @Test
    void tellsNothingOfAnUnexpectedFailure() throws Exception {
        chain = exchange -> {
            throw new IllegalStateException("jdbc:secret@10.0.0.1");
        };
        start();

        TextMessage reply = ask(text(Triggers.request("hello")));

        assertThat(reply.getText()).contains("internal_error").doesNotContain("secret", "IllegalState");
        assertThat(reply.getIntProperty("X_LLM_Status")).isEqualTo(500);
    }

    @Test
    void answersPoisonWithAnError() throws Exception {
        chain = exchange -> Calls.of(exchange).getRequest().tree();
        start();
        MapMessage map = session.createMapMessage();
        map.setString("model", "simulator");
        StreamMessage stream = session.createStreamMessage();
        stream.writeString("{}");

        for (Message poison : new Message[] {
            text("not json"), text(""), session.createTextMessage(), session.createMessage(), map, stream
        }) {
            TextMessage reply = ask(poison);
            assertThat(reply.getStringProperty("X_LLM_Error"))
                    .as(poison.toString())
                    .isEqualTo("invalid_request");
        }
        awaitHeld("llm.requests", 0);
        assertThat(held("DLQ")).isZero();
    }

    @Test
    void makesNoJavaObjectOfAMessage() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        chain = exchange -> calls.incrementAndGet();
        start();
        ObjectMessage request = session.createObjectMessage(new Gadget());

        TextMessage reply = ask(request);

        assertThat(reply.getStringProperty("X_LLM_Error")).isEqualTo("invalid_request");
        assertThat(json(reply).at("/error/message").textValue()).contains("text message");
        assertThat(Gadget.READ).isFalse();
        assertThat(calls).hasValue(0);
    }

    @Test
    void refusesAMessageThatIsTooLarge() throws Exception {
        settings.put("llm.queue.max-bytes", 1024);
        start();
        BytesMessage bytes = session.createBytesMessage();
        bytes.writeBytes(new byte[1025]);

        assertThat(ask(bytes).getStringProperty("X_LLM_Error")).isEqualTo("request_too_large");
        assertThat(ask(text("ü".repeat(513))).getStringProperty("X_LLM_Error")).isEqualTo("request_too_large");
        assertThat(ask(text(Triggers.request("small"))).propertyExists("X_LLM_Error"))
                .isFalse();
    }

    @Test
    void letsOnlyKnownPropertiesSteerTheChain() throws Exception {
        AtomicReference<Map<String, Object>> headers = new AtomicReference<>();
        AtomicReference<Call> call = new AtomicReference<>();
        AtomicReference<String> credential = new AtomicReference<>();
        chain = exchange -> {
            headers.set(new HashMap<>(exchange.getMessage().getHeaders()));
            call.set(Calls.of(exchange));
            credential.set(Calls.of(exchange).credential());
            exchange.getMessage().setHeader("CamelJmsDestinationName", "chain.leak");
            exchange.getMessage().setHeader("told", "by the route");
            exchange.getMessage().setBody(Triggers.echo(exchange));
        };
        start();
        TextMessage request = text(Triggers.request("hello"));
        request.setStringProperty("X_LLM_User", "ada");
        request.setStringProperty("X_LLM_Task", "code");
        request.setStringProperty("Authorization", "Bearer sk-mine");
        request.setStringProperty("CamelJmsDestinationName", "elsewhere");
        request.setStringProperty("CamelHttpUri", "http://elsewhere");
        request.setStringProperty("org_DOT_apache_DOT_camel_DOT_x", "y");
        request.setStringProperty("llm", "x");
        request.setStringProperty("mine", "y");
        request.setJMSType("t");

        TextMessage reply = ask(request);

        assertThat(headers.get()).containsOnlyKeys("X_LLM_Task", "X_LLM_User", "llm", "mine");
        assertThat(call.get().headers().get("x-llm-user")).isEqualTo("ada");
        assertThat(call.get().getTask()).isEqualTo("code");
        assertThat(credential.get()).isEqualTo("sk-mine");
        assertThat(reply.getStringProperty("mine")).isEqualTo("y");
        assertThat(reply.propertyExists("Authorization")).isFalse();
        assertThat(reply.getStringProperty("told")).isEqualTo("by the route");
        assertThat(reply.getJMSType()).isNull();
        assertThat(held("elsewhere")).isNegative();
        assertThat(held("chain.leak")).isNegative();
    }

    @Test
    void actsForTheConfiguredKey() throws Exception {
        AtomicReference<Exchange> seen = new AtomicReference<>();
        chain = exchange -> {
            seen.set(exchange);
            exchange.getMessage().setBody(Triggers.echo(exchange));
        };
        settings.put("llm.queue.key-id", "batch");
        start();
        ask(text(Triggers.request("hello")));

        assertThat(seen.get().getProperty("llm.keyId")).isEqualTo("batch");
    }

    @Test
    void answersSeveralAtOnceAndNoMoreThanAllowed() throws Exception {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch threeAtWork = new CountDownLatch(3);
        chain = exchange -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            threeAtWork.countDown();
            assertThat(threeAtWork.await(10, TimeUnit.SECONDS)).isTrue();
            exchange.getMessage().setBody(Triggers.echo(exchange));
            now.decrementAndGet();
        };
        settings.put("llm.queue.consumers", 3);
        start();
        for (int i = 0; i < 30; i++) {
            send(text(Triggers.request("hello " + i)));
        }

        awaitHeld("llm.answers", 30);
        assertThat(most).hasValue(3);
    }

    @Test
    void letsNoSlowCallHoldBackWhatOthersCouldAnswer() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        chain = exchange -> {
            if (Calls.of(exchange).getRequest().tree().toString().contains("slow")) {
                assertThat(release.await(20, TimeUnit.SECONDS)).isTrue();
            }
            exchange.getMessage().setBody(Triggers.echo(exchange));
        };
        start();
        send(text(Triggers.request("slow")));
        for (int i = 0; i < 20; i++) {
            send(text(Triggers.request("quick " + i)));
        }

        awaitHeld("llm.answers", 20);
        release.countDown();
        awaitHeld("llm.answers", 21);
    }

    private static JsonNode json(TextMessage message) throws Exception {
        return Json.read(message.getText().getBytes(StandardCharsets.UTF_8));
    }

    /** Tells when somebody reads it. */
    private static final class Gadget implements Serializable {
        static final AtomicBoolean READ = new AtomicBoolean();

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            READ.set(true);
            in.defaultReadObject();
        }
    }
}
