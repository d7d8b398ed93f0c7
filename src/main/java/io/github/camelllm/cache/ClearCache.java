package io.github.camelllm.cache;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.config.Shown;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code DELETE /v1/cache?…}: drops the kept answers to which all that the query says applies, here and in all gateways
 * that share answers, and says how many; 503 when not all of them can have been. For admins' keys alone: where the gateway asks
 * for no keys, nobody is one.
 *
 * <pre>{@code
 * model=gpt-4o-mini   answers of that model        task=factual   answers for that task
 * tenant=acme         answers to its calls         key=…          the answer of that X-LLM-Cache-Key
 * template=greeting   to prompts of that template  tag=faq        to prompts with that tag
 * template=greeting@2 to those of that version     all=true       everything
 * }</pre>
 */
public final class ClearCache implements Processor {

    /** The exchange property with the query as it came, still encoded. */
    public static final String QUERY = "llm.cache.query";

    private static final Logger LOG = LoggerFactory.getLogger(ClearCache.class);
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String ALLOWED =
            "model, tenant, task, template, tag, key, or all=true is expected, as in DELETE /v1/cache?model=gpt-4o-mini";

    @Override
    public void process(Exchange exchange) {
        Call call = Calls.of(exchange);
        if (!call.getIdentity().admin()) {
            throw Problem.of(
                    ErrorCode.ADMIN_KEY_NEEDED,
                    "The cache is cleared by an admin's key alone (admin: true in keys.yaml).");
        }
        String query = exchange.getProperty(QUERY, "", String.class);
        what(query);
        ObjectNode done = Json.object().put("object", "cache.cleared");
        long memory = 0;
        boolean everywhere = true;
        for (Cache cache : exchange.getContext().getRegistry().findByType(Cache.class)) {
            Cache.Cleared cleared = cache.clear(query);
            memory += cleared.memory();
            everywhere &= cleared.everywhere();
            cleared.shared().ifPresent(elsewhere -> done.put(
                            "shared", done.path("shared").asLong(0) + elsewhere.values())
                    .put("gateways", elsewhere.gateways()));
        }
        String key = call.getIdentity().keyId();
        if (!everywhere) {
            throw Problem.of(
                            ErrorCode.STORE_UNAVAILABLE,
                            "The " + memory + " answers of this gateway are cleared; those that gateways share are not,"
                                    + " or not all, as the shared cache does not answer. Ask again once it does.")
                    .withRetryAfter(SOON)
                    .withDetail("the Redis of llm.cache.store, or llm.store, cannot be reached; asked by key " + key);
        }
        LOG.info("{} cached answers were cleared by key {}: {}", memory, key, done);
        exchange.getMessage().setBody(new Answer(null, done.put("cleared", memory)));
    }

    /**
     * What a query wants to be dropped.
     *
     * @param all whether that is everything
     */
    record What(Predicate<Kept> which, boolean all) {}

    /** @throws Problem {@code invalid_request} naming what is wrong with the query */
    static What what(String query) {
        Predicate<Kept> which = which(query);
        return new What(which, query.matches("&*all=true&*"));
    }

    private static Predicate<Kept> which(String query) {
        Predicate<Kept> all = kept -> true;
        boolean said = false;
        for (String pair : query.split("&")) {
            if (!pair.isEmpty()) {
                all = all.and(one(pair));
                said = true;
            }
        }
        if (!said) {
            throw Problem.of(ErrorCode.INVALID_REQUEST, "Nothing says what is to be cleared; " + ALLOWED + ".");
        }
        return all;
    }

    private static Predicate<Kept> one(String pair) {
        int at = pair.indexOf('=');
        String name = at < 0 ? pair : pair.substring(0, at);
        String value = at < 0 ? "" : decoded(pair.substring(at + 1));
        if (value.isBlank()) {
            throw Problem.invalid(name, "The parameter " + shown(name) + " has no value; " + ALLOWED + ".");
        }
        return switch (name) {
            case "model" -> is(Kept::model, value);
            case "tenant" -> is(Kept::tenant, value);
            case "task" -> is(Kept::task, value);
            case "key" -> is(kept -> kept.question().id(), value);
            case "template" -> kept -> kept.labels().isOf(value);
            case "tag" -> kept -> kept.labels().tags().contains(value);
            case "all" -> {
                if (!value.equals("true")) {
                    throw Problem.invalid("all", "all is not true; " + ALLOWED + ".");
                }
                yield kept -> true;
            }
            default -> throw Problem.invalid(name, "The parameter " + shown(name) + " is not known; " + ALLOWED + ".");
        };
    }

    private static String shown(String name) {
        return Shown.text(name);
    }

    private static Predicate<Kept> is(Function<Kept, String> what, String value) {
        return kept -> value.equals(what.apply(kept));
    }

    private static String decoded(String value) {
        try {
            return URLDecoder.decode(value, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Problem.of(ErrorCode.INVALID_REQUEST, "The query is not well encoded; " + ALLOWED + ".");
        }
    }
}
