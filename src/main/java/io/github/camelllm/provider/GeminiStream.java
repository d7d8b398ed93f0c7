package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.Problem;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * A stream of {@code streamGenerateContent} as chat completion chunks. It is whole once as many candidates as were asked for
 * have given their finish reasons; nothing marks its end but the end of the response.
 */
final class GeminiStream extends WireStream {

    private static final int MAX_CANDIDATES = 1024;

    private final Call call;
    private final boolean usageWanted;
    private final int candidatesWanted;
    private final Map<Integer, GeminiCandidate> begun = new HashMap<>();
    private final BitSet finished = new BitSet();
    private final Deque<StreamEvent> ready = new ArrayDeque<>();
    private JsonNode last = Json.object();
    private Usage usage;
    private boolean ended;

    GeminiStream(Call call, WireSource source, SseReader events) {
        super(call, source, events);
        this.call = call;
        this.usageWanted = call.getRequest().wantsStreamUsage();
        this.candidatesWanted = Math.max(1, call.getRequest().tree().path("n").asInt(1));
    }

    @Override
    protected StreamEvent read() throws IOException {
        while (ready.isEmpty() && !ended) {
            byte[] data = nextData(isWhole());
            if (data == null) {
                end();
            } else {
                take(new StreamEvent(data).json());
            }
        }
        return ready.poll();
    }

    private boolean isWhole() {
        return finished.cardinality() >= candidatesWanted && finished.cardinality() == begun.size();
    }

    private void end() {
        ended = true;
        if (!isWhole()) {
            throw Refusals.brokenOff(
                    call.getModel(),
                    "broke off its stream",
                    "finish reasons for " + finished.cardinality() + " of " + candidatesWanted + " candidates");
        }
        if (usage != null && usageWanted) {
            ObjectNode chunk = GeminiAnswer.head(call, last, "chat.completion.chunk");
            chunk.putArray("choices");
            chunk.set("usage", GeminiAnswer.usageNode(usage));
            ready.add(new StreamEvent(chunk));
        }
    }

    private void take(JsonNode event) {
        JsonNode error = ErrorAnswers.errorOf(event);
        if (error.isObject() && isWhole()) {
            call.warn("an error after the whole answer of " + call.getModel() + " was passed over");
            return;
        }
        if (error.isObject()) {
            throw ErrorAnswers.inBand(
                    call.getModel(), "failed in the middle of its answer", error, "an error object in the stream");
        }
        if (!event.isObject()) {
            skip(false); // each event of this dialect has its tool calls whole
            return;
        }
        JsonNode candidates = event.path("candidates");
        Problem blocked = candidates.isEmpty() ? GeminiAnswer.blocked(call, event) : null;
        if (blocked != null) {
            throw blocked;
        }
        last = event;
        for (JsonNode candidate : candidates) {
            candidate(candidate);
        }
        Usage reported = GeminiAnswer.usageOf(event.path("usageMetadata"));
        if (reported != null && (isWhole() || event.path("usageMetadata").has("candidatesTokenCount"))) {
            usage = reported;
            call.used(reported);
        }
    }

    private void candidate(JsonNode candidate) {
        int index = Math.floorMod(candidate.path("index").asInt(0), MAX_CANDIDATES);
        if (finished.get(index)) {
            return;
        }
        boolean first = !begun.containsKey(index);
        GeminiCandidate said = begun.computeIfAbsent(index, i -> new GeminiCandidate(call));
        ObjectNode delta = Json.object();
        if (first) {
            delta.put("role", "assistant");
        }
        said.say(candidate, delta, true);
        JsonNode logprobs = GeminiAnswer.logprobs(candidate);
        if (!delta.isEmpty() || logprobs != null) {
            estimateOutput(OpenAi.textTokens(delta));
            ready.add(chunk(index, delta, logprobs, null));
        }
        String reason = candidate.path("finishReason").asText("");
        if (!reason.isEmpty()) {
            String finish = said.finish(reason);
            finished.set(index);
            call.finishReason(finish);
            ready.add(chunk(index, Json.object(), null, finish));
        }
    }

    private StreamEvent chunk(int index, ObjectNode delta, JsonNode logprobs, String finish) {
        ObjectNode chunk = GeminiAnswer.head(call, last, "chat.completion.chunk");
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", index);
        choice.set("delta", delta);
        choice.set("logprobs", logprobs);
        choice.put("finish_reason", finish);
        return new StreamEvent(chunk);
    }
}
