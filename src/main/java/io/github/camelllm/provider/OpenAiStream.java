package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;

/**
 * A stream of chat completion chunks. It is whole once {@code [DONE]} has come and every choice begun has given its finish
 * reason, or once as many choices as were asked for have given theirs: then {@code [DONE]} only ends the waiting.
 */
final class OpenAiStream extends WireStream {

    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_CHOICES = 1024;

    private final Call call;
    private final boolean usageWanted;
    private final int choicesWanted;
    private final BitSet begun = new BitSet();
    private boolean toolsBegun;
    private final BitSet finished = new BitSet();

    OpenAiStream(Call call, WireSource source, SseReader events) {
        super(call, source, events);
        this.call = call;
        this.usageWanted = call.getRequest().wantsStreamUsage();
        this.choicesWanted = Math.max(1, call.getRequest().tree().path("n").asInt(1));
    }

    @Override
    protected StreamEvent read() throws IOException {
        for (byte[] data = nextData(nothingMissing()); data != null; data = nextData(nothingMissing())) {
            if (Arrays.equals(data, DONE)) {
                if (!allFinished()) {
                    throw cut("ended its stream without a finish reason");
                }
                return null;
            }
            StreamEvent event = new StreamEvent(data);
            JsonNode json = event.json();
            if (isError(json)) {
                if (nothingMissing()) {
                    call.warn("an error after the whole answer of " + call.getModel() + " was passed over");
                    return null;
                }
                throw ErrorAnswers.inBand(
                        call.getModel(),
                        "failed in the middle of its answer",
                        ErrorAnswers.errorOf(json),
                        "an error object in the stream");
            }
            if (!json.isObject()) {
                skip(toolsBegun);
            } else if (note(json)) {
                return event;
            }
        }
        if (!nothingMissing()) {
            throw cut("broke off its stream");
        }
        return null;
    }

    private boolean allFinished() {
        return !begun.isEmpty() && begun.equals(finished);
    }

    private boolean nothingMissing() {
        return allFinished() && finished.cardinality() >= choicesWanted;
    }

    private static boolean isError(JsonNode json) {
        JsonNode error = json.path("error");
        return error.isObject()
                || error.isTextual()
                || json.path("object").asText("").equals("error");
    }

    private Problem cut(String how) {
        return Refusals.brokenOff(
                call.getModel(),
                how,
                "finish reasons for " + finished.cardinality() + " of " + begun.cardinality() + " choices begun");
    }

    /** Takes from a chunk what the record needs; false when the client should not see it. */
    private boolean note(JsonNode chunk) {
        JsonNode choices = chunk.path("choices");
        for (JsonNode choice : choices) {
            int index = Math.floorMod(choice.path("index").asInt(0), MAX_CHOICES);
            begun.set(index);
            estimateOutput(OpenAi.textTokens(choice.path("delta")));
            toolsBegun |= !choice.path("delta").path("tool_calls").isEmpty();
            String reason = choice.path("finish_reason").textValue();
            if (OpenAi.FAILED.equals(reason)) {
                throw Refusals.inBandError(
                        call.getModel(), "failed in the middle of its answer", "finish_reason is error");
            }
            if (reason != null) {
                finished.set(index);
                call.finishReason(OpenAi.finishReason(choice));
            }
        }
        Usage usage = OpenAi.usageOf(chunk.path("usage"));
        if (usage != null) {
            call.used(usage);
        }
        return usageWanted || !(usage != null && choices.isEmpty());
    }
}
