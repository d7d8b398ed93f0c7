package io.github.camelllm.testkit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A chat completion as OpenAI words it, whole ({@link #json}) or as the events of a stream ({@link #sse}). Built up by methods
 * that change it and return it. Left alone it is complete: role, content, finish reason, {@code [DONE]}; usage in a stream
 * only if {@link #streamUsage} asks for it.
 */
public final class ChatScript {

    private static final int CREATED = 1_767_225_600;

    private final List<String> pieces;
    private String model = "fake";
    private String finishReason = "stop";
    private String toolName;
    private int choices = 1;
    private int promptTokens = 9;
    private boolean usage = true;
    private boolean streamUsage;
    private boolean done = true;

    private ChatScript(List<String> pieces) {
        this.pieces = pieces;
    }

    /** An answer whose text comes in these pieces. */
    public static ChatScript of(String... pieces) {
        return of(Arrays.asList(pieces));
    }

    /** An answer whose text comes in these pieces. */
    public static ChatScript of(List<String> pieces) {
        return new ChatScript(List.copyOf(pieces));
    }

    /** A call of a function, whose arguments come in these pieces. */
    public static ChatScript toolCall(String name, List<String> argumentPieces) {
        ChatScript script = of(argumentPieces);
        script.toolName = name;
        script.finishReason = "tool_calls";
        return script;
    }

    /** The model that the answer names. */
    public ChatScript model(String newModel) {
        this.model = newModel;
        return this;
    }

    /** The same answer that many times over ({@code n}). */
    public ChatScript choices(int newChoices) {
        this.choices = newChoices;
        return this;
    }

    /** Why the model stopped; null leaves it unsaid. */
    public ChatScript finish(String newFinishReason) {
        this.finishReason = newFinishReason;
        return this;
    }

    /** The tokens that the prompt is said to have; the completion has one a piece and choice. */
    public ChatScript promptTokens(int newPromptTokens) {
        this.promptTokens = newPromptTokens;
        return this;
    }

    /** Says nothing of usage, whole or streamed. */
    public ChatScript withoutUsage() {
        this.usage = false;
        return this;
    }

    /** Whether the stream brings a chunk of usage, as {@code stream_options.include_usage} asks for. */
    public ChatScript streamUsage(boolean newStreamUsage) {
        this.streamUsage = newStreamUsage;
        return this;
    }

    /** Leaves {@code [DONE]} out. */
    public ChatScript withoutDone() {
        this.done = false;
        return this;
    }

    /** The tokens of the completion. */
    public int completionTokens() {
        return pieces.size() * choices;
    }

    /** The whole answer. */
    public String json() {
        ObjectNode json = head("chat.completion");
        ArrayNode list = json.putArray("choices");
        for (int i = 0; i < choices; i++) {
            ObjectNode choice = list.addObject().put("index", i);
            ObjectNode message = choice.putObject("message").put("role", "assistant");
            String text = String.join("", pieces);
            if (toolName == null) {
                message.put("content", text);
            } else {
                message.putNull("content");
                toolCall(message, i, text);
            }
            message.putNull("refusal");
            message.putArray("annotations");
            choice.putNull("logprobs");
            choice.put("finish_reason", finishReason);
        }
        if (usage) {
            json.set("usage", usageNode());
        }
        return json.toString();
    }

    /** The answer as a stream. */
    public Sse sse() {
        List<String> events = new ArrayList<>();
        for (int i = 0; i < choices; i++) {
            ObjectNode delta = Json.object().put("role", "assistant");
            if (toolName == null) {
                delta.put("content", "").putNull("refusal");
            } else {
                delta.putNull("content");
                toolCall(delta, i, "");
            }
            events.add(chunk(i, delta, null));
        }
        for (String piece : pieces) {
            for (int i = 0; i < choices; i++) {
                events.add(chunk(i, delta(piece), null));
            }
        }
        for (int i = 0; i < choices && finishReason != null; i++) {
            events.add(chunk(i, Json.object(), finishReason));
        }
        if (usage && streamUsage) {
            ObjectNode last = head("chat.completion.chunk");
            last.putArray("choices");
            last.set("usage", usageNode());
            events.add(last.toString());
        }
        if (done) {
            events.add("[DONE]");
        }
        return Sse.of(events);
    }

    private ObjectNode delta(String piece) {
        ObjectNode delta = Json.object();
        if (toolName == null) {
            return delta.put("content", piece);
        }
        ObjectNode call = delta.putArray("tool_calls").addObject().put("index", 0);
        call.putObject("function").put("arguments", piece);
        return delta;
    }

    private void toolCall(ObjectNode message, int choice, String arguments) {
        ObjectNode call = message.putArray("tool_calls").addObject();
        if (arguments.isEmpty()) {
            call.put("index", 0);
        }
        call.put("id", "call_fake_" + choice).put("type", "function");
        call.putObject("function").put("name", toolName).put("arguments", arguments);
    }

    private String chunk(int index, ObjectNode delta, String reason) {
        ObjectNode json = head("chat.completion.chunk");
        ObjectNode choice = json.putArray("choices").addObject().put("index", index);
        choice.set("delta", delta);
        choice.putNull("logprobs");
        choice.put("finish_reason", reason);
        if (streamUsage) {
            json.putNull("usage");
        }
        return json.toString();
    }

    private ObjectNode head(String object) {
        return Json.object()
                .put("id", "chatcmpl-fake")
                .put("object", object)
                .put("created", CREATED)
                .put("model", model)
                .put("service_tier", "default")
                .put("system_fingerprint", "fp_fake");
    }

    private ObjectNode usageNode() {
        int completion = completionTokens();
        ObjectNode node = Json.object()
                .put("prompt_tokens", promptTokens)
                .put("completion_tokens", completion)
                .put("total_tokens", promptTokens + completion);
        node.putObject("prompt_tokens_details").put("cached_tokens", 2).put("audio_tokens", 0);
        node.putObject("completion_tokens_details").put("reasoning_tokens", 1);
        return node;
    }
}
