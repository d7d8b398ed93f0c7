package io.github.camelllm.ingress;

import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * A request that a servlet container has received: on Spring Boot. Its message is known by its two methods, so that nothing of
 * Spring is needed to build or to run elsewhere.
 */
final class ServletExchange implements ClientExchange {

    /** Where the container sets no bound; as on Camel Main. */
    private static final int MAX_BODY = 20 * 1024 * 1024;

    private final HttpServletRequest request;
    private final HttpServletResponse response;

    ServletExchange(Message message) {
        this.request = (HttpServletRequest) get(message, "getRequest");
        this.response = (HttpServletResponse) get(message, "getResponse");
    }

    private static Object get(Message message, String method) {
        try {
            return message.getClass().getMethod(method).invoke(message);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Camel's HTTP message on Spring Boot has no " + method, e);
        }
    }

    @Override
    public String header(String name) {
        return request.getHeader(name);
    }

    @Override
    public Iterable<Map.Entry<String, String>> headers() {
        List<Map.Entry<String, String>> all = new ArrayList<>();
        for (String name : Collections.list(request.getHeaderNames())) {
            for (String value : Collections.list(request.getHeaders(name))) {
                all.add(Map.entry(name, value));
            }
        }
        return all;
    }

    /** As Camel's binding has read it: text where it is JSON, a stream where it is not known. */
    @Override
    public byte[] body(Message message) {
        Object body = message.getBody();
        byte[] bytes = body instanceof CharSequence text
                ? text.toString().getBytes(StandardCharsets.UTF_8)
                : message.getBody(byte[].class);
        if (bytes != null && bytes.length > MAX_BODY) {
            throw Problem.of(
                    ErrorCode.REQUEST_TOO_LARGE,
                    "The request is larger than the " + MAX_BODY + " bytes that are allowed.");
        }
        return bytes;
    }

    @Override
    public EventWriter writer(Duration stallTimeout) {
        return new ServletEventWriter(response);
    }

    @Override
    public BodyMemory.Share memory() {
        return null;
    }

    /** What the binding would write comes after the answer, and so must be nothing. */
    @Override
    public void answered(Exchange exchange) {
        exchange.getMessage().setBody(null);
        exchange.getMessage().removeHeaders("*");
        exchange.setException(null);
    }
}
