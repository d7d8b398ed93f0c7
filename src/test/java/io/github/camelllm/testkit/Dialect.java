package io.github.camelllm.testkit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import java.util.Locale;

/** The wire formats that the fake upstream speaks, for tests that do the same at each of them. */
public enum Dialect {
    OPENAI,
    ANTHROPIC,
    GEMINI;

    /** The name of its route template. */
    public String template() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What a model's parameter {@code baseUrl} is for a server on that port of the loopback interface. */
    public String baseUrl(int port) {
        return "http://127.0.0.1:" + port + (this == OPENAI ? "/v1" : "");
    }

    /** An error with that status, in the dialect's words. */
    public Reply error(int status) {
        return error(status, "upstream says " + status);
    }

    /** The same with that reason. */
    public Reply error(int status, String reason) {
        return Reply.json(status, errorBody(status, reason));
    }

    /** The error object by itself. */
    public String errorBody(int status, String reason) {
        return switch (this) {
            case OPENAI -> OpenAiWire.errorBody(status, reason);
            case ANTHROPIC -> AnthropicWire.errorBody(status, reason);
            case GEMINI -> GeminiWire.errorBody(status, reason);
        };
    }

    /** The error object of a prompt that is longer than the model's context. */
    public String tooLongBody() {
        return switch (this) {
            case OPENAI -> coded("context_length_exceeded", "This model's maximum context length is 8000 tokens.");
            case ANTHROPIC -> errorBody(400, "prompt is too long: 8200 tokens > 8000 maximum");
            case GEMINI ->
                errorBody(400, "The input token count (8200) exceeds the maximum number of tokens allowed (8000).");
        };
    }

    /** The error object of a prompt that is against a policy; in Gemini's words it is an answer with status 200. */
    public String policyBody(String reason) {
        if (this == GEMINI) {
            ObjectNode json = Json.object();
            json.putObject("promptFeedback").put("blockReason", "SAFETY").put("blockReasonMessage", reason);
            return json.toString();
        }
        return coded("content_policy_violation", reason);
    }

    /** A JSON body with status 200, or the same as the only event of a stream. */
    public static Reply alone(boolean stream, String json) {
        return stream ? Reply.sse(Sse.of(json)) : Reply.json(200, json);
    }

    /** The refusal to work for somebody who has not paid. */
    public Reply unpaid() {
        return switch (this) {
            case OPENAI -> Reply.json(429, coded("insufficient_quota", "You exceeded your current quota."));
            case ANTHROPIC -> error(400, "Your credit balance is too low to access the Anthropic API.");
            case GEMINI ->
                Reply.json(
                        400,
                        errorBody(400, "The free tier is not available.")
                                .replace("INVALID_ARGUMENT", "FAILED_PRECONDITION"));
        };
    }

    private static String coded(String code, String reason) {
        ObjectNode json = Json.object();
        json.putObject("error").put("message", reason).put("type", code).put("code", code);
        return json.toString();
    }

    /** A whole answer of these pieces. */
    public String json(String... pieces) {
        return switch (this) {
            case OPENAI -> ChatScript.of(pieces).json();
            case ANTHROPIC -> AnthropicScript.of(pieces).json();
            case GEMINI -> GeminiScript.of(pieces).json();
        };
    }

    /** The same as a stream. */
    public Sse sse(String... pieces) {
        return switch (this) {
            case OPENAI -> ChatScript.of(pieces).streamUsage(true).sse();
            case ANTHROPIC -> AnthropicScript.of(pieces).sse();
            case GEMINI -> GeminiScript.of(pieces).sse();
        };
    }

    /** An event that says no more than that the stream goes on. */
    public String idleEvent() {
        return switch (this) {
            case OPENAI -> "{\"id\":\"chatcmpl-fake\",\"object\":\"chat.completion.chunk\",\"choices\":[]}";
            case ANTHROPIC -> "{\"type\":\"ping\"}";
            case GEMINI -> "{\"responseId\":\"fake\"}";
        };
    }

    /** How many events of {@link #sse} there are when that many pieces have come. */
    public int events(int pieces) {
        return switch (this) {
            case OPENAI -> 1 + pieces;
            case ANTHROPIC -> 3 + pieces;
            case GEMINI -> pieces;
        };
    }

    /** A whole answer, or a stream, of these pieces. */
    public Reply answer(boolean stream, String... pieces) {
        return stream ? Reply.sse(sse(pieces)) : Reply.json(200, json(pieces));
    }

    /** The same, without a word of usage. */
    public Reply withoutUsage(boolean stream, String... pieces) {
        return switch (this) {
            case OPENAI -> reply(stream, ChatScript.of(pieces).withoutUsage());
            case ANTHROPIC -> {
                AnthropicScript script = AnthropicScript.of(pieces).withoutUsage();
                yield stream ? Reply.sse(script.sse()) : Reply.json(200, script.json());
            }
            case GEMINI -> {
                GeminiScript script = GeminiScript.of(pieces).withoutUsage();
                yield stream ? Reply.sse(script.sse()) : Reply.json(200, script.json());
            }
        };
    }

    /** The same, cut by the model's limit. */
    public Reply cutByLength(boolean stream, String... pieces) {
        return switch (this) {
            case OPENAI -> reply(stream, ChatScript.of(pieces).finish("length"));
            case ANTHROPIC -> {
                AnthropicScript script = AnthropicScript.of(pieces).stopReason("max_tokens");
                yield stream ? Reply.sse(script.sse()) : Reply.json(200, script.json());
            }
            case GEMINI -> {
                GeminiScript script = GeminiScript.of(pieces).finish("MAX_TOKENS");
                yield stream ? Reply.sse(script.sse()) : Reply.json(200, script.json());
            }
        };
    }

    private static Reply reply(boolean stream, ChatScript script) {
        return stream ? Reply.sse(script.streamUsage(true).sse()) : Reply.json(200, script.json());
    }

    /** A stream that is ended by the event for it without a reason for its end; Gemini has none. */
    public Sse endedWithoutFinish(String... pieces) {
        return switch (this) {
            case OPENAI -> ChatScript.of(pieces).finish(null).sse();
            case ANTHROPIC -> AnthropicScript.of(pieces).stopReason(null).sse();
            case GEMINI -> GeminiScript.of(pieces).finish(null).sse();
        };
    }

    /** A stream that ends in order without a reason for its end, or the event for it. */
    public Sse withoutFinish(String... pieces) {
        return switch (this) {
            case OPENAI -> ChatScript.of(pieces).finish(null).withoutDone().sse();
            case ANTHROPIC ->
                AnthropicScript.of(pieces).stopReason(null).withoutStop().sse();
            case GEMINI -> GeminiScript.of(pieces).finish(null).sse();
        };
    }

    /** A stream without the event that says no more will come; Gemini has none. */
    public Sse withoutEnd(String... pieces) {
        return switch (this) {
            case OPENAI -> ChatScript.of(pieces).withoutDone().sse();
            case ANTHROPIC -> AnthropicScript.of(pieces).withoutStop().sse();
            case GEMINI -> GeminiScript.of(pieces).sse();
        };
    }
}
