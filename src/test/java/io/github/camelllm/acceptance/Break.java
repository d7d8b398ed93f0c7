package io.github.camelllm.acceptance;

import io.github.camelllm.testkit.Cut;
import io.github.camelllm.testkit.Dialect;
import io.github.camelllm.testkit.Reply;
import io.github.camelllm.testkit.Sse;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * One way in which a stream can break off after its first two words have gone to the client.
 *
 * @param name the fault in words
 * @param failure how the record names it
 * @param retried whether the model itself may be asked again, last of all
 * @param code what the caller is told where nobody can take over
 * @param reply what the provider does
 */
record Break(String name, String failure, boolean retried, String code, Function<Dialect, Reply> reply) {

    /** What has gone to the client by then. */
    static final String SO_FAR = "one two ";

    private static final int EVENTS = 2;

    /** All of them; {@code docs/faults.md} shows them, {@link BreaksIT} tries them. */
    static final List<Break> ROWS = List.of(
            brokenOff("cut by FIN", d -> whole(d).cutAfter(d.events(EVENTS), Cut.FIN)),
            brokenOff("cut by RST", d -> whole(d).pauseBefore(
                            d.events(EVENTS), Duration.ofMillis(100)) // what is not read is lost
                    .cutAfter(d.events(EVENTS), Cut.RST)),
            brokenOff("ends without a finish reason", d -> d.withoutFinish("one ", "two ")),
            brokenOff("ends in order amidst its events", d -> whole(d).endAfter(d.events(EVENTS))),
            brokenOff("garbage, then ends", d -> whole(d).insert(d.events(EVENTS), "}{ not JSON")
                    .endAfter(d.events(EVENTS) + 1)),
            new Break(
                    "an error event",
                    "in_band_error",
                    true,
                    "upstream_error",
                    d -> Reply.sse(whole(d).insert(d.events(EVENTS), d.errorBody(500, "The server had an error"))
                            .endAfter(d.events(EVENTS) + 1))),
            new Break(
                    "stalls",
                    "stalled",
                    false,
                    "upstream_timeout",
                    d -> Reply.sse(whole(d).stallAfter(d.events(EVENTS)))));

    private static Break brokenOff(String name, Function<Dialect, Sse> stream) {
        return new Break(name, "broken_off", true, "upstream_error", d -> Reply.sse(stream.apply(d)));
    }

    private static Sse whole(Dialect dialect) {
        return dialect.sse(FaultTable.WORDS);
    }

    /** The row of docs/faults.md. */
    String row() {
        return "| " + name + " | `" + failure + "` | " + (retried ? "yes" : "no") + " | `" + code + "` |";
    }

    @Override
    public String toString() {
        return name;
    }
}
