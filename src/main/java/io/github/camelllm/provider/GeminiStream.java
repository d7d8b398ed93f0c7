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
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A stream of {@code streamGenerateContent} as chat completion chunks. It ends when the response ends, and is whole then if as
 * many candidates as were asked for have given a finish reason. The last one that each gives counts: some give {@code STOP}
 * with every event.
 */
final class GeminiStream extends WireStream {

    private static final int MAX_CANDIDATES = 1024;

    private final Call call;
    private final boolean usageWanted;
    private final int candidatesWanted;
    private final Map<Integer, GeminiCandidate> begun = new HashMap<>();
    private final TreeMap<Integer, String> reasons = new TreeMap<>();
    private final Deque<StreamEvent> ready = new ArrayDeque<>();
    private JsonNode last = Json.object();
    /** Whether the last event with a finish reason said nothing else. */
    private boolean bare;

    private boolean spokeAfterFinish;
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
            byte[] data = nextData(isWhole() && !spokeAfterFinish, false);
            if (data == null) {
                end();
            } else {
                take(new StreamEvent(data).json());
            }
        }
        return ready.poll();
    }

    private boolean isWhole() {
        return reasons.size() >= candidatesWanted && reasons.size() == begun.size();
    }

    private void end() {
        ended = true;
        if (!isWhole()) {
            throw Refusals.brokenOff(
                    call.getModel(),
                    "broke off its stream",
                    "finish reasons for " + reasons.size() + " of " + candidatesWanted + " candidates");
        }
        reasons.forEach((index, reason) -> {
            String finish = begun.get(index).finish(reason);
            call.finishReason(finish);
            ready.add(chunk(index, Json.object(), null, finish));
        });
        Usage usage = reported();
        if (usage != null && usageWanted) {
            ObjectNode chunk = GeminiAnswer.head(call, last, "chat.completion.chunk");
            chunk.putArray("choices");
            chunk.set("usage", GeminiAnswer.usageNode(usage));
            ready.add(new StreamEvent(chunk));
        }
    }

    private void take(JsonNode event) {
        JsonNode error = event.has("candidates") ? event.path("error") : ErrorObjects.of(event);
        if (error.isObject() && isWhole() && bare) {
            call.warn("an error after the whole answer of " + call.getModel() + " was passed over");
            return;
        }
        if (error.isObject()) {
            throw inBand(error);
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
        Usage usage = GeminiAnswer.usageOf(call, event.path("usageMetadata"), outputEstimate());
        if (usage != null) {
            reported(usage);
        }
    }

    private void candidate(JsonNode candidate) {
        int index = Math.floorMod(candidate.path("index").asInt(0), MAX_CANDIDATES);
        GeminiCandidate said = begun.computeIfAbsent(index, i -> new GeminiCandidate(call));
        ObjectNode delta = Json.object();
        if (said.isFirst()) {
            delta.put("role", "assistant");
        }
        int fields = delta.size();
        said.say(candidate, delta, true);
        boolean speaks = delta.size() > fields;
        spokeAfterFinish |= speaks && reasons.containsKey(index);
        JsonNode logprobs = GeminiAnswer.logprobs(candidate);
        if (!delta.isEmpty() || logprobs != null) {
            estimateOutput(OpenAi.textTokens(delta));
            ready.add(chunk(index, delta, logprobs, null));
        }
        String reason = GeminiCandidate.reason(candidate);
        if (!reason.isEmpty()) {
            reasons.put(index, reason);
            bare = !speaks;
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
