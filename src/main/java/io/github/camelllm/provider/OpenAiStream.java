package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.Problem;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;

/**
 * A stream of chat completion chunks. It is whole once every choice that was begun has given its finish reason; the
 * {@code [DONE]} that should follow only ends the waiting.
 */
final class OpenAiStream extends WireStream {

    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_CHOICES = 1024;

    private final Call call;
    private final WireSource source;
    private final SseReader events;
    private final boolean usageWanted;
    private final BitSet begun = new BitSet();
    private final BitSet finished = new BitSet();

    OpenAiStream(Call call, WireSource source, SseReader events) {
        super(call, source);
        this.call = call;
        this.source = source;
        this.events = events;
        this.usageWanted = call.getRequest().wantsStreamUsage();
    }

    @Override
    protected StreamEvent read() throws IOException {
        for (byte[] data = nextData(); data != null; data = nextData()) {
            if (Arrays.equals(data, DONE)) {
                return end("ended its stream without a finish reason");
            }
            StreamEvent event = new StreamEvent(data);
            JsonNode json = event.json();
            if (json.path("error").isObject()) {
                throw Refusals.upstream(call.getModel(), "failed in the middle of its answer", null)
                        .withDetail(ErrorAnswers.reason(json.path("error"), "an error object in the stream"));
            }
            if (json.isObject() && note(json)) {
                return event;
            }
        }
        return end("broke off its stream");
    }

    private byte[] nextData() throws IOException {
        if (!whole()) {
            return events.next();
        }
        source.hurry();
        try {
            return events.next();
        } catch (SocketTimeoutException e) {
            return null; // neither usage nor [DONE] will come, and nothing of the answer is missing
        }
    }

    private boolean whole() {
        return !begun.isEmpty() && begun.equals(finished);
    }

    private StreamEvent end(String otherwise) {
        if (!whole()) {
            Problem cut = Refusals.upstream(call.getModel(), otherwise, null);
            throw cut.withDetail(
                    "finish reasons for " + finished.cardinality() + " of " + begun.cardinality() + " choices begun");
        }
        return null;
    }

    /** Takes from a chunk what the record needs; false when the client should not see it. */
    private boolean note(JsonNode chunk) {
        JsonNode choices = chunk.path("choices");
        for (JsonNode choice : choices) {
            int index = Math.floorMod(choice.path("index").asInt(0), MAX_CHOICES);
            begun.set(index);
            estimateOutput(OpenAi.textTokens(choice.path("delta")));
            String reason = choice.path("finish_reason").textValue();
            if (reason != null) {
                finished.set(index);
                call.finishReason(reason);
            }
        }
        Usage usage = OpenAi.usageOf(chunk.path("usage"));
        if (usage != null) {
            call.used(usage);
        }
        return usageWanted || !(usage != null && choices.isEmpty());
    }
}
