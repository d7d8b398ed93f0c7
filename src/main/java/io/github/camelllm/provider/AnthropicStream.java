package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.AnthropicWords;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.Problem;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A stream of the Messages API as chat completion chunks. It is whole once a {@code stop_reason} has come; {@code
 * message_stop} only ends the waiting.
 */
final class AnthropicStream extends WireStream {

    /** What is translated of a {@code message_delta}. */
    private static final Set<String> END = Set.of("type", "delta", "usage");

    private final Call call;
    private final AnthropicBlocks blocks;
    private final Deque<StreamEvent> ready = new ArrayDeque<>();
    private ObjectNode head;
    private Usage usage;
    private final ObjectNode reportedUsage = Json.object();
    private boolean outputCounted;
    private String stopReason;
    private JsonNode end = MissingNode.getInstance();
    private boolean ended;

    AnthropicStream(Call call, WireSource source, SseReader events) {
        super(call, source, events);
        this.call = call;
        this.blocks = new AnthropicBlocks(call);
    }

    @Override
    protected StreamEvent read() throws IOException {
        while (ready.isEmpty() && !ended) {
            byte[] data = nextData(stopReason != null, true);
            JsonNode event = data == null ? MissingNode.getInstance() : new StreamEvent(data).json();
            if (data == null || event.path("type").asText().equals("message_stop")) {
                ended = true;
                end(data != null);
            } else if (event.isObject()) {
                take(event);
            } else {
                skip(blocks.calls() > 0);
            }
        }
        return ready.poll();
    }

    /** The last stop reason counts; a message that has spoken and is ended without one has come to its end. */
    private void end(boolean stopped) {
        if (stopReason == null && stopped && blocks.begun() > 0) {
            boolean calls = blocks.calls() > 0;
            stopReason = calls ? "tool_use" : OpenAiAnswer.isCut(call, usage) ? "max_tokens" : "end_turn";
        }
        if (stopReason == null) {
            throw cut(stopped ? "ended its stream without a stop reason" : "broke off its stream");
        }
        finish(stopReason, end);
    }

    private Problem cut(String how) {
        return Refusals.brokenOff(
                call.getModel(), how, "no stop_reason after " + blocks.begun() + " blocks of content");
    }

    /** What is no JSON or of a type unknown is passed over. */
    private void take(JsonNode event) {
        switch (event.path("type").asText()) {
            case "message_start" -> {
                report(event.path("message").path("usage"));
                begin(event.path("message"));
            }
            case "ping" -> {} // the gateway's own stream needs none of another's
            case "content_block_start" -> delta(blocks.start(event));
            case "content_block_delta" -> delta(blocks.delta(event));
            case "content_block_stop" -> delta(blocks.stop(event));
            case "message_delta" -> {
                report(event.path("usage"));
                outputCounted |= ReportedUsage.count(event.path("usage").path("output_tokens")) >= 0;
                tell(choice -> AnthropicAnswer.keepOthers(event, END, choice, AnthropicWords.NATIVE_END));
                String reason = event.path("delta").path("stop_reason").textValue();
                if (reason != null) {
                    stopReason = reason;
                    end = event.path("delta");
                }
            }
            default -> {
                if (event.path("error").isObject() && stopReason == null) {
                    throw inBand(ErrorObjects.of(event));
                }
                if (!event.path("type").asText("").isEmpty()
                        && !event.path("error").isObject()) {
                    tell(choice -> choice.set(AnthropicWords.NATIVE_EVENT, event));
                }
            }
        }
    }

    /** Tells a client of Anthropic's dialect, in a chunk of its own, what no other would understand. */
    private void tell(Consumer<ObjectNode> said) {
        ObjectNode choice = Json.object();
        said.accept(choice);
        if (!choice.isEmpty() && call.getRequest().translated()) {
            begin(MissingNode.getInstance());
            emit(Json.object(), other -> other.setAll(choice));
        }
    }

    private void begin(JsonNode message) {
        if (head == null) {
            head = AnthropicAnswer.head(call, message, "chat.completion.chunk");
            emit(Json.object().put("role", "assistant").put("content", ""), choice -> {
                choice.putNull("finish_reason");
                if (call.getRequest().translated()) {
                    AnthropicAnswer.keepOthers(
                            message, AnthropicAnswer.TRANSLATED, choice, AnthropicWords.NATIVE_START);
                }
            });
        }
    }

    private void delta(ObjectNode delta) {
        if (delta != null) {
            begin(MissingNode.getInstance());
            estimateOutput(OpenAi.textTokens(delta));
            emit(delta);
        }
    }

    /** Counts are totals so far, not differences; early ones of the output are not final. */
    private void report(JsonNode reported) {
        usage = AnthropicAnswer.usage(reported, usage);
        if (reported instanceof ObjectNode said) {
            merge(said, reportedUsage);
        }
        if (ReportedUsage.count(reported.path("input_tokens")) >= 0) {
            knownInput(usage);
        }
    }

    /** A zero, or nothing, takes nothing back of what was counted before. */
    private static void merge(ObjectNode said, ObjectNode counts) {
        said.properties().forEach(field -> {
            JsonNode now = field.getValue();
            JsonNode before = counts.path(field.getKey());
            if (now instanceof ObjectNode some && before instanceof ObjectNode all) {
                merge(some, all);
            } else if (before.isMissingNode()
                    || !now.isNull() && !(now.isNumber() && now.decimalValue().signum() == 0)) {
                counts.set(field.getKey(), now.deepCopy());
            }
        });
    }

    private void finish(String reason, JsonNode end) {
        if (AnthropicAnswer.saysNothing(reason, blocks.calls() > 0, blocks.begun() == 0, usage)) {
            throw Refusals.badAnswer(call.getModel(), "a stream without content");
        }
        call.finishReason(AnthropicAnswer.finishReason(reason));
        begin(MissingNode.getInstance());
        emit(Json.object(), choice -> AnthropicAnswer.finish(choice, reason, end));
        if (usage == null || !outputCounted) {
            return; // it is estimated at the end
        }
        usage = ReportedUsage.believed(call, usage, outputEstimate());
        call.used(usage);
        if (call.getRequest().wantsStreamUsage()) {
            ObjectNode last = head.deepCopy();
            last.putArray("choices");
            last.set("usage", AnthropicAnswer.usageNode(usage, reportedUsage));
            ready.add(new StreamEvent(last));
        }
    }

    private void emit(ObjectNode delta) {
        emit(delta, choice -> choice.putNull("finish_reason"));
    }

    private void emit(ObjectNode delta, Consumer<ObjectNode> end) {
        ObjectNode chunk = head.deepCopy();
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
        choice.set("delta", delta);
        choice.putNull("logprobs");
        end.accept(choice);
        if (call.getRequest().wantsStreamUsage()) {
            chunk.putNull("usage");
        }
        ready.add(new StreamEvent(chunk));
    }
}
