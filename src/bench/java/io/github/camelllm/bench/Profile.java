package io.github.camelllm.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** Records the full chain under load with Flight Recorder and prints where its CPU time and its garbage come from. */
final class Profile {

    private static final long WARM_UP_MILLIS = 20_000;
    private static final long RECORDED_MILLIS = 30_000;

    private final Lab lab;

    Profile(Lab lab) {
        this.lab = lab;
    }

    void run() throws IOException, InterruptedException {
        Path file = lab.options().out().resolve("profile.jfr").toAbsolutePath();
        Files.createDirectories(file.getParent());
        String java =
                "-Xmx1g -XX:FlightRecorderOptions:stackdepth=256 -XX:StartFlightRecording:settings=profile,filename="
                        + file;
        Instant from;
        Outcome outcome;
        try (Proxy full = new Subjects(lab).startFull(java)) {
            lab.run(load(full, WARM_UP_MILLIS));
            from = Instant.now();
            outcome = lab.run(load(full, RECORDED_MILLIS));
        }
        System.out.println(
                Table.format("%.0f answers/s, %.0f µs CPU an answer%n", outcome.perSecond(), outcome.cpuMicros(0)));
        System.out.println(ProfileSummary.of(file, from).text(outcome.cpuMicros(0)));
    }

    private Load load(Proxy full, long millis) {
        return new Load(
                full.url(), lab.options().model(), Script.INSTANT, lab.options().connections(), millis, full.pid());
    }
}
