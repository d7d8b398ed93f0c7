package io.github.camelllm.privacy;

import io.github.camelllm.privacy.detect.Finding;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** Findings of several who have looked at one text. */
final class Findings {

    private Findings() {}

    /**
     * Both, sorted by start. Of those that overlap stay those of the first, then the surest; those of yielding types stay only
     * where no other is.
     */
    static List<Finding> merge(List<Finding> first, List<Finding> second, Set<String> yielding) {
        if (second.isEmpty()) {
            return first;
        }
        List<Finding> all = new ArrayList<>(first);
        second.stream()
                .sorted(Comparator.comparingDouble(Finding::score)
                        .reversed()
                        .thenComparing(finding -> finding.start() - finding.end()))
                .forEach(all::add);
        all.sort(Comparator.comparing(finding -> yielding.contains(finding.type()))); // stable: else as they are
        List<Finding> kept = new ArrayList<>(all.size());
        BitSet covered = new BitSet();
        for (Finding finding : all) {
            int overlap = covered.nextSetBit(finding.start());
            if (overlap < 0 || overlap >= finding.end()) {
                covered.set(finding.start(), finding.end());
                kept.add(finding);
            }
        }
        kept.sort(Comparator.comparingInt(Finding::start));
        return kept;
    }
}
