package io.github.camelllm.cache;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Operation;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What may be kept, for whom and for how long: {@code config/cache.yaml}. Immutable.
 *
 * @param version a word that is part of every name: with another one, nothing kept before is found
 * @param scope who may share an answer
 * @param temperature the highest whose answers are kept
 * @param unset when a request without a temperature is one
 * @param ttl how long an answer is given, where nothing shorter or longer is said; zero keeps none
 * @param tasks the same for tasks ({@code X-LLM-Task}), by names in lower case; zero keeps none
 * @param revalidate for how much longer an answer is given at once while a fresh one is asked for behind it; zero for not
 *     at all
 * @param revalidateTasks the same for tasks, by names in lower case, where they say other than {@code revalidate}
 * @param redacted whether the answer to a request in which personal values were replaced is kept, for its user alone
 * @param embeddings the same for embeddings
 * @param timeWords the longest for a question that has one of {@code words}
 * @param words words and phrases in lower case
 * @param stale how much longer an answer is kept for {@code degrade}
 * @param fallback the longest that an answer is given which stands in for one of a model that could not be asked
 * @param patience how long a call waits for the answer to the same question that another has asked
 * @param maxRequestBytes of a request whose answer is kept
 * @param maxAnswerBytes of an answer that is kept
 * @param readingTools the tools whose calls may be answered from the cache, because they only read
 * @param ignoredFields top-level fields of a request that shape no answer
 * @param fillers words and phrases in lower case that the normalised tier leaves out at both ends of a question
 */
record CacheRules(
        String version,
        Scope scope,
        BigDecimal temperature,
        Unset unset,
        Duration ttl,
        Map<String, Duration> tasks,
        Duration revalidate,
        Map<String, Duration> revalidateTasks,
        Redacted redacted,
        Duration embeddings,
        Duration timeWords,
        List<String> words,
        Duration stale,
        Duration fallback,
        Duration patience,
        long maxRequestBytes,
        long maxAnswerBytes,
        Set<String> readingTools,
        Set<String> ignoredFields,
        List<String> fillers) {

    /** Who may share an answer. */
    enum Scope {
        TENANT,
        USER,
        GLOBAL;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What is made of a request without a temperature, which providers read as 1. */
    enum Unset {
        WITH_SEED,
        KEEP,
        NEVER;

        String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** What is made of a request in which personal values were replaced. */
    enum Redacted {
        USER,
        NEVER;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    CacheRules {
        revalidateTasks = Map.copyOf(revalidateTasks);
        tasks = Map.copyOf(tasks);
        words = List.copyOf(words);
        readingTools = Set.copyOf(readingTools);
        ignoredFields = Set.copyOf(ignoredFields);
        fillers = List.copyOf(fillers);
    }

    /** How long the answer to a call may be given again; zero when it is not to be kept at all. */
    Duration ttl(Call call) {
        ObjectNode request = call.getRequest().tree();
        if (call.getRequest().receivedBytes() > maxRequestBytes) {
            return Duration.ZERO;
        }
        if (call.isRedacted()
                && (redacted == Redacted.NEVER || call.getIdentity().isAnonymous())) {
            return Duration.ZERO; // who is nobody in particular shares with everybody
        }
        if (call.getOperation() == Operation.EMBEDDINGS) {
            return embeddings;
        }
        Duration byTask = tasks.getOrDefault(call.getTask().toLowerCase(Locale.ROOT), ttl);
        if (byTask.isZero() || !isSteady(request) || isLive(request)) {
            return Duration.ZERO;
        }
        return timeWords.compareTo(byTask) < 0 && asksOfNow(call) ? timeWords : byTask;
    }

    private boolean asksOfNow(Call call) {
        return Words.asksOfNow(call.getRequest().tree().path("messages"), words);
    }

    /**
     * For how much longer than its {@link #ttl} the answer to a call may be given while a fresh one is asked for; zero for
     * not at all, as for whatever asks of now and for embeddings, which do not change.
     */
    Duration revalidate(Call call) {
        if (call.getOperation() == Operation.EMBEDDINGS) {
            return Duration.ZERO;
        }
        Duration time = revalidateTasks.getOrDefault(call.getTask().toLowerCase(Locale.ROOT), revalidate);
        return time.isZero() || asksOfNow(call) ? Duration.ZERO : time;
    }

    /** How long past its {@link #ttl} the answer to a call is kept at all. */
    Duration beyond(Call call) {
        Duration time = revalidate(call);
        return time.compareTo(stale) > 0 ? time : stale;
    }

    /** Who may share the answer to a call. */
    Scope scope(Call call) {
        return call.isRedacted() ? Scope.USER : scope;
    }

    /** How long the answer that a call has got may be given again, of the time that its question allows; zero keeps none. */
    Duration ttlOf(Call call, Duration allowed) {
        return fallback.compareTo(allowed) < 0 && call.isFallback() ? fallback : allowed;
    }

    private boolean isSteady(JsonNode request) {
        JsonNode set = request.path("temperature");
        if (set.isNumber()) {
            return set.decimalValue().compareTo(temperature) <= 0;
        }
        return switch (unset) {
            case KEEP -> true;
            case NEVER -> false;
            case WITH_SEED -> request.path("seed").isNumber();
        };
    }

    /** Whether the provider itself looks things up or does them while it answers. */
    private static boolean isLive(JsonNode request) {
        for (JsonNode tool : request.path("tools")) {
            if (!"function".equals(tool.path("type").textValue())) {
                return true;
            }
        }
        return request.has("web_search_options") || request.has("mcp_servers") || request.has("container");
    }
}
