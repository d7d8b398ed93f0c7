package io.github.camelllm.failover;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Recovery;
import io.github.camelllm.call.StreamEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one answer that the client sees, though several models may send parts of it: fits what each sends into it. Used by one
 * thread at a time.
 */
final class OneAnswer {

    private static final Logger LOG = LoggerFactory.getLogger(OneAnswer.class);

    private final Call call;
    private final Delivered delivered = new Delivered();
    private final int choicesWanted;

    /** What has been fitted in and not been taken. */
    private final Deque<StreamEvent> ready = new ArrayDeque<>();

    private JsonNode first;
    private Recovery how;
    private Continuation continuation;

    /** What a continuation begins with; null once it is known whether it is one. */
    private Beginning beginning;

    private boolean contributed;
    private boolean finished;

    OneAnswer(Call call) {
        this.call = call;
        this.choicesWanted = call.getRequest().tree().path("n").asInt(1);
    }

    /** What can be told of the text so far. */
    Delivered delivered() {
        return delivered;
    }

    /** How the model that sends now took over: goes on, or answers afresh; null for the first. */
    Recovery how() {
        return how;
    }

    /** Whether its end has come. */
    boolean isFinished() {
        return finished;
    }

    /** Whether what the model sent which sends now is a part of it. */
    boolean isContributed() {
        return contributed;
    }

    /** The next event for the client; null when there is none yet. */
    StreamEvent poll() {
        return ready.poll();
    }

    /** From now on another model sends: the rest of the answer, or one from its beginning. */
    void takenOver(Recovery newHow, Continuation rest) {
        how = newHow;
        continuation = rest;
        beginning = newHow == Recovery.CONTINUE ? new Beginning(delivered.text()) : null;
        contributed = false;
        delivered.restart(newHow != Recovery.CONTINUE);
    }

    /**
     * Makes the event a part of the answer, or keeps it back until it is clear which part.
     *
     * @return false when it says something else than the client has
     */
    boolean take(StreamEvent event) {
        if (how == null) {
            first = first == null ? event.json() : first;
            pass(event);
            return true;
        }
        if (!(event.json().deepCopy() instanceof ObjectNode chunk)) {
            return true;
        }
        return beginning == null ? fit(chunk) : judge(chunk);
    }

    private boolean judge(ObjectNode chunk) {
        Beginning.Verdict verdict = beginning.add(chunk);
        if (verdict == Beginning.Verdict.NOT_YET) {
            return true;
        }
        if (verdict == Beginning.Verdict.AFRESH) {
            LOG.info("request {}: {} was to go on and answers afresh", call.getId(), call.getModel());
            delivered.restart(true);
            how = Recovery.RESTART;
        }
        List<ObjectNode> held = beginning.held();
        beginning = null;
        return held.stream().allMatch(this::fit);
    }

    private boolean fit(ObjectNode chunk) {
        if (how == Recovery.CONTINUE) {
            continuation.fit(chunk);
        } else if (!delivered.withhold(chunk)) {
            return false;
        } else if (delivered.isRepeated()) {
            call.carryNothing(); // the whole answer is this model's
            contributed = true;
        }
        if (Chunks.join(first, chunk, call.getUsage())) {
            pass(new StreamEvent(chunk));
        }
        return true;
    }

    private void pass(StreamEvent event) {
        delivered.note(event.json());
        finished |= delivered.isSingle() && choicesWanted == 1 && Chunks.isLast(event.json());
        contributed = true;
        ready.add(event);
    }
}
