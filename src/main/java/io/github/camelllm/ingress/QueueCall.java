package io.github.camelllm.ingress;

import io.github.camelllm.config.Part;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import jakarta.jms.BytesMessage;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.camel.Message;

/**
 * Calls the chain for a JMS message, and addresses the answer: to the message's {@code JMSReplyTo}, where it has one
 * that is not the queue it came from, and under its {@code JMSCorrelationID}, or else its {@code JMSMessageID}.
 *
 * <p>Wants the message unmapped ({@code mapJmsMessage=false}): Camel would make a Java object of an object message, and
 * what a stranger serialised is never read here.
 */
public final class QueueCall extends WholeAnswer {

    /** The header with which Camel's {@code jms} producer is sent elsewhere than its URI says. */
    private static final String DESTINATION = "CamelJmsDestination";

    @Override
    protected byte[] read(Message received, int limit) throws Exception {
        Object body = received.getBody();
        return Part.JMS.present() ? JmsBody.read(body, limit) : plain(body, limit);
    }

    /** Apart, so that a host without JMS can have this step. */
    private static final class JmsBody {

        static byte[] read(Object body, int limit) throws JMSException, IOException {
            if (body instanceof TextMessage text) {
                return plain(text.getText(), limit);
            }
            if (body instanceof BytesMessage bytes) {
                if (bytes.getBodyLength() > limit) {
                    throw tooLarge(limit);
                }
                byte[] content = new byte[(int) bytes.getBodyLength()];
                bytes.readBytes(content);
                return content;
            }
            if (body instanceof jakarta.jms.Message) {
                throw Problem.of(
                        ErrorCode.INVALID_REQUEST,
                        "The message is neither a text message nor a bytes message; send the request's JSON as one of these.");
            }
            return plain(body, limit);
        }

        static boolean isDestination(Object header) {
            return header instanceof Destination;
        }
    }

    @Override
    protected void write(Message message, byte[] answer, Map<String, Object> received) {
        Object correlation = received.get("JMSCorrelationID");
        message.setHeader("JMSCorrelationID", correlation != null ? correlation : received.get("JMSMessageID"));
        Object replyTo = received.get("JMSReplyTo");
        if (replyTo != null
                && Part.JMS.present()
                && JmsBody.isDestination(replyTo)
                && !replyTo.equals(received.get("JMSDestination"))) {
            message.setHeader(DESTINATION, replyTo);
        }
        message.setBody(new String(answer, StandardCharsets.UTF_8));
    }
}
