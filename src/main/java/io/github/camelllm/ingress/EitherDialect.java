package io.github.camelllm.ingress;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Request;
import io.github.camelllm.problem.Problem;

/**
 * The clients of a path that both OpenAI's and Anthropic's have, such as {@code GET /v1/models}: Anthropic's are known by the
 * header {@value #ANTHROPIC}, which their SDKs always send. The route answers in the words of either, so that only errors are
 * translated here.
 */
final class EitherDialect implements ClientDialect {

    /** The header that Anthropic's clients send. */
    static final String ANTHROPIC = "anthropic-version";

    private final ClientDialect openAi = new OpenAiDialect();
    private final ClientDialect anthropic = new ClientDialect() {
        @Override
        public Request request(byte[] body) {
            return openAi.request(body);
        }

        @Override
        public byte[] answer(Call call, Answer answer) {
            return openAi.answer(call, answer);
        }

        @Override
        public byte[] answer(Call call, byte[] answer) {
            return answer;
        }

        @Override
        public byte[] error(Problem problem, String requestId) {
            return new AnthropicDialect().error(problem, requestId);
        }

        @Override
        public Events events(Call call, EventWriter client) {
            return openAi.events(call, client);
        }
    };

    @Override
    public ClientDialect of(Call call) {
        return call.headers().get(ANTHROPIC) == null ? openAi : anthropic;
    }

    @Override
    public Request request(byte[] body) {
        return openAi.request(body);
    }

    @Override
    public byte[] answer(Call call, Answer answer) {
        return openAi.answer(call, answer);
    }

    @Override
    public byte[] answer(Call call, byte[] answer) {
        return answer;
    }

    @Override
    public byte[] error(Problem problem, String requestId) {
        return openAi.error(problem, requestId);
    }

    @Override
    public Events events(Call call, EventWriter client) {
        return openAi.events(call, client);
    }
}
