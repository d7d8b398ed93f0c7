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

    private static final int SHOWN = 40;
    private static final String OWN = "io.github.camelllm.";
    private static final String CAMEL = "org.apache.camel.";

    private final Map<String, Long> top = new HashMap<>();
    private final Map<String, Long> inclusive = new HashMap<>();
    private final Map<String, Long> innermost = new HashMap<>();
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

    /**
     * The summary as text.
     *
     * @param cpuMicros the CPU time of one answer, by which the shares of samples are told as microseconds an answer
     */
    String text(double cpuMicros) {
        return "CPU, " + samples + " samples; columns: share, and µs an answer\n"
                + list("By thread", threads, samples, cpuMicros)
                + list("The gateway's own methods, with all that they call", startingWith(OWN), samples, cpuMicros)
                + list("Camel's methods, with all that they call", startingWith(CAMEL), samples, cpuMicros)
                + list("Innermost frame of the gateway or Camel", innermost, samples, cpuMicros)
                + list("Top frame", top, samples, cpuMicros)
                + list("Garbage by class (share)", garbage, bytes, 0)
                + list("Garbage by innermost frame of the gateway or Camel (share)", garbageBy, bytes, 0);
    }

    private Map<String, Long> startingWith(String prefix) {
        Map<String, Long> some = new HashMap<>(inclusive);
        some.keySet().removeIf(name -> !name.startsWith(prefix));
        return some;
    }

    private void add(RecordedEvent event) {
        List<RecordedFrame> frames = event.getStackTrace().getFrames();
        switch (event.getEventType().getName()) {
            case "jdk.ExecutionSample", "jdk.NativeMethodSample" -> cpu(event, frames);
            case "jdk.ObjectAllocationSample" -> {
                long weight = event.getLong("weight");
                bytes += weight;
                garbage.merge(event.getClass("objectClass").getName(), weight, Long::sum);
                garbageBy.merge(innermost(frames, OWN, CAMEL), weight, Long::sum);
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
        innermost.merge(innermost(frames, OWN, CAMEL), 1L, Long::sum);
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
        String type = frame.getMethod().getType().getName();
        int lambda = type.indexOf("$$Lambda");
        return (lambda < 0 ? type : type.substring(0, lambda + 8)) + "."
                + frame.getMethod().getName();
    }

    private static String list(String title, Map<String, Long> counts, long all, double cpuMicros) {
        StringBuilder text = new StringBuilder("\n## ").append(title).append('\n');
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(SHOWN)
                .forEach(entry -> {
                    double share = entry.getValue() / (double) Math.max(all, 1);
                    text.append(Table.format("%5.1f %% %6.1f  %s%n", 100 * share, share * cpuMicros, entry.getKey()));
                });
        return text.toString();
    }
}
