package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.testkit.Dialect;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a client of OpenAI's dialect hears of one answer, whole or streamed, through the shipped route of a model: its pieces put
 * together as clients do.
 */
final class Heard {

    private final StringBuilder content = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final StringBuilder refusal = new StringBuilder();
    private final Map<Integer, String[]> calls = new TreeMap<>();
    final List<String> finishReasons = new ArrayList<>();
    final List<JsonNode> events = new ArrayList<>();
    byte[] bytes = new byte[0];
    Problem problem;
    Call call;

    /** A model of a dialect that is asked whatever it does, for all tests of the process. */
    private record Started(FakeUpstream upstream, ModelRoutes routes) {
        static Started of(Dialect dialect) {
            try {
                FakeUpstream upstream = FakeUpstream.start();
                Map<String, String> parameters = new HashMap<>();
                parameters.put("baseUrl", dialect.baseUrl(upstream.port()));
                parameters.put("key", "k");
                parameters.put("unsupported", "drop");
                parameters.put("minimumNumberOfCalls", "100000");
                parameters.put("slidingWindowSize", "100000");
                parameters.put("maxRest", "0");
                return new Started(upstream, ModelRoutes.start(dialect.template(), parameters));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static final Map<Dialect, Started> STARTED = new EnumMap<>(Dialect.class);

    /** Asks a model of that dialect whose provider replies so; more of the request stands in front of its messages. */
    static synchronized Heard ask(Dialect dialect, boolean stream, Reply reply, String more) {
        Started started = STARTED.computeIfAbsent(dialect, Started::of);
        started.upstream.reset().always(reply);
        return ask(started.routes, stream, more);
    }

    static Heard ask(ModelRoutes routes, boolean stream, String more) {
        Heard heard = new Heard();
        heard.call = Tries.chat(
                "{'model':'x','stream':" + stream + "," + more + "'messages':[{'role':'user','content':'Hi'}]}");
        Exception failure = routes.ask(heard.call, heard::read).getException();
        heard.problem = failure == null ? null : Problem.from(failure);
        return heard;
    }

    private void read(Object body) throws Exception {
        if (body instanceof TokenStream stream) {
            try (stream) {
                for (StreamEvent event = stream.next(); event != null; event = stream.next()) {
                    take(Json.read(event.data()), "delta");
                }
            }
        } else {
            bytes = ((Answer) body).bytes();
            take(Json.read(bytes), "message");
        }
    }

    private void take(JsonNode json, String field) {
        events.add(json);
        for (JsonNode choice : json.path("choices")) {
            JsonNode said = choice.path(field);
            append(content, said.path("content"));
            append(reasoning, said.path("reasoning_content"));
            append(refusal, said.path("refusal"));
            int position = 0;
            for (JsonNode piece : said.path("tool_calls")) {
                String[] one =
                        calls.computeIfAbsent(piece.path("index").asInt(position++), i -> new String[] {"", "", ""});
                one[0] += piece.path("id").asText("");
                one[1] += piece.path("function").path("name").asText("");
                JsonNode arguments = piece.path("function").path("arguments");
                one[2] += arguments.isTextual()
                        ? arguments.textValue()
                        : arguments.isMissingNode() ? "" : "?" + arguments;
            }
            if (choice.path("finish_reason").isTextual()) {
                finishReasons.add(choice.get("finish_reason").textValue());
            }
        }
    }

    private static void append(StringBuilder text, JsonNode piece) {
        if (!piece.isMissingNode() && !piece.isNull()) {
            text.append(piece.isTextual() ? piece.textValue() : "?" + piece);
        }
    }

    String content() {
        return content.toString();
    }

    String reasoning() {
        return reasoning.toString();
    }

    String refusal() {
        return refusal.toString();
    }

    /** Each call as its name and arguments; an id that is not told first. */
    String calls() {
        StringBuilder all = new StringBuilder();
        calls.values().forEach(one -> all.append(one[0].isEmpty() ? "NO ID " : "")
                .append(one[1])
                .append(one[2])
                .append(';'));
        return all.toString();
    }

    List<String> ids() {
        return calls.values().stream().map(one -> one[0]).toList();
    }

    /** Apostrophes for quotes. */
    static Reply json(String body) {
        return Reply.json(200, body.replace('\'', '"'));
    }

    static Reply body(String contentType, String body) {
        return Reply.of(200, contentType, body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }
}
