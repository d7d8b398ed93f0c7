package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Usage;

/**
 * The counts of tokens that a provider reports, as far as they can be true: a count may come as text, and one that is
 * negative, no whole number, or more than the request allows is the gateway's estimate instead.
 */
final class ReportedUsage {

    /** A count that is not there, or is none. */
    static final long UNKNOWN = -1;

    /** No model's context is larger as this is written, but for prompts and answers of which as much can be seen. */
    private static final long MOST = 2_000_000;

    private static final int MAX_DIGITS = 18;

    /** What a tokenizer may add to {@code max_tokens}: the end of the turn, a call's frame. */
    private static final long FRAME = 32;

    private ReportedUsage() {}

    /** One count; {@link #UNKNOWN} for what is none. */
    static long count(JsonNode node) {
        if (node.isNumber()) {
            double value = node.doubleValue();
            return value >= 0 && value < Long.MAX_VALUE && value == Math.rint(value) ? node.longValue() : UNKNOWN;
        }
        String text = node.isTextual() ? node.textValue().strip() : "";
        boolean digits =
                !text.isEmpty() && text.length() <= MAX_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? Long.parseLong(text) : UNKNOWN;
    }

    /** One count of a part, for which none is the same as zero; bounded, so that no sum of them overflows. */
    static long part(JsonNode node) {
        return Math.min(Integer.MAX_VALUE, Math.max(0, count(node)));
    }

    /**
     * The usage behind four counts, each perhaps {@link #UNKNOWN}.
     *
     * @param said the gateway's estimate of the answer so far, for a count that cannot be true
     * @return null where nothing is reported, or nothing but zeros for an answer that says something
     */
    static Usage of(Call call, long input, long output, long cached, long reasoning, long said) {
        if (input == UNKNOWN && output == UNKNOWN || input == 0 && output <= 0 && said > 0) {
            return null;
        }
        boolean inputIsTrue = input != UNKNOWN && (input <= MOST || input / 4 <= call.promptEstimate());
        boolean outputIsTrue = output != UNKNOWN
                && output - Math.max(0, Math.min(output, reasoning)) <= most(call, said)
                && (output <= MOST || output / 4 <= said);
        long in = inputIsTrue ? input : call.promptEstimate();
        long out = outputIsTrue ? output : said;
        return new Usage(
                in,
                out,
                Math.max(0, Math.min(in, cached)),
                Math.max(0, Math.min(out, reasoning)),
                0,
                !inputIsTrue || !outputIsTrue);
    }

    /** The same counts, but for those that cannot be true: they are the gateway's estimate. */
    static Usage believed(Call call, Usage usage, long said) {
        return believed(call, usage, said, true);
    }

    /**
     * @param outputTold whether the provider has told how long its answer is
     */
    static Usage believed(Call call, Usage usage, long said, boolean outputTold) {
        Usage checked = of(
                call,
                usage.inputTokens(),
                outputTold ? usage.outputTokens() : UNKNOWN,
                usage.cachedInputTokens(),
                usage.reasoningTokens(),
                said);
        if (checked == null) {
            return Usage.estimate(call.promptEstimate(), said);
        }
        return checked.estimated()
                ? checked
                : checked.withCacheWrites(usage.cacheWriteTokens(), usage.longCacheWriteTokens());
    }

    /** As much as an answer can have, its reasoning not counted, which some providers leave out of the client's bound. */
    private static long most(Call call, long said) {
        JsonNode request = call.getRequest().tree();
        long bound = Math.max(part(request.path("max_completion_tokens")), part(request.path("max_tokens")));
        long most = bound + bound / 4 + FRAME;
        return bound == 0 ? Long.MAX_VALUE : Math.max(said, most * Math.max(1, part(request.path("n"))));
    }

    /**
     * The usage that a chat completion, an embedding or a chunk reports in OpenAI's words.
     *
     * @param said as above
     */
    static Usage ofOpenAi(Call call, JsonNode usage, long said) {
        long input = count(usage.path("prompt_tokens"));
        long output = count(usage.path("completion_tokens"));
        if (output == UNKNOWN && usage.path("completion_tokens").isMissingNode()) {
            long total = count(usage.path("total_tokens"));
            boolean toldByTotal = input != UNKNOWN && total >= input;
            output = toldByTotal ? total - input : call.getOperation() == Operation.CHAT ? UNKNOWN : 0;
        }
        Usage checked = of(
                call,
                input,
                output,
                count(usage.path("prompt_tokens_details").path("cached_tokens")),
                count(usage.path("completion_tokens_details").path("reasoning_tokens")),
                said);
        return checked == null ? null : checked.withCacheWrites(cacheWrites(usage, checked.inputTokens()));
    }

    /** Of models that charge for it, by any of the names that OpenAI's imitators have for it. */
    private static long cacheWrites(JsonNode usage, long input) {
        JsonNode details = usage.path("prompt_tokens_details");
        for (String name : new String[] {"cache_write_tokens", "cache_creation_tokens"}) {
            if (details.has(name)) {
                return Math.min(input, part(details.get(name)));
            }
        }
        return Math.min(input, part(usage.path("cache_creation_input_tokens")));
    }

    /**
     * Puts into a report what is believed of it, where that is something else.
     *
     * @param holder the completion or chunk whose {@code usage} it is
     * @return whether anything was changed
     */
    static boolean settle(ObjectNode holder, Usage believed) {
        JsonNode reported = holder.path("usage");
        if (!(reported instanceof ObjectNode counts)) {
            boolean odd = !reported.isMissingNode() && !reported.isNull();
            if (odd) {
                holder.putNull("usage");
            }
            return odd;
        }
        if (believed == null) {
            return false;
        }
        boolean changed = put(counts, "prompt_tokens", believed.inputTokens());
        if (counts.has("completion_tokens") || believed.outputTokens() > 0) {
            changed |= put(counts, "completion_tokens", believed.outputTokens());
        }
        if (changed || counts.path("total_tokens").isTextual()) {
            changed |= put(counts, "total_tokens", believed.totalTokens());
        }
        changed |= putPart(counts.path("prompt_tokens_details"), "cached_tokens", believed.cachedInputTokens());
        return changed
                | putPart(counts.path("completion_tokens_details"), "reasoning_tokens", believed.reasoningTokens());
    }

    private static boolean putPart(JsonNode details, String field, long count) {
        JsonNode value = details.path(field);
        return !value.isMissingNode() && !value.isNull() && put((ObjectNode) details, field, count);
    }

    private static boolean put(ObjectNode counts, String field, long count) {
        boolean other = !counts.path(field).isNumber() || count(counts.path(field)) != count;
        if (other) {
            counts.put(field, count);
        }
        return other;
    }
}
