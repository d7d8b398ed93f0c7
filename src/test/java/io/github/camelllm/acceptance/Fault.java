package io.github.camelllm.acceptance;

import io.github.camelllm.testkit.Dialect;
import io.github.camelllm.testkit.Reply;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * One way in which the provider of a chain's first model can fail before the client has seen anything of an answer, and what
 * must come of it. Immutable.
 *
 * @param name the fault in words
 * @param failure how the record names it; null when the answer is good in spite of it
 * @param reply what the provider does; null when it is not there
 * @param ways plain, streamed, or both
 * @param dialects where there is such a fault
 * @param first which kind of first model it is shown with: see {@link TwoUpstreams}
 * @param asked how often the first model is asked while the fault lasts
 * @param gap the least time between two of these
 * @param then who answers in the end
 * @param status what the caller is told when there is no other model
 * @param code likewise
 */
record Fault(
        String name,
        String failure,
        Misdeed reply,
        Set<Way> ways,
        Set<Dialect> dialects,
        String first,
        int asked,
        Duration gap,
        Then then,
        int status,
        String code) {

    /** What a provider says of a prompt that is against its policy. */
    static final String REASON = "Your prompt was flagged for the words in it.";

    /** How the answer is asked for. */
    enum Way {
        PLAIN,
        STREAM
    }

    /** Who answers in the end. */
    enum Then {
        FIRST("its answer"),
        SECOND("the next model"),
        LARGER("the next model with a larger context"),
        TOLD("nobody: the caller is told");

        final String words;

        Then(String words) {
            this.words = words;
        }
    }

    /** The reply that is the fault. */
    interface Misdeed {
        Reply in(Dialect dialect, boolean stream);
    }

    /** A fault that is tried again once, and then at the next model. */
    static Fault of(String name, String failure, Misdeed reply) {
        return new Fault(
                name,
                failure,
                reply,
                EnumSet.allOf(Way.class),
                EnumSet.allOf(Dialect.class),
                "first",
                2,
                Duration.ZERO,
                Then.SECOND,
                502,
                "upstream_error");
    }

    Fault plain() {
        return new Fault(name, failure, reply, EnumSet.of(Way.PLAIN), dialects, first, asked, gap, then, status, code);
    }

    Fault stream() {
        return new Fault(name, failure, reply, EnumSet.of(Way.STREAM), dialects, first, asked, gap, then, status, code);
    }

    Fault only(Dialect one, Dialect... more) {
        return new Fault(name, failure, reply, ways, EnumSet.of(one, more), first, asked, gap, then, status, code);
    }

    Fault at(String newFirst) {
        return new Fault(name, failure, reply, ways, dialects, newFirst, asked, gap, then, status, code);
    }

    /** The first model is asked no more than once. */
    Fault once(Then newThen) {
        return new Fault(name, failure, reply, ways, dialects, first, 1, gap, newThen, status, code);
    }

    Fault gap(Duration newGap) {
        return new Fault(name, failure, reply, ways, dialects, first, asked, newGap, then, status, code);
    }

    Fault told(int newStatus, String newCode) {
        return new Fault(name, failure, reply, ways, dialects, first, asked, gap, then, newStatus, newCode);
    }

    /** Whether the first model is asked again, so that a fault that passes is never seen. */
    boolean isRetried() {
        return asked > 1;
    }

    /** Whether the first model is left alone afterwards. */
    boolean rests() {
        return first.equals("polite");
    }

    /** The row of docs/faults.md. */
    String row() {
        String where = dialects.size() == Dialect.values().length
                ? ""
                : " ("
                        + dialects.stream()
                                .map(Dialect::template)
                                .reduce((a, b) -> a + ", " + b)
                                .orElse("") + ")";
        String how = ways.size() == 2 ? "plain, streamed" : ways.contains(Way.PLAIN) ? "plain" : "streamed";
        String wait = gap.isZero() ? "" : ", " + gap.toMillis() + " ms apart";
        return "| " + name + where + " | " + how + " | " + (failure == null ? "" : "`" + failure + "`") + " | " + asked
                + wait + " | " + then.words + (rests() ? ", and that of the next calls" : "") + " | "
                + (then == Then.FIRST ? "" : status + " `" + code + "`") + " |";
    }

    @Override
    public String toString() {
        return name;
    }
}
