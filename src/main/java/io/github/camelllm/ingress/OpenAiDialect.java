package io.github.camelllm.ingress;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.problem.Problem;
import java.nio.charset.StandardCharsets;

/** OpenAI's clients: everything passes as it is. */
class OpenAiDialect implements ClientDialect {

    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

    @Override
    public Request request(byte[] body) {
        return new Request(body);
    }

    @Override
    public byte[] answer(Call call, Answer answer) {
        return answer.bytes();
    }

    @Override
    public byte[] answer(Call call, byte[] answer) {
        return answer;
    }

    @Override
    public byte[] error(Problem problem, String requestId) {
        return ProblemJson.bytes(problem, requestId);
    }

    @Override
    public Events events(Call call, EventWriter client) {
        return new Events() {
            @Override
            public void event(StreamEvent event) {
                client.event(DATA, event.data());
            }

            @Override
            public void whole() {
                client.event(DATA, DONE);
            }

            @Override
            public void broken(Problem problem, String requestId) {
                client.event(DATA, error(problem, requestId));
            }
        };
    }
}
