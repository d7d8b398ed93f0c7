package io.github.camelllm.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.FinishedCall;
import io.github.camelllm.call.Usage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A finished call as the ledger keeps it. The record of a call and its line in the call log give the same entry.
 *
 * @param callId the gateway's own name for the call
 * @param receivedAt when it came in, to the microsecond
 * @param finishedAt when it was over, to the microsecond
 * @param operation {@code chat} or {@code embeddings}
 * @param status the HTTP status of the outcome
 * @param errorCode the error's code; null when it went well
 * @param cache what the cache had to say
 * @param degraded how the answer falls short; null when it does not
 * @param charges what was used, by attempt; never empty
 */
record Entry(
        String callId,
        Instant receivedAt,
        Instant finishedAt,
        String operation,
        String keyId,
        String tenant,
        String user,
        String team,
        String tier,
        int status,
        String errorCode,
        String cache,
        String degraded,
        List<Charge> charges) {

    /** The digits that the ledger keeps after the point. */
    static final int SCALE = 20;

    private static final int ID = 64;
    private static final int NAME = 256;
    private static final int WORD = 32;

    /**
     * What one attempt at a model used.
     *
     * @param attempt its number, from 1; 0 stands for a call of which nobody knows that it used anything
     * @param model the model; null when none was chosen
     * @param provider whose it is; null likewise
     * @param usage the tokens
     * @param cost in dollars; null when it is not known
     */
    record Charge(int attempt, String model, String provider, Usage usage, BigDecimal cost) {
        Charge {
            model = text(model, NAME);
            provider = text(provider, NAME);
            if (cost != null) {
                BigDecimal kept = cost.scale() > SCALE ? cost.setScale(SCALE, RoundingMode.HALF_EVEN) : cost;
                cost = kept.signum() == 0 ? BigDecimal.ZERO : kept.stripTrailingZeros();
            }
        }
    }

    Entry {
        callId = needed("callId", callId, ID);
        receivedAt = receivedAt.truncatedTo(ChronoUnit.MICROS);
        finishedAt = finishedAt.truncatedTo(ChronoUnit.MICROS);
        operation = needed("operation", operation, WORD);
        keyId = needed("keyId", keyId, NAME);
        tenant = needed("tenant", tenant, NAME);
        user = needed("user", user, NAME);
        team = needed("team", team, NAME);
        tier = needed("tier", tier, NAME);
        errorCode = text(errorCode, ID);
        cache = text(cache, WORD);
        degraded = text(degraded, WORD);
        charges = List.copyOf(charges);
    }

    /** The entry of a call. */
    static Entry of(FinishedCall call) {
        List<Charge> charges = new ArrayList<>(1);
        int attempt = 0;
        for (FinishedCall.Try tried : call.attempts()) {
            attempt++;
            if (tried.usage() != null) {
                charges.add(new Charge(attempt, tried.model(), tried.provider(), tried.usage(), tried.cost()));
            }
        }
        return new Entry(
                call.callId(),
                call.receivedAt(),
                call.receivedAt().plus(Duration.ofMillis(millis(call.latencyNanos()))),
                call.operation(),
                call.who().keyId(),
                call.who().tenant(),
                call.who().user(),
                call.who().team(),
                call.who().tier(),
                call.status(),
                call.errorCode(),
                call.cache(),
                call.degraded(),
                orNothing(charges, call.model(), call.provider()));
    }

    /**
     * The entry of a line of the call log.
     *
     * @return null when the line is of a version that did not name calls, or no line of the call log at all
     * @throws RuntimeException when a field is not what it should be
     */
    static Entry of(JsonNode line) {
        if (!line.path("call_id").isTextual() || !line.path("time").isTextual()) {
            return null;
        }
        Instant receivedAt = Instant.parse(line.path("time").textValue());
        List<Charge> charges = new ArrayList<>(1);
        int attempt = 0;
        for (JsonNode tried : line.path("attempts")) {
            attempt++;
            if (tried.has("input_tokens")) {
                charges.add(new Charge(
                        attempt, word(tried, "model"), word(tried, "provider"), usage(tried), decimal(tried)));
            }
        }
        return new Entry(
                word(line, "call_id"),
                receivedAt,
                receivedAt.plus(Duration.ofMillis(line.path("latency_ms").longValue())),
                word(line, "operation"),
                word(line, "key_id"),
                word(line, "tenant"),
                word(line, "user"),
                word(line, "team"),
                word(line, "tier"),
                line.path("status").intValue(),
                word(line, "error_code"),
                word(line, "cache"),
                word(line, "degraded"),
                orNothing(charges, word(line, "model"), word(line, "provider")));
    }

    /** Nothing billed is known to have cost nothing. */
    private static List<Charge> orNothing(List<Charge> charges, String model, String provider) {
        return charges.isEmpty() ? List.of(new Charge(0, model, provider, Usage.NONE, BigDecimal.ZERO)) : charges;
    }

    /** As the log writes them: rounded to the microsecond; of which whole milliseconds are enough here. */
    private static long millis(long nanos) {
        return nanos < 0 ? 0 : (long) (Math.round(nanos / 1e3) / 1e3);
    }

    private static Usage usage(JsonNode node) {
        return new Usage(
                count(node, "input_tokens"),
                count(node, "output_tokens"),
                count(node, "cached_input_tokens"),
                count(node, "reasoning_tokens"),
                count(node, "cache_write_tokens"),
                node.path("tokens_estimated").booleanValue());
    }

    private static long count(JsonNode node, String name) {
        return node.path(name).longValue();
    }

    private static BigDecimal decimal(JsonNode node) {
        JsonNode cost = node.path("cost_usd");
        return cost.isNumber() ? cost.decimalValue() : null;
    }

    private static String word(JsonNode node, String name) {
        return node.path(name).textValue();
    }

    /** The text, cut to what the column holds, without what PostgreSQL takes in no text: NUL and halves of pairs. */
    private static String text(String text, int max) {
        if (text == null) {
            return null;
        }
        StringBuilder kept = new StringBuilder(Math.min(max, text.length()));
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            int shown = c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) ? 0xfffd : c;
            if (kept.length() + Character.charCount(shown) > max) {
                break;
            }
            kept.appendCodePoint(shown);
        }
        return kept.toString();
    }

    private static String needed(String name, String text, int max) {
        return text(Objects.requireNonNull(text, name), max);
    }
}
