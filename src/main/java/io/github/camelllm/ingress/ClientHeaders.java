package io.github.camelllm.ingress;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Message;

/**
 * The client's own headers in a message: routes may read them, and they are still there when the call is over. Credentials are
 * not among them, nor what steers Camel's components or describes the body that has been read.
 */
final class ClientHeaders {

    private static final Set<String> CREDENTIALS =
            Set.of("authorization", "x-api-key", "api-key", "x-goog-api-key", "proxy-authorization", "cookie");

    private static final Set<String> OF_THE_MESSAGE = Set.of(
            "host",
            "connection",
            "keep-alive",
            "content-length",
            "content-type",
            "content-encoding",
            "transfer-encoding",
            "accept",
            "accept-encoding",
            "expect",
            "te",
            "trailer",
            "upgrade",
            "date",
            "server");

    /** What the gateway itself tells in answers: a client that sends it says nothing. */
    private static final Set<String> TOLD = Set.of(
            "x-llm-error",
            "x-llm-status",
            "x-llm-model",
            "x-llm-provider",
            "x-llm-attempts",
            "x-llm-cost-usd",
            "x-llm-degraded",
            "x-llm-warnings",
            "idempotent-replayed");

    private static final String[] STEERING = {"camel", "org.apache.camel", "jms", "kafka.", "breadcrumbid"};

    private ClientHeaders() {}

    /**
     * Makes the headers of a message those that a client has sent, and none of those that Camel has made of its query.
     *
     * @param sent as they were received; one that came twice has a list of values
     */
    static void receive(Message message, Iterable<Map.Entry<String, String>> sent) {
        message.removeHeaders("*");
        for (Map.Entry<String, String> header : sent) {
            String name = header.getKey();
            if (isOwn(name) && !isTold(name)) {
                Object before = message.getHeader(name);
                message.setHeader(name, before == null ? header.getValue() : both(before, header.getValue()));
            }
        }
    }

    private static Object both(Object before, String value) {
        List<Object> all = new ArrayList<>(before instanceof Collection<?> several ? several : List.of(before));
        all.add(value);
        return all;
    }

    /** Takes off a message what is no header of its sender's own. */
    static void keepOwn(Message message) {
        message.getHeaders().keySet().removeIf(name -> !isOwn(name) || isTold(name));
    }

    private static boolean isTold(String name) {
        return TOLD.contains(name.toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    /** Whether a header is the client's or the route author's own, and no part of the protocol. */
    static boolean isOwn(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (CREDENTIALS.contains(lower) || OF_THE_MESSAGE.contains(lower)) {
            return false;
        }
        for (String prefix : STEERING) {
            if (lower.startsWith(prefix)) {
                return false;
            }
        }
        return true;
    }

    /** A copy of what a message says now, to tell later what a route has said. */
    static Map<String, Object> copy(Message message) {
        return message.hasHeaders() ? new HashMap<>(message.getHeaders()) : Map.of();
    }

    /** The headers that a route has set since, for the client: texts, numbers and lists of them. */
    static void said(Message message, Map<String, Object> before, Map<String, String> headers) {
        if (!message.hasHeaders()) {
            return;
        }
        message.getHeaders().forEach((name, value) -> {
            if (value != before.get(name) && isOwn(name) && isPlain(value) && !hasName(headers, name)) {
                String text = value instanceof Collection<?> several
                        ? String.join(
                                ", ", several.stream().map(String::valueOf).toList())
                        : value.toString();
                if (text.chars().noneMatch(c -> c < ' ' && c != '\t' || c == 127) && isToken(name)) {
                    headers.put(name, text);
                }
            }
        });
    }

    private static boolean isPlain(Object value) {
        return value instanceof CharSequence
                || value instanceof Number
                || value instanceof Boolean
                || value instanceof Collection<?> several && several.stream().allMatch(ClientHeaders::isPlain);
    }

    private static boolean hasName(Map<String, String> headers, String name) {
        return headers.keySet().stream().anyMatch(name::equalsIgnoreCase);
    }

    private static boolean isToken(String name) {
        return !name.isEmpty()
                && name.chars().allMatch(c -> c > ' ' && c < 127 && "()<>@,;:\\\"/[]?={}".indexOf(c) < 0);
    }
}
