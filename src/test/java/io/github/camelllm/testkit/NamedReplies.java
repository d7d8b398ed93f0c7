package io.github.camelllm.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replies that a request orders by the model it names, for tests that run many requests at once and cannot queue replies.
 *
 * <table>
 * <caption>Names; N is a number. Those that end in an event count are about streams.</caption>
 * <tr><td>{@code fake-status-N}</td><td>the provider's error object with that status</td></tr>
 * <tr><td>{@code fake-html-N}</td><td>an HTML page with that status</td></tr>
 * <tr><td>{@code fake-empty}, {@code fake-bad-json}</td><td>200 with no body, with half a JSON object</td></tr>
 * <tr><td>{@code fake-hang-up}, {@code fake-reset}, {@code fake-silent}</td><td>FIN, RST, nothing at all</td></tr>
 * <tr><td>{@code fake-wait-N}</td><td>the regular answer, its head N ms late</td></tr>
 * <tr><td>{@code fake-pace-N}</td><td>the regular stream, N ms between events</td></tr>
 * <tr><td>{@code fake-words-N}</td><td>an answer of N words</td></tr>
 * <tr><td>{@code fake-cut-N}, {@code fake-rst-N}, {@code fake-stall-N}</td><td>FIN, RST, nothing more after N events</td></tr>
 * <tr><td>{@code fake-garbage-N}, {@code fake-error-N}</td><td>an event of no JSON, an error object, after N events</td></tr>
 * <tr><td>{@code fake-no-done}, {@code fake-no-usage}, {@code fake-no-finish}</td><td>a stream without it; at Anthropic {@code message_stop} is its {@code [DONE]}</td></tr>
 * </table>
 */
final class NamedReplies {

    /** An order, and its number. */
    static final Pattern NAME = Pattern.compile("fake-([a-z]+(?:-[a-z]+)*)(?:-(\\d+))?");

    private NamedReplies() {}

    /**
     * The reply that a model's name orders.
     *
     * @return null when the name orders none
     * @throws IllegalArgumentException when it begins like one that does
     */
    static Reply find(JsonNode request) {
        return find(request, Reply::error, NamedReplies::answer);
    }

    /** What makes an answer of its own wire format with a fault, by the fault's name and number. */
    interface Faulty {
        Reply answer(JsonNode request, String order, int n);
    }

    /** The same in another wire format, whose errors by status and faulty answers are given. */
    static Reply find(JsonNode request, IntFunction<Reply> error, Faulty faulty) {
        String name = request.path("model").asText();
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            return null;
        }
        int n = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
        Reply broken = matcher.group(1).equals("status") ? error.apply(n) : broken(matcher.group(1), n);
        return broken != null ? broken : faulty.answer(request, matcher.group(1), n);
    }

    /** The reply that is none in any dialect; null when the order is about an answer. */
    static Reply broken(String order, int n) {
        return switch (order) {
            case "html" -> Reply.html(n);
            case "empty" -> Reply.of(200, "application/json", new byte[0]);
            case "bad-json" -> Reply.of(200, "application/json", "{\"id\":".getBytes(StandardCharsets.UTF_8));
            case "hang-up" -> Reply.hangUp(Cut.FIN);
            case "reset" -> Reply.hangUp(Cut.RST);
            case "silent" -> Reply.silence();
            default -> null;
        };
    }

    private static Reply answer(JsonNode request, String order, int n) {
        ChatScript script = OpenAiWire.script(request);
        switch (order) {
            case "wait":
                return whole(request, script).headersAfter(Duration.ofMillis(n));
            case "words":
                return whole(request, words(request, n));
            case "no-done":
                return Reply.sse(script.withoutDone().sse());
            case "no-usage":
                return whole(request, script.withoutUsage());
            case "no-finish":
                return whole(request, script.finish(null));
            default:
                return streamed(order, n, script.sse(), OpenAiWire.errorBody(500, "The server had an error"));
        }
    }

    /** A regular stream with the fault that a name orders. */
    static Reply streamed(String order, int n, Sse sse, String error) {
        switch (order) {
            case "pace":
                return Reply.sse(sse.every(Duration.ofMillis(n)));
            case "cut":
                return Reply.sse(sse.cutAfter(n, Cut.FIN));
            case "rst":
                return Reply.sse(sse.cutAfter(n, Cut.RST));
            case "stall":
                return Reply.sse(sse.stallAfter(n));
            case "garbage":
                return Reply.sse(sse.insert(n, "}{ not JSON"));
            case "error":
                return Reply.sse(sse.insert(n, error).endAfter(n + 1));
            default:
                throw new IllegalArgumentException("no reply goes by the name of fake-" + order);
        }
    }

    private static ChatScript words(JsonNode request, int n) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            words.add("word" + i + " ");
        }
        return ChatScript.of(words)
                .model(request.path("model").asText())
                .streamUsage(request.at("/stream_options/include_usage").asBoolean());
    }

    private static Reply whole(JsonNode request, ChatScript script) {
        return request.path("stream").asBoolean() ? Reply.sse(script.sse()) : Reply.json(200, script.json());
    }
}
