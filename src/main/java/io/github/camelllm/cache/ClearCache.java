package io.github.camelllm.cache;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.config.Shown;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code DELETE /v1/cache?…}: drops the kept answers to which all that the query says applies, here and now. For
 * admins' keys alone: where the gateway asks for no keys, nobody is one.
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
        Predicate<Kept> which = which(query);
        Set<Cache> caches = exchange.getContext().getRegistry().findByType(Cache.class);
        long cleared = caches.stream().mapToLong(cache -> cache.clear(which)).sum();
        LOG.info(
                "{} cached answers were cleared by key {}",
                cleared,
                call.getIdentity().keyId());
        exchange.getMessage()
                .setBody(new Answer(
                        null, Json.object().put("object", "cache.cleared").put("cleared", cleared)));
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
