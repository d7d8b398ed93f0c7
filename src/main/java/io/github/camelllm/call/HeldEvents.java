package io.github.camelllm.call;

import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.problem.UpstreamFailure;
import java.util.ArrayList;
import java.util.List;

/** A stream that is read to its end before anything of it goes on. */
public final class HeldEvents {

    private static final long MOST_BYTES = 64L * 1024 * 1024;

    private HeldEvents() {}

    /**
     * Reads a stream to its end, and closes it. A client that leaves meanwhile ends it.
     *
     * @throws Problem when the stream fails, or is larger than 64 MiB
     */
    public static List<StreamEvent> read(Call call, TokenStream stream) {
        List<StreamEvent> events = new ArrayList<>();
        Runnable close = stream::close;
        call.cancellation().onCancel(close);
        try (stream) {
            long bytes = 0;
            for (StreamEvent event = stream.next(); event != null; event = stream.next()) {
                events.add(event);
                bytes += event.data().length;
                if (bytes > MOST_BYTES) {
                    throw Problem.of(
                                    ErrorCode.UPSTREAM_ERROR,
                                    "The answer of '" + call.getModel() + "' is larger than the gateway holds back.")
                            .withUpstream(UpstreamFailure.BAD_ANSWER);
                }
            }
        } finally {
            call.cancellation().forget(close);
        }
        return events;
    }
}
