package io.github.camelllm.config;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * What has become of changes to routes and configuration since the start: whether the files as they are now are in force, and if
 * not, why. A bean of that type is bound where files are watched. Thread-safe.
 */
public final class Edits implements MeterBinder {

    private static final int MOST_SHOWN = 20;

    private final LongAdder applied = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final Reload reload;
    private final boolean open;
    private volatile State state = new State(List.of(), List.of(), null);
    private volatile MultiGauge gauge;

    /**
     * A thing that is wrong with a file.
     *
     * @param file the file as messages call it
     * @param line the line from 1; 0 for none
     * @param reason what is wrong and what to do, on one line
     */
    public record Wrong(String file, int line, String reason) {
        @Override
        public String toString() {
            return (line > 0 ? file + ":" + line : file) + ": " + reason;
        }
    }

    /**
     * How it stands.
     *
     * @param problems what keeps the files as they are now from being in force; empty when nothing does
     * @param restart what of them takes a restart, each in words
     * @param since when the last change was put in force or refused; null when there was none
     */
    public record State(List<Wrong> problems, List<String> restart, Instant since) {}

    /**
     * What a reload has done, or would do.
     *
     * @param changes one line for each route, bean, template and file that is or would be another
     * @param restart what takes a restart, each in words
     * @param problems why nothing was changed; empty when it was
     */
    public record Outcome(List<String> changes, List<String> restart, List<Wrong> problems) {}

    /** Reads the files. */
    @FunctionalInterface
    public interface Reload {
        /** @param dry true only tells what would be done */
        Outcome run(boolean dry);
    }

    /**
     * @param reload puts the files as they are now in force
     * @param open whether anybody who can call may ask for it where there are no keys
     */
    public Edits(Reload reload, boolean open) {
        this.reload = reload;
        this.open = open;
    }

    /** Puts the files as they are now in force, or says why not; with {@code dry} tells what that would do. */
    public Outcome reload(boolean dry) {
        return reload.run(dry);
    }

    /** Whether no admin's key is needed where there are no keys at all. */
    public boolean isOpen() {
        return open;
    }

    /** How it stands now. */
    public State state() {
        return state;
    }

    /** A change is in force. */
    public void applied(List<String> restart, Instant now) {
        applied.increment();
        state = new State(List.of(), List.copyOf(restart), now);
        show();
    }

    /** A change is not in force. */
    public void refused(List<Wrong> problems, Instant now) {
        refused.increment();
        state = new State(List.copyOf(problems), state.restart(), now);
        show();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder(
                        "llm.config.last.reload.successful",
                        this,
                        edits -> edits.state.problems().isEmpty() ? 1 : 0)
                .description(
                        "Whether routes and configuration as they are saved are in force: 1, or 0 while they are refused")
                .register(registry);
        FunctionCounter.builder("llm.config.reloads", applied, LongAdder::sum)
                .description("Changes of routes and configuration, by what became of them")
                .tag("result", "applied")
                .register(registry);
        FunctionCounter.builder("llm.config.reloads", refused, LongAdder::sum)
                .description("Changes of routes and configuration, by what became of them")
                .tag("result", "refused")
                .register(registry);
        gauge = MultiGauge.builder("llm.config.problems")
                .description("What keeps the saved routes and configuration from being in force")
                .register(registry);
        show();
    }

    private void show() {
        MultiGauge current = gauge;
        if (current != null) {
            current.register(
                    state.problems().stream()
                            .limit(MOST_SHOWN)
                            .map(wrong -> MultiGauge.Row.of(
                                    Tags.of(
                                            "file",
                                            wrong.file(),
                                            "line",
                                            Integer.toString(wrong.line()),
                                            "reason",
                                            wrong.reason()),
                                    1))
                            .toList(),
                    true);
        }
    }
}
