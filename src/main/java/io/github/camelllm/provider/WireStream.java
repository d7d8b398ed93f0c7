package io.github.camelllm.provider;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.call.Usage;
import java.io.IOException;

/**
 * A token stream off a provider's wire. Its first event is read before anybody is told that there is a stream, so that
 * an upstream that fails at once fails like any other.
 */
abstract class WireStream extends TokenStream {

    private final Call call;
    private final WireSource source;
    private StreamEvent first;
    private volatile boolean begun;
    private volatile boolean whole;
    private volatile long outputEstimate;
    private volatile Thread reader;

    WireStream(Call call, WireSource source) {
        this.call = call;
        this.source = source;
    }

    /** The next event in OpenAI's words; null when the answer is whole. */
    protected abstract StreamEvent read() throws IOException;

    /** Adds to what is assumed to have been produced, should the provider never say. One thread only. */
    protected final void estimateOutput(long tokens) {
        outputEstimate = outputEstimate + tokens;
    }

    /** Waits for the first event. */
    final void begin() {
        first = pull();
        begun = true;
    }

    @Override
    protected final StreamEvent pull() {
        if (first != null || whole) {
            StreamEvent event = first;
            first = null;
            return event;
        }
        reader = Thread.currentThread();
        try {
            StreamEvent event = read();
            if (event == null) {
                whole = true;
                settle();
            }
            return event;
        } catch (IOException e) {
            settle();
            throw source.timedOut()
                    ? Refusals.timeout(call.getModel(), "took longer than it may", e)
                    : Refusals.ofTransport(call.getModel(), e);
        } catch (RuntimeException e) {
            settle();
            throw e;
        }
    }

    private void settle() {
        if (call.getUsage() == null && begun) {
            call.used(Usage.estimate(call.inputEstimate(), outputEstimate));
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
