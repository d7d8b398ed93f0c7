package io.github.camelllm.ingress;

import io.github.camelllm.call.Call;
import io.github.camelllm.problem.Problem;

/**
 * The clients of a path that both OpenAI's and Anthropic's have, such as {@code GET /v1/models}: Anthropic's are known by the
 * header {@value #ANTHROPIC}, which their SDKs always send. The route answers in the words of either, so that only errors are
 * translated here.
 */
final class EitherDialect extends OpenAiDialect {

    /** The header that Anthropic's clients send. */
    static final String ANTHROPIC = "anthropic-version";

    private final ClientDialect errors = new AnthropicDialect();
    private final ClientDialect anthropic = new OpenAiDialect() {
        @Override
        public byte[] error(Problem problem, String requestId) {
            return errors.error(problem, requestId);
        }
    };

    @Override
    public ClientDialect of(Call call) {
        return call.headers().get(ANTHROPIC) == null ? this : anthropic;
    }
}
