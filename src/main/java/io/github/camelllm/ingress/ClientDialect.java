package io.github.camelllm.ingress;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.problem.Problem;

/** What one kind of client writes and expects to read; in between, the gateway speaks OpenAI's words. */
interface ClientDialect {

    /** The dialect of this name. */
    static ClientDialect of(String name) {
        return switch (name) {
            case "openai" -> new OpenAiDialect();
            case "anthropic" -> new AnthropicDialect();
            case "either" -> new EitherDialect();
            default ->
                throw new IllegalArgumentException(
                        "dialect is '" + name + "'; openai, anthropic and either are allowed");
        };
    }

    /**
     * The dialect of a request that is refused before a route sees it: that of its path, or else of its client.
     *
     * @param anthropicVersion the header of that name; null for none
     * @param path of the request, normalised
     */
    static ClientDialect of(String anthropicVersion, String path) {
        return anthropicVersion != null ? of("anthropic") : ofPath(path);
    }

    /** The dialect of a path, normalised, where no more is known of the request. */
    static ClientDialect ofPath(String path) {
        boolean anthropic = path.equals("/v1/messages") || path.startsWith("/v1/messages/");
        return of(anthropic ? "anthropic" : "openai");
    }

    /** The dialect of the client that made a call: this one, unless the path serves several. */
    default ClientDialect of(Call call) {
        return this;
    }

    /** A request of a body that is parsed, and found to be good or not, when a step first asks for its tree. */
    Request request(byte[] body);

    /** A whole answer. */
    byte[] answer(Call call, Answer answer);

    /** A whole answer that a route has made by hand, in OpenAI's words. */
    byte[] answer(Call call, byte[] answer);

    /** The HTTP status of a refusal. */
    default int status(Problem problem) {
        return problem.status();
    }

    /**
     * A refusal.
     *
     * @param requestId the id under which logs know the call; null when there is none
     */
    byte[] error(Problem problem, String requestId);

    /** The events of one streamed answer. Nothing is written before the first of its methods is called. */
    Events events(Call call, EventWriter client);

    /** Writes one streamed answer. The last call is either of {@link #whole} and {@link #broken}. */
    interface Events {

        /** The next chunk of the answer. */
        void event(StreamEvent event);

        /** The answer is whole. */
        void whole();

        /** The rest will not come. */
        void broken(Problem problem, String requestId);
    }
}
