package io.github.camelllm.call;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/**
 * What is known of a call once it is over: the one record that logs, metrics, ledgers and audits are made of. No
 * plaintext: neither prompt nor completion nor key.
 *
 * @param callId the gateway's own name for the call: no two calls share it
 * @param requestId the call's id, which clients may choose
 * @param traceId the trace it belonged to
 * @param receivedAt when it came in
 * @param operation {@code chat} or {@code embeddings}
 * @param who the caller
 * @param asked the model or alias the client asked for; null when it named none, or something that is no name
 * @param task what the client said the task was; null when it said none
 * @param stream whether the answer was streamed
 * @param model the model that answered, or was tried last; null when none was
 * @param provider whose model that is; null likewise
 * @param usage the tokens of the answer; {@link Usage#NONE} when no model was reached
 * @param cost what all attempts cost together, in dollars; null when it is not known
 * @param latencyNanos from the request's arrival to the end of the answer
 * @param firstTokenNanos from the request's arrival to the first token of a stream; -1 when there was none
 * @param upstreamNanos the part of the time to the first byte that was spent waiting for models, and between tries
 * @param firstByteNanos from the request's arrival to the moment its answer could begin; -1 when it never could
 * @param finishReason why the model stopped; null when it did not say
 * @param cache what the cache had to say
 * @param attempts the models tried, in order
 * @param status the HTTP status that the outcome stands for; 499 when the client left
 * @param errorCode the error's code; null when the call went well
 * @param degraded how the answer falls short of a model's: {@code stale}, {@code static} or {@code queued}; null when it
 *     does not
 * @param degradedBy the code of the error that it stands in for; null when the answer is not degraded
 * @param recovery how a stream that broke off was made whole: {@code continued} or {@code restarted}; null when none was
 * @param warnings what was left out or done otherwise than asked; never null
 * @param flags what checks have found in the request or the answer, each a short name; never null
 * @param hit how the cache has answered, and what that saved; null when it has not
 * @param classification how confidential the call was by what was found in it: {@code public}, {@code internal}, ...
 * @param redactions what was found in it, and what was done with that; never null
 * @param guard what the guard has found in the request; null when nothing
 * @param promptHash SHA-256 of the request's messages or input as the model was to get them, in hexadecimal; null when there was no JSON to hash
 */
public record FinishedCall(
        String callId,
        String requestId,
        String traceId,
        Instant receivedAt,
        String operation,
        Identity who,
        String asked,
        String task,
        boolean stream,
        String model,
        String provider,
        Usage usage,
        BigDecimal cost,
        long latencyNanos,
        long firstTokenNanos,
        long upstreamNanos,
        long firstByteNanos,
        String finishReason,
        String cache,
        List<Try> attempts,
        int status,
        String errorCode,
        String degraded,
        String degradedBy,
        String recovery,
        List<String> warnings,
        List<String> flags,
        CacheHit hit,
        String classification,
        List<Redaction> redactions,
        GuardNote guard,
        String promptHash) {

    /**
     * One attempt.
     *
     * @param model the model tried
     * @param provider whose it is
     * @param waitedNanos until it began to answer or refused; -1 when it did neither
     * @param status the provider's status; 0 when there was none
     * @param errorCode why it failed; null when it did not
     * @param failure how the upstream failed: a name of {@link io.github.camelllm.problem.UpstreamFailure} in lower case;
     *     null when it did not
     * @param cause the same in more words, for operators; null when it did not fail, or when the words may quote the
     *     request
     * @param usage what it used and may be billed for, whether it gave the answer or not; null when nothing is known
     * @param cost what that costs in dollars; null when it is not known
     */
    public record Try(
            String model,
            String provider,
            long waitedNanos,
            int status,
            String errorCode,
            String failure,
            String cause,
            Usage usage,
            BigDecimal cost) {}

    /** Whether the client got a whole answer. */
    public boolean ok() {
        return errorCode == null;
    }

    /** The same record with the prompt's hash. */
    public FinishedCall withPromptHash(String hash) {
        return new FinishedCall(
                callId,
                requestId,
                traceId,
                receivedAt,
                operation,
                who,
                asked,
                task,
                stream,
                model,
                provider,
                usage,
                cost,
                latencyNanos,
                firstTokenNanos,
                upstreamNanos,
                firstByteNanos,
                finishReason,
                cache,
                attempts,
                status,
                errorCode,
                degraded,
                degradedBy,
                recovery,
                warnings,
                flags,
                hit,
                classification,
                redactions,
                guard,
                hash);
    }

    /** The record as a JSON object: snake_case names, milliseconds with fractions. */
    public ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.put("time", receivedAt.toString());
        json.put("call_id", callId);
        json.put("request_id", requestId);
        json.put("trace_id", traceId);
        json.put("operation", operation);
        json.put("key_id", who.keyId());
        json.put("tenant", who.tenant());
        json.put("user", who.user());
        json.put("team", who.team());
        json.put("tier", who.tier());
        json.put("asked", asked);
        json.put("task", task);
        json.put("stream", stream);
        json.put("model", model);
        json.put("provider", provider);
        json.put("input_tokens", usage.inputTokens());
        json.put("output_tokens", usage.outputTokens());
        json.put("cached_input_tokens", usage.cachedInputTokens());
        json.put("cache_write_tokens", usage.cacheWriteTokens());
        json.put("reasoning_tokens", usage.reasoningTokens());
        json.put("tokens_estimated", usage.estimated());
        json.put("cost_usd", cost);
        json.put("latency_ms", millis(latencyNanos));
        json.put("time_to_first_token_ms", millis(firstTokenNanos));
        json.put("upstream_ms", millis(upstreamNanos));
        json.put("finish_reason", finishReason);
        json.put("cache", cache);
        if (hit != null) {
            ObjectNode given = json.putObject("hit");
            given.put("tier", hit.tier());
            given.put("store", hit.store());
            given.put("age_s", hit.ageSeconds());
            given.put("similarity", Math.round(hit.similarity() * 1e4) / 1e4);
            given.put("input_tokens", hit.usage().inputTokens());
            given.put("output_tokens", hit.usage().outputTokens());
            given.put("saved_usd", hit.saved());
        }
        ArrayNode tries = json.putArray("attempts");
        for (Try attempt : attempts) {
            ObjectNode node = tries.addObject();
            node.put("model", attempt.model());
            node.put("provider", attempt.provider());
            node.put("waited_ms", millis(attempt.waitedNanos()));
            node.put("status", attempt.status() == 0 ? null : attempt.status());
            node.put("error_code", attempt.errorCode());
            node.put("failure", attempt.failure());
            node.put("cause", attempt.cause());
            if (attempt.usage() != null) {
                node.put("input_tokens", attempt.usage().inputTokens());
                node.put("output_tokens", attempt.usage().outputTokens());
                node.put("cached_input_tokens", attempt.usage().cachedInputTokens());
                node.put("cache_write_tokens", attempt.usage().cacheWriteTokens());
                node.put("reasoning_tokens", attempt.usage().reasoningTokens());
                node.put("tokens_estimated", attempt.usage().estimated());
                node.put("cost_usd", attempt.cost());
            }
        }
        json.put("status", status);
        json.put("error_code", errorCode);
        json.put("degraded", degraded);
        json.put("degraded_by", degradedBy);
        json.put("recovery", recovery);
        ArrayNode warned = json.putArray("warnings");
        warnings.forEach(warned::add);
        json.put("classification", classification);
        ArrayNode found = json.putArray("redactions");
        for (Redaction redaction : redactions) {
            found.addObject()
                    .put("type", redaction.type())
                    .put("direction", redaction.direction())
                    .put("action", redaction.action())
                    .put("count", redaction.count());
        }
        if (guard != null) {
            ObjectNode noted = json.putObject("guard");
            noted.put("action", guard.action());
            noted.put("score", Math.round(guard.score() * 1e3) / 1e3);
            noted.put("place", guard.place());
            ArrayNode rules = noted.putArray("rules");
            guard.rules().forEach(rules::add);
        }
        ArrayNode flagged = json.putArray("flags");
        flags.forEach(flagged::add);
        json.put("prompt_sha256", promptHash);
        return json;
    }

    private static Double millis(long nanos) {
        return nanos < 0 ? null : Math.round(nanos / 1e3) / 1e3;
    }
}
