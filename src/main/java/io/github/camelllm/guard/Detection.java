package io.github.camelllm.guard;

import io.github.camelllm.call.Call;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a {@link Detector} adds to the findings in a request, and what becomes of calls while it gives no answer. Thread-safe. */
final class Detection {

    private static final Logger LOG = LoggerFactory.getLogger(Guard.class);

    private final Detector detector;
    private final String uri;
    private final double threshold;
    private final boolean failOpen;
    private final GuardMeters meters;

    /**
     * @param uri the detector's, for logs
     * @param threshold the detector's score from which on a text is an attack
     * @param failOpen whether calls go on while it gives no answer
     */
    Detection(Detector detector, String uri, double threshold, boolean failOpen, GuardMeters meters) {
        this.detector = detector;
        this.uri = uri;
        this.threshold = threshold;
        this.failOpen = failOpen;
        this.meters = meters;
    }

    void close() {
        detector.close();
    }

    /**
     * The findings, and those of the detector in places where there is none yet.
     *
     * @throws Problem {@code upstream_error} when it gives no answer and calls are to be refused then
     */
    List<Finding> added(Call call, Screening screening, List<Finding> before) {
        List<Screening.Passage> passages = screening.passages();
        if (passages.isEmpty()) {
            return before;
        }
        List<Finding> findings = new ArrayList<>(before);
        try {
            double[] scores = detector.scores(
                    passages.stream().map(Screening.Passage::text).toList());
            for (int i = 0; i < scores.length; i++) {
                Screening.Passage passage = passages.get(i);
                boolean known = before.stream().anyMatch(found -> found.place().equals(passage.place));
                if (scores[i] >= threshold && !known) {
                    findings.add(new Finding(
                            passage.origin,
                            passage.place,
                            new Score(scores[i], Score.DETECTED),
                            screening.action(passage.origin)));
                }
            }
        } catch (Detector.DetectorException e) {
            meters.detectorFailed();
            call.warn("the guard's detector gave no answer: " + e.getMessage());
            LOG.atWarn()
                    .setCause(e.getCause())
                    .log("request {}: the guard's detector {}: {}", call.getId(), uri, e.getMessage());
            if (!failOpen) {
                throw Problem.of(
                                ErrorCode.UPSTREAM_ERROR,
                                "The check for prompt injection is not available; try again later.")
                        .withDetail("the guard's detector " + uri + ": " + e.getMessage());
            }
        }
        return findings;
    }
}
