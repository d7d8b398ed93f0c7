package io.github.camelllm.call.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.PartialJson;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Function;

/** A stream whose texts pass through filters: see {@link AnswerTexts#rewrite(TokenStream, Function)}. */
final class FilteredStream extends TokenStream {

    private static final TextFilter NONE = new TextFilter() {
        @Override
        public String push(String piece) {
            return piece;
        }

        @Override
        public String end() {
            return "";
        }
    };

    private final TokenStream source;
    private final Function<AnswerPlace, TextFilter> filters;
    private final Map<AnswerPlace, TextFilter> open = new LinkedHashMap<>();
    private final Set<AnswerPlace> begun = new HashSet<>();
    private final Map<AnswerPlace, PartialJson> arguments = new HashMap<>();
    private final Deque<StreamEvent> ready = new ArrayDeque<>();
    /** What has come of the texts of the delta in hand; filled by {@link #isChanged} for {@link #change}. */
    private final Map<AnswerPlace, String> filtered = new LinkedHashMap<>();

    private boolean changed;
    private ObjectNode head = Json.object();
    private RuntimeException failure;
    private boolean ended;

    FilteredStream(TokenStream source, Function<AnswerPlace, TextFilter> filters) {
        this.source = source;
        this.filters = filters;
    }

    @Override
    protected StreamEvent pull() {
        while (ready.isEmpty() && !ended) {
            read();
        }
        if (ready.isEmpty() && failure != null) {
            throw failure;
        }
        return ready.poll();
    }

    @Override
    protected void release() {
        source.close();
    }

    private void read() {
        StreamEvent event;
        try {
            event = source.next();
        } catch (CancellationException e) {
            throw e;
        } catch (RuntimeException e) {
            event = null;
            failure = e;
        }
        if (event == null) {
            ended = true;
            filtered.clear();
            end();
            return;
        }
        try {
            pass(event);
        } catch (RuntimeException e) {
            failure = e; // a filter says that the answer must not go on
            ended = true;
            ready.clear();
        }
    }

    private void end() {
        try {
            open.forEach(this::letGo);
        } catch (RuntimeException e) {
            failure = failure == null ? e : failure;
        }
    }

    private void pass(StreamEvent event) {
        JsonNode json = event.json();
        if (!json.isObject() || json.path("choices").isEmpty()) {
            ready.add(event);
            return;
        }
        remember((ObjectNode) json);
        ObjectNode other = null;
        int position = 0;
        for (JsonNode choice : json.path("choices")) {
            if (isChanged(choice)) {
                other = other == null ? json.deepCopy() : other;
                change((ObjectNode) other.path("choices").get(position), choice);
            }
            position++;
        }
        ready.add(other == null ? event : new StreamEvent(other));
    }

    private boolean isChanged(JsonNode choice) {
        filtered.clear();
        int number = choice.path("index").asInt(0);
        changed = false;
        if (choice.path("delta") instanceof ObjectNode delta) {
            AnswerTexts.visit(delta, number, (place, text) -> {
                begin(place);
                if (!text.isEmpty()) {
                    if (open.size() > 1 || !open.containsKey(place)) {
                        endOthers(place, false);
                    }
                    if (place.kind() == AnswerPlace.Kind.TOOL_ARGUMENTS) {
                        arguments
                                .computeIfAbsent(place, call -> new PartialJson())
                                .append(text);
                    }
                    String out = open.computeIfAbsent(place, this::filter).push(text);
                    changed |= out != text && !out.equals(text);
                    filtered.merge(place, out, String::concat);
                }
                return text; // the event itself is not to be changed
            });
            beginToolCalls(delta, number);
        }
        if (!choice.path("finish_reason").isNull()
                && !choice.path("finish_reason").isMissingNode()) {
            finish(number);
        }
        return changed;
    }

    private void finish(int number) {
        open.entrySet().removeIf(text -> {
            boolean over = text.getKey().choice() == number;
            if (over) {
                letGo(text.getKey(), text.getValue());
            }
            return over;
        });
    }

    private void change(ObjectNode choice, JsonNode original) {
        AnswerTexts.visit(
                (ObjectNode) choice.path("delta"), original.path("index").asInt(0), (place, text) -> {
                    String out = filtered.remove(place); // both of two fields of one place go into the first
                    return text.isEmpty() ? text : out == null ? "" : out;
                });
        choice.remove("logprobs");
    }

    private TextFilter filter(AnswerPlace place) {
        TextFilter filter = filters.apply(place);
        return filter == null ? NONE : filter;
    }

    /**
     * A text is over when another of the same choice begins: clients may take it for complete then. Only two tool calls that
     * have both begun may go on side by side, and so may the two names of what a model thinks.
     */
    private void endOthers(AnswerPlace place, boolean begins) {
        open.entrySet().removeIf(text -> {
            AnswerPlace other = text.getKey();
            boolean together = other.isReasoning() && place.isReasoning()
                    || other.isToolCall() && place.isToolCall() && (!begins || other.toolCall() == place.toolCall());
            boolean over =
                    other.choice() == place.choice() && !other.equals(place) && !together && !isUnfinished(other);
            if (over) {
                letGo(other, text.getValue());
            }
            return over;
        });
    }

    /** Whether more must come of a call's arguments, for what has come is half an object: pieces of calls may take turns. */
    private boolean isUnfinished(AnswerPlace place) {
        PartialJson json = arguments.get(place);
        return json != null && json.isOpen();
    }

    /** A tool call may begin before the first piece of its arguments: with its name alone. */
    private void beginToolCalls(JsonNode delta, int choice) {
        int position = 0;
        for (JsonNode call : delta.path("tool_calls")) {
            begin(new AnswerPlace(
                    choice, AnswerPlace.Kind.TOOL_ARGUMENTS, call.path("index").asInt(position++)));
        }
    }

    private void begin(AnswerPlace place) {
        if (place.isToolCall() && begun.add(place)) {
            endOthers(place, true);
        }
    }

    /** Lets out what is held: behind the last piece, if that is in the event in hand, else in an event of its own before it. */
    private void letGo(AnswerPlace place, TextFilter filter) {
        String held = filter.end();
        if (held.isEmpty()) {
            return;
        }
        if (filtered.containsKey(place)) {
            filtered.merge(place, held, String::concat);
            changed = true;
        } else {
            ready.add(new StreamEvent(event(place, held)));
        }
    }

    private void remember(ObjectNode event) {
        if (head.isEmpty()) {
            for (String field : new String[] {"id", "object", "created", "model", "system_fingerprint"}) {
                if (event.has(field)) {
                    head.set(field, event.get(field));
                }
            }
        }
    }

    private ObjectNode event(AnswerPlace place, String text) {
        ObjectNode event = head.deepCopy();
        ObjectNode choice = event.putArray("choices").addObject().put("index", place.choice());
        ObjectNode delta = choice.putObject("delta");
        switch (place.kind()) {
            case CONTENT -> delta.put("content", text);
            case REASONING -> delta.put("reasoning_content", text);
            case REASONING_TOO -> delta.put("reasoning", text);
            case REFUSAL -> delta.put("refusal", text);
            case TOOL_ARGUMENTS -> toolCall(delta, place).putObject("function").put("arguments", text);
            case TOOL_INPUT -> toolCall(delta, place).putObject("custom").put("input", text);
        }
        choice.putNull("finish_reason");
        return event;
    }

    private static ObjectNode toolCall(ObjectNode delta, AnswerPlace place) {
        return delta.putArray("tool_calls").addObject().put("index", place.toolCall());
    }
}
