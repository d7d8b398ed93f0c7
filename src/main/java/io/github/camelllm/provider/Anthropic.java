package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.ToolNames;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.camel.Message;

/** Anthropic's dialect: the Messages API, as Anthropic and those that copy it speak it. */
public final class Anthropic extends WireStep {

    private static final List<String> PREFILLS = List.of("no", "plain");
    private static final List<String> REASONINGS = List.of("no", "budget", "effort");

    private static final Pattern BETAS = Pattern.compile("[A-Za-z0-9._, -]{1,1000}");

    private String version = "2023-06-01";
    private long maxTokens = 8192;
    private boolean sampling = true;
    private boolean forcedTools = true;
    private String reasoning = "no";
    private boolean systemTurns = true;

    /** The version of the API ({@code anthropic-version}). */
    public void setVersion(String version) {
        this.version = version;
    }

    /** The most tokens of an answer where the client set no bound: the API wants one. */
    public void setMaxTokens(long maxTokens) {
        if (maxTokens < 1) {
            throw new IllegalArgumentException("maxTokens is " + maxTokens + "; it must be positive");
        }
        this.maxTokens = maxTokens;
    }

    /** Whether the model takes {@code temperature}, {@code top_p} and {@code top_k}. */
    public void setSampling(boolean sampling) {
        this.sampling = sampling;
    }

    /** Whether the model can be made to call a tool. */
    public void setForcedTools(boolean forcedTools) {
        this.forcedTools = forcedTools;
    }

    /**
     * How the model is told the effort of its reasoning: {@code effort} ({@code output_config.effort}), {@code budget}
     * ({@code thinking.budget_tokens}), or {@code no} where it cannot.
     */
    public void setReasoning(String reasoning) {
        this.reasoning = oneOf("reasoning", reasoning, REASONINGS);
    }

    /**
     * Whether the model takes system messages in mid-conversation; where it does not, they become marked texts of the
     * user's turns.
     */
    public void setSystemTurns(boolean systemTurns) {
        this.systemTurns = systemTurns;
    }

    /** Whether the model goes on with a last message of the assistant ({@code plain}) or refuses it ({@code no}). */
    public void setPrefill(String prefill) {
        oneOf("prefill", prefill, PREFILLS);
    }

    private static String oneOf(String name, String value, List<String> allowed) {
        if (!allowed.contains(value)) {
            throw new IllegalArgumentException(name + " is '" + value + "'; " + allowed + " are allowed");
        }
        return value;
    }

    @Override
    protected void authorize(Message message) {
        message.setHeader("anthropic-version", version);
        if (!key().isEmpty()) {
            message.setHeader("x-api-key", key());
        }
    }

    /** The betas that a client wants; without them the API refuses their fields. */
    @Override
    protected void pass(CallHeaders from, Message message) {
        String betas = from.get("anthropic-beta");
        if (betas != null && BETAS.matcher(betas).matches()) {
            message.setHeader("anthropic-beta", betas);
        }
    }

    @Override
    protected ToolNames.Rule toolNames() {
        return ToolNames.Rule.ANTHROPIC;
    }

    @Override
    protected byte[] encode(Call call, String model) {
        AnthropicRequest request = new AnthropicRequest(
                call,
                requestOf(call, Set.of()),
                new AnthropicRequest.Model(model, maxTokens, sampling, forcedTools, reasoning, systemTurns),
                field -> parameters().leaveOut(call, field),
                field -> parameters().inWords(call, field));
        return Json.write(request.tree());
    }

    @Override
    protected Object decode(Call call, byte[] body) {
        ObjectNode completion = AnthropicAnswer.completion(call, treeOf(call, body));
        return new Answer(null, completion);
    }

    @Override
    protected WireStream decodeStream(Call call, WireSource source, SseReader events) {
        return new AnthropicStream(call, source, events);
    }
}
