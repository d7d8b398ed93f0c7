package io.github.camelllm.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/** Counts the samples of a recording by what stands on their stacks. */
final class ProfileSummary {

    private static final int SHOWN = 45;
    private static final String OWN = "io.github.camelllm.";

    private final Map<String, Long> top = new HashMap<>();
    private final Map<String, Long> inclusive = new HashMap<>();
    private final Map<String, Long> innermostOwn = new HashMap<>();
    private final Map<String, Long> threads = new HashMap<>();
    private final Map<String, Long> garbage = new HashMap<>();
    private final Map<String, Long> garbageBy = new HashMap<>();
    private long samples;
    private long bytes;

    static ProfileSummary of(Path recording, Instant from) throws IOException {
        ProfileSummary summary = new ProfileSummary();
        try (RecordingFile file = new RecordingFile(recording)) {
            while (file.hasMoreEvents()) {
                RecordedEvent event = file.readEvent();
                if (event.getStartTime().isAfter(from) && event.getStackTrace() != null) {
                    summary.add(event);
                }
            }
        }
        return summary;
    }

    String text() {
        return "CPU: " + samples + " samples\n" + list("By thread", threads, samples)
                + list("Inclusive: on the stack at all", inclusive, samples)
                + list("Innermost frame of the gateway itself, with all that it calls", innermostOwn, samples)
                + list("Top frame", top, samples)
                + list("Garbage by class", garbage, bytes)
                + list("Garbage by innermost frame of the gateway or Camel", garbageBy, bytes);
    }

    private void add(RecordedEvent event) {
        List<RecordedFrame> frames = event.getStackTrace().getFrames();
        switch (event.getEventType().getName()) {
            case "jdk.ExecutionSample", "jdk.NativeMethodSample" -> cpu(event, frames);
            case "jdk.ObjectAllocationSample" -> {
                long weight = event.getLong("weight");
                bytes += weight;
                garbage.merge(event.getClass("objectClass").getName(), weight, Long::sum);
                garbageBy.merge(innermost(frames, OWN, "org.apache.camel."), weight, Long::sum);
            }
            default -> {
                // recorded by the profile settings, of no interest here
            }
        }
    }

    private void cpu(RecordedEvent event, List<RecordedFrame> frames) {
        String topFrame = name(frames.get(0));
        if (topFrame.endsWith(".epollWait") || topFrame.endsWith("EPoll.wait") || topFrame.endsWith("Net.accept")) {
            return; // waits
        }
        samples++;
        top.merge(topFrame, 1L, Long::sum);
        var thread = event.getThread("sampledThread");
        String threadName = thread == null || thread.getJavaName() == null ? "?" : thread.getJavaName();
        threads.merge(threadName.replaceAll("\\d+", "#"), 1L, Long::sum);
        innermostOwn.merge(innermost(frames, OWN), 1L, Long::sum);
        Set<String> seen = new HashSet<>();
        for (RecordedFrame frame : frames) {
            String name = name(frame);
            if (seen.add(name)) {
                inclusive.merge(name, 1L, Long::sum);
            }
        }
    }

    private static String innermost(List<RecordedFrame> frames, String... prefixes) {
        for (RecordedFrame frame : frames) {
            String name = name(frame);
            for (String prefix : prefixes) {
                if (name.startsWith(prefix)) {
                    return name;
                }
            }
        }
        return "(none)";
    }

    private static String name(RecordedFrame frame) {
        return frame.getMethod().getType().getName() + "." + frame.getMethod().getName();
    }

    private static String list(String title, Map<String, Long> counts, long all) {
        StringBuilder text = new StringBuilder("\n## ").append(title).append('\n');
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(SHOWN)
                .forEach(entry -> text.append(
                        Table.format("%5.1f %%  %s%n", 100.0 * entry.getValue() / Math.max(all, 1), entry.getKey())));
        return text.toString();
    }
}
