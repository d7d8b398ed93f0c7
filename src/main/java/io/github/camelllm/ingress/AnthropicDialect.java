package io.github.camelllm.ingress;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Request;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.io.IOException;

/** Anthropic's clients: its Messages API, whatever model answers. */
final class AnthropicDialect implements ClientDialect {

    @Override
    public Request request(byte[] body) {
        return new Request(body, AnthropicRequest::read);
    }

    @Override
    public byte[] answer(Call call, Answer answer) {
        return Json.write(AnthropicAnswer.message(answer.tree(), call.getUsage()));
    }

    @Override
    public byte[] answer(Call call, byte[] answer) {
        try {
            if (Json.read(answer) instanceof ObjectNode tree) {
                return Json.write(AnthropicAnswer.message(tree, call.getUsage()));
            }
        } catch (IOException e) {
            throw noCompletion().withCause(e);
        }
        throw noCompletion();
    }

    private static Problem noCompletion() {
        return Problem.of(ErrorCode.INTERNAL_ERROR, "The gateway has no route that answers this request.")
                .withDetail("what the route left in the body is no completion, so no message can be made of it");
    }

    @Override
    public int status(Problem problem) {
        return AnthropicErrors.isOverload(problem) ? AnthropicErrors.OVERLOADED : problem.status();
    }

    @Override
    public byte[] error(Problem problem, String requestId) {
        return Json.write(AnthropicErrors.tree(problem, requestId));
    }

    @Override
    public Events events(Call call, EventWriter client) {
        return new AnthropicEvents(call, client);
    }
}
