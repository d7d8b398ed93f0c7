package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Completion;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.provider.OpenAiChunks.Choice;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A stream of chat completion chunks. It is whole once {@code [DONE]} has come and every choice begun has given its finish
 * reason, or has at least spoken; or, without {@code [DONE]}, once as many choices as were asked for have given theirs.
 *
 * <p>A finish reason with every chunk, as some servers send it, ends nothing: a chunk with one and with words is kept back until
 * the next event shows whether these are the last of its choice, and loses the reason if they are not.
 */
final class OpenAiStream extends WireStream {

    private static final String[] HEAD = {"id", "object", "created", "model", "system_fingerprint"};

    private final Call call;
    private final boolean usageWanted;
    private final int choicesWanted;
    private final OpenAiChunks chunks;
    private final Deque<StreamEvent> ready = new ArrayDeque<>();
    private JsonNode last = Json.object();
    /** An event with a finish reason that may not be the last. */
    private ObjectNode held;

    private StreamEvent heldAsCame;
    private boolean toolsBegun;
    /** Whether the last event with a finish reason said nothing else, as it is with those who give it once. */
    private boolean bare;

    private boolean spokeAfterFinish;
    private boolean ended;
    /** What is thrown once all that came before it has been read. */
    private Exception failure;

    OpenAiStream(Call call, WireSource source, SseReader events) {
        super(call, source, events);
        this.call = call;
        this.chunks = new OpenAiChunks(call);
        this.usageWanted = call.getRequest().wantsStreamUsage();
        this.choicesWanted = Math.max(1, call.getRequest().tree().path("n").asInt(1));
    }

    @Override
    protected StreamEvent read() throws IOException {
        while (ready.isEmpty() && !ended) {
            try {
                readOne();
            } catch (IOException | RuntimeException e) {
                ended = true;
                failure = e;
                giveUpHeld();
            }
        }
        if (ready.isEmpty() && failure instanceof IOException e) {
            throw e;
        }
        if (ready.isEmpty() && failure instanceof RuntimeException e) {
            throw e;
        }
        return ready.poll();
    }

    private void readOne() throws IOException {
        boolean whole = nothingMissing() && !spokeAfterFinish;
        byte[] data = nextData(whole, whole && bare);
        if (data == null || SseReader.isDone(data)) {
            ended = true;
            end(data != null);
        } else {
            take(new StreamEvent(data));
        }
    }

    private void take(StreamEvent event) {
        if (isError(event.json())) {
            error(event.json());
        } else if (event.json() instanceof ObjectNode chunk) {
            chunk(event, chunk);
        } else {
            skip(toolsBegun);
        }
    }

    private static boolean isError(JsonNode json) {
        JsonNode error = json.path("error");
        return error.isObject()
                || error.isTextual()
                || json.path("object").asText("").equals("error");
    }

    private void error(JsonNode json) {
        if (!nothingMissing() || !bare) {
            throw inBand(ErrorObjects.of(json));
        }
        call.warn("an error after the whole answer of " + call.getModel() + " was passed over");
        ended = true;
        end(true);
    }

    private void chunk(StreamEvent event, ObjectNode chunk) {
        boolean[] speaks = {false};
        boolean changed = chunks.settle(chunk, (known, choice) -> speaks[0] |= note(known, choice));
        Usage usage = ReportedUsage.ofOpenAi(call, chunk.path("usage"), outputEstimate());
        if (usage != null) {
            reported(usage);
        }
        changed |= ReportedUsage.settle(chunk, usage);
        release(chunk);
        last = chunk;
        changed |= takeReasons(chunk, spokeAfterFinish);
        StreamEvent settled = changed ? new StreamEvent(chunk) : event;
        if (finishes(chunk)) {
            bare = !speaks[0];
            held = chunk;
            heldAsCame = settled;
            if (bare) {
                release(Json.object());
            }
        } else if (usageWanted
                || !(chunk.path("usage").isObject() && chunk.path("choices").isEmpty())) {
            ready.add(settled);
        }
    }

    private static boolean finishes(JsonNode chunk) {
        for (JsonNode choice : chunk.path("choices")) {
            if (ChoiceParts.reason(choice) != null) {
                return true;
            }
        }
        return false;
    }

    /** Takes out the finish reasons of all choices, or of those that have told theirs already. */
    private boolean takeReasons(JsonNode chunk, boolean all) {
        boolean any = false;
        for (JsonNode choice : chunk.path("choices")) {
            if (ChoiceParts.reason(choice) != null && (all || chunks.choice(choice).told)) {
                ((ObjectNode) choice).putNull("finish_reason");
                any = true;
            }
        }
        return any;
    }

    /** Takes from a choice what the record needs, and says whether it speaks. */
    private boolean note(Choice known, JsonNode choice) {
        estimateOutput(OpenAi.textTokens(choice.path("delta")));
        toolsBegun |= !known.calls.isEmpty();
        boolean speaks = OpenAiChunks.speaks(choice);
        spokeAfterFinish |= speaks && known.reason != null;
        known.spoke |= speaks;
        String reason = ChoiceParts.reason(choice);
        if (OpenAi.FAILED.equals(reason)) {
            throw Refusals.inBandError(call.getModel(), "failed in the middle of its answer", "finish_reason is error");
        }
        if (reason != null) {
            known.reason = reason;
            call.finishReason(OpenAi.finishReason(choice));
        }
        return speaks;
    }

    /** Lets go of the event held: without the finish reasons of those choices that go on in the next. */
    private void release(JsonNode next) {
        if (held == null) {
            return;
        }
        boolean changed = false;
        for (JsonNode one : held.path("choices")) {
            if (one instanceof ObjectNode choice && ChoiceParts.reason(choice) != null) {
                Choice known = chunks.choice(choice);
                known.told = !goesOn(next, choice.path("index").asInt(0));
                ObjectNode rest = known.told ? known.calls.rest() : null;
                if (!known.told) {
                    choice.putNull("finish_reason");
                } else if (rest != null) {
                    add(rest, choice);
                }
                changed |= !known.told || rest != null;
            }
        }
        ready.add(changed ? new StreamEvent(held) : heldAsCame);
        held = null;
    }

    private static void add(ObjectNode rest, ObjectNode choice) {
        ObjectNode delta = choice.path("delta") instanceof ObjectNode said ? said : choice.putObject("delta");
        rest.path("tool_calls").forEach(delta.withArrayProperty("tool_calls")::add);
    }

    /** What was said before a failure goes on, but nothing that says that the answer is whole. */
    private void giveUpHeld() {
        if (held != null) {
            takeReasons(held, true);
            ready.add(new StreamEvent(held));
            held = null;
        }
    }

    private static boolean goesOn(JsonNode next, int index) {
        for (JsonNode choice : next.path("choices")) {
            if (choice.path("index").asInt(0) == index
                    && (OpenAiChunks.speaks(choice) || ChoiceParts.reason(choice) != null)) {
                return true;
            }
        }
        return false;
    }

    private boolean nothingMissing() {
        return allFinished() && chunks.all().size() >= choicesWanted;
    }

    private boolean allFinished() {
        for (Choice choice : chunks.all().values()) {
            if (choice.reason == null) {
                return false;
            }
        }
        return !chunks.all().isEmpty();
    }

    private void end(boolean done) {
        release(Json.object());
        if (!done && !nothingMissing()) {
            throw cut("broke off its stream");
        }
        if (chunks.all().isEmpty()) {
            throw cut("ended its stream without a finish reason");
        }
        boolean saysWhy = chunks.all().values().stream().anyMatch(choice -> choice.reason != null);
        chunks.all().forEach((index, choice) -> {
            if (choice.reason == null) {
                choice.reason = reason(choice, saysWhy);
                call.finishReason(choice.reason);
            }
            if (!choice.told) {
                ObjectNode rest = choice.calls.rest();
                if (rest != null) {
                    ready.add(Completion.chunk(head(), index, rest, null));
                }
                ready.add(Completion.chunk(head(), index, Json.object(), choice.reason));
            }
        });
    }

    /** Why a choice ended that has spoken and does not say, while the provider says that all has come, and never says why. */
    private String reason(Choice choice, boolean saysWhy) {
        if (!choice.spoke || saysWhy) {
            throw cut("ended its stream without a finish reason");
        }
        if (!choice.calls.isEmpty()) {
            return "tool_calls";
        }
        return OpenAiAnswer.isCut(call, reported()) ? "length" : "stop";
    }

    private ObjectNode head() {
        ObjectNode head = Json.object();
        for (String field : HEAD) {
            if (last.has(field)) {
                head.set(field, last.get(field));
            }
        }
        return head;
    }

    private Problem cut(String how) {
        long finished = chunks.all().values().stream()
                .filter(choice -> choice.reason != null)
                .count();
        return Refusals.brokenOff(
                call.getModel(),
                how,
                "finish reasons for " + finished + " of " + chunks.all().size() + " choices begun");
    }
}
