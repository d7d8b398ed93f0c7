package io.github.camelllm.privacy;

import io.github.camelllm.privacy.detect.Finding;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/** Findings of several who have looked at one text. */
final class Findings {

    private Findings() {}

    /** Both, sorted by start; of those that overlap the first one's, and then the surest. */
    static List<Finding> merge(List<Finding> first, List<Finding> second, int length) {
        if (second.isEmpty()) {
            return first;
        }
        List<Finding> all = new ArrayList<>(first);
        BitSet covered = new BitSet(length);
        first.forEach(finding -> covered.set(finding.start(), finding.end()));
        second.stream()
                .sorted(Comparator.comparingDouble(Finding::score)
                        .reversed()
                        .thenComparing(finding -> finding.start() - finding.end()))
                .forEach(finding -> {
                    int overlap = covered.nextSetBit(finding.start());
                    if (overlap < 0 || overlap >= finding.end()) {
                        covered.set(finding.start(), finding.end());
                        all.add(finding);
                    }
                });
        all.sort(Comparator.comparingInt(Finding::start));
        return all;
    }
}
