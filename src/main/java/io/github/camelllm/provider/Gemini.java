package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.ToolNames;
import io.github.camelllm.call.Usage;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * Google's dialect: {@code generateContent} of the Gemini API, whole and streamed. Requests are translated by {@link
 * GeminiRequest}, answers by {@link GeminiAnswer}, streams by {@link GeminiStream}.
 */
public final class Gemini extends WireStep {

    private static final List<String> PREFILLS = List.of("no", "plain");

    private boolean goesOn;
    private GeminiThinking thinking = GeminiThinking.of("minimal,low,medium,high");

    /**
     * How {@code reasoning_effort} is said: {@code budget} in tokens (Gemini 2.5), {@code no} where it cannot be, else the
     * levels that the model knows, lowest first ({@code low,medium,high}).
     */
    public void setThinking(String thinking) {
        this.thinking = GeminiThinking.of(thinking);
    }

    /**
     * Whether the model goes on with an answer that the request begins ({@code plain}, the last content is the model's) or
     * not ({@code no}): from Gemini 3.5 on a request that ends with the model's turn is refused.
     */
    public void setPrefill(String prefill) {
        if (!PREFILLS.contains(prefill)) {
            throw new IllegalArgumentException("prefill is '" + prefill + "'; " + PREFILLS + " are allowed");
        }
        this.goesOn = prefill.equals("plain");
    }

    @Override
    protected void authorize(Message message) {
        if (!key().isEmpty()) {
            message.setHeader("x-goog-api-key", key());
        }
    }

    /** The model and the method stand in the path. */
    @Override
    protected void address(Message message, String model, boolean stream) {
        String name = URLEncoder.encode(model, StandardCharsets.UTF_8).replace("+", "%20");
        message.setHeader(
                Exchange.HTTP_PATH, "/models/" + name + (stream ? ":streamGenerateContent" : ":generateContent"));
        if (stream) {
            message.setHeader(Exchange.HTTP_QUERY, "alt=sse");
        }
    }

    @Override
    protected ToolNames.Rule toolNames() {
        return ToolNames.Rule.GEMINI;
    }

    @Override
    protected byte[] encode(Call call, String model) {
        return Json.write(new GeminiRequest(
                        call, requestOf(call, Set.of()), param -> parameters().leaveOut(call, param), thinking, goesOn)
                .translate());
    }

    @Override
    protected Object decode(Call call, byte[] body) {
        GeminiAnswer answer = new GeminiAnswer(call, treeOf(call, body));
        ObjectNode tree = answer.translate();
        Usage usage = answer.usage();
        call.used(usage != null ? usage : Usage.estimate(call.promptEstimate(), answer.outputEstimate()));
        return new Answer(null, tree);
    }

    @Override
    protected WireStream decodeStream(Call call, WireSource source, SseReader events) {
        return new GeminiStream(call, source, events);
    }
}
