package io.github.camelllm.call;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * A form of requests other than OpenAI's that a body may have without saying so, and of the answers to them. Found by {@link
 * ServiceLoader}.
 */
public interface RequestDialect {

    /** Those of this class path. */
    List<RequestDialect> ALL = ServiceLoader.load(RequestDialect.class, RequestDialect.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .toList();

    /** The dialect that a body is written in; empty for OpenAI's. */
    static Optional<RequestDialect> of(ObjectNode body) {
        return ALL.stream().filter(dialect -> dialect.recognises(body)).findFirst();
    }

    /** Whether a body can be nothing but a request of this dialect. */
    boolean recognises(ObjectNode body);

    /**
     * A request in OpenAI's words.
     *
     * @param body may be changed
     * @throws io.github.camelllm.problem.Problem when it cannot be translated
     */
    ObjectNode read(ObjectNode body);

    /** A whole answer in the dialect's words. */
    ObjectNode write(Call call, Answer answer);
}
