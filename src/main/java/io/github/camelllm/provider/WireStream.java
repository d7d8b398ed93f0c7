package io.github.camelllm.provider;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Attempt;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.call.ToolCallIndexes;
import io.github.camelllm.call.ToolNames;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.Problem;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A token stream off a provider's wire. It is read up to the first event that brings content before anybody is told that
 * there is a stream, so that an upstream that fails before it fails like any other.
 */
abstract class WireStream extends TokenStream {

    private static final Logger LOG = LoggerFactory.getLogger(WireStream.class);

    /** Events without content that are kept back before the client is told; more of them are no sign of a failure. */
    private static final int MOST_EARLY = 100;

    private final Call call;
    private final Attempt attempt;
    private final WireSource source;
    private final SseReader events;
    private final Deque<StreamEvent> early = new ArrayDeque<>();
    private final ToolCallIndexes toolCalls = new ToolCallIndexes();
    private ToolNames toolNames;
    private volatile boolean begun;
    private boolean told;
    private int skipped;
    private volatile boolean whole;
    private volatile long outputEstimate;
    private volatile Usage knownInput;
    private volatile Usage reported;
    private volatile boolean notedForNow;
    private volatile long estimateOfReported;
    private volatile Thread reader;

    WireStream(Call call, WireSource source, SseReader events) {
        this.call = call;
        this.attempt = call.attempt();
        this.source = source;
        this.events = events;
    }

    /** Has the client's names stand in the place of those that the provider was told; before {@link #begin}. */
    final void restores(ToolNames names) {
        toolNames = names;
    }

    /** The next event in OpenAI's words; null when the answer is whole. */
    protected abstract StreamEvent read() throws IOException;

    /**
     * The data of the next event, waiting for it.
     *
     * @param answered whether the answer is whole, so that only its formal end is waited for
     * @param hurry whether not for long; false where it may still turn out that there is more
     * @return null at the end of the stream
     */
    protected final byte[] nextData(boolean answered, boolean hurry) throws IOException {
        if (!answered) {
            return events.next();
        }
        if (hurry) {
            source.hurry();
        }
        try {
            return events.next();
        } catch (IOException e) {
            LOG.debug("the formal end will not come", e);
            return null;
        }
    }

    /** Adds to what is assumed to have been produced, should the provider never say. One thread only. */
    protected final void estimateOutput(long tokens) {
        outputEstimate = outputEstimate + tokens;
    }

    /** What is assumed to have been produced so far. */
    protected final long outputEstimate() {
        return outputEstimate;
    }

    /**
     * Takes a usage for reported; a later one counts in its place, but for zeros after counts. What is said after the last one
     * is added to it by estimate. One thread only.
     */
    protected final void reported(Usage usage) {
        reported = reported == null ? usage : usage.withoutZerosAfter(reported);
        estimateOfReported = outputEstimate;
    }

    /** The usage reported last; null when there is none. */
    protected final Usage reported() {
        return reported;
    }

    /** Takes the prompt's part of a usage for known, should the rest never be told. One thread only. */
    protected final void knownInput(Usage usage) {
        knownInput = usage;
    }

    /**
     * Passes over an event that is no JSON: one in a stream, of which the rest may be whole, but never a piece of a tool call.
     *
     * @param toolsBegun whether a tool call has begun
     * @throws Problem when something must be missing from the answer
     */
    protected final void skip(boolean toolsBegun) {
        skipped++;
        if (skipped > 1 || toolsBegun) {
            throw Refusals.brokenOff(
                    call.getModel(), "sent garbage in its stream", skipped + " events that are no JSON");
        }
        call.warn("an event of " + call.getModel() + " that was no JSON was passed over");
    }

    /** What an error object in the stream stands for: before any content it is in the place of the answer. */
    protected final Problem inBand(JsonNode error) {
        String otherwise = "an error object in the stream";
        return told
                ? ErrorAnswers.inBand(call.getModel(), "failed in the middle of its answer", error, otherwise)
                : ErrorAnswers.inPlace(call.getModel(), "failed before it answered", error, otherwise);
    }

    /** Waits for the first content, or for an end without any. */
    final void begin() {
        boolean content = false;
        while (!content && !whole) {
            StreamEvent event = readNext();
            if (event != null) {
                begun = true;
                early.add(event);
                content = event.hasContent() || early.size() >= MOST_EARLY;
            }
        }
        source.contentCame();
        begun = true;
        told = true;
    }

    @Override
    protected final StreamEvent pull() {
        if (!early.isEmpty() || whole) {
            return early.poll();
        }
        return readNext();
    }

    private StreamEvent readNext() {
        reader = Thread.currentThread();
        try {
            StreamEvent event = read();
            if (event == null) {
                whole = true;
                settle();
                return null;
            }
            if (reported != null && event.json().path("usage").isObject()) {
                noteForNow(reported);
            }
            return toolNames == null ? toolCalls.number(event) : toolNames.restored(toolCalls.number(event));
        } catch (IOException e) {
            settle();
            throw source.problem(call.getModel(), e);
        } catch (RuntimeException | Error e) {
            settle();
            throw Problem.ofAttempt(call.getModel(), e);
        }
    }

    /** Of this attempt: what an earlier one has used says nothing of it. */
    private boolean isUnknown() {
        return attempt == null ? call.getUsage() == null : attempt.usage() == null;
    }

    /** Whoever handles an event that tells the usage finds it on the call; that counts until more is known, or the end. */
    private void noteForNow(Usage told) {
        if (isUnknown() || notedForNow) {
            notedForNow = true;
            call.used(new Usage(
                    told.inputTokens(),
                    told.outputTokens(),
                    told.cachedInputTokens(),
                    told.reasoningTokens(),
                    told.cacheWriteTokens(),
                    told.longCacheWriteTokens(),
                    true));
        }
    }

    private void settle() {
        Usage told = reported;
        if ((isUnknown() || notedForNow) && told != null) {
            notedForNow = false;
            long more = outputEstimate - estimateOfReported;
            call.used(more > 0 ? told.plus(Usage.estimate(0, more)) : told);
        } else if (isUnknown() && begun) {
            Usage known = knownInput;
            call.used(
                    known == null
                            ? Usage.estimate(call.promptEstimate(), outputEstimate)
                            : new Usage(
                                    known.inputTokens(),
                                    outputEstimate,
                                    known.cachedInputTokens(),
                                    0,
                                    known.cacheWriteTokens(),
                                    known.longCacheWriteTokens(),
                                    true));
        }
    }

    /** Only the thread that reads may wait for the last bytes; any other one, an event loop perhaps, may not. */
    @Override
    protected final void release() {
        settle();
        if (whole && Thread.currentThread() == reader) {
            source.finish();
        } else {
            source.abort();
        }
    }
}
