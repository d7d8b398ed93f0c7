package io.github.camelllm.privacy.detect;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** Decides what the candidates are: words nearby raise or lower their scores, and of two at one place the surer wins. */
final class Judge {

    private static final float NEAR = 0.46f;
    private static final float FAR = 0.33f;
    private static final float ALONE = 0.25f;
    private static final float OTHER = 0.25f;
    private static final float FIRM = 0.7f;
    /** The least score that being alone raises. */
    static final float LEAST_ALONE = 0.25f;

    /** Words that do not say of another type that it is meant. */
    private static final long OF_NO_TYPE =
            Words.NUMBER.bit() | Words.MINE.bit() | Words.REACH.bit() | Words.FILLER.bit() | Words.MONTH.bit();

    private static final int NEAR_BEFORE = 40;
    private static final int NEAR_BEHIND = 15;
    private static final int FAR_BEFORE = 80;
    private static final int FAR_BEHIND = 45;
    private static final int OTHER_BEFORE = 20;
    /** The longest text that may be nothing but a number. */
    static final int SHORT = 100;

    private final String text;
    private final Candidates candidates;

    private int start = -1;
    private int end = -1;
    private long near;
    private long far;
    private boolean other;
    private boolean alone;

    Judge(String text, Candidates candidates) {
        this.text = text;
        this.candidates = candidates;
    }

    /** Adds the findings that reach their type's threshold, others at the same place included. */
    void judge(List<Finding> findings) {
        for (int i = 0; i < candidates.size(); i++) {
            PiiType type = candidates.type(i);
            float score = score(i, type.context());
            if (score >= candidates.threshold(type)) {
                findings.add(new Finding(candidates.start(i), candidates.end(i), type.name(), score));
            }
        }
    }

    private float score(int i, long context) {
        float score = candidates.score(i);
        boolean phone = candidates.type(i) == PiiType.PHONE_NUMBER;
        boolean told = (candidates.seen() & (phone ? context | Words.NUMBER.bit() : context)) != 0;
        boolean firm = score >= FIRM;
        boolean others = (candidates.seen() & Words.OTHER.bit()) != 0;
        if (!told && (firm || !candidates.mayBeAlone() && !others)) {
            return score;
        }
        look(candidates.start(i), candidates.end(i));
        if (alone && !firm && score >= LEAST_ALONE) {
            score += ALONE;
        }
        if ((near & context) != 0) {
            score += NEAR * (1 - score);
        } else if ((far & context) != 0) {
            score += FAR * (1 - score);
        } else if (phone && score >= LEAST_ALONE && !other && isCalledNumber(candidates.start(i))) {
            score += FAR * (1 - score);
        } else if (other && !firm) {
            score = Math.max(0, score - OTHER);
        }
        return score;
    }

    /** Whether it is somebody's number; that it is a number is enough for one with a trunk zero, which no amount begins with. */
    private boolean isCalledNumber(int from) {
        return (near & Words.NUMBER.bit()) != 0
                && (near & ~OF_NO_TYPE) == 0
                && !text.startsWith("0123456789", from)
                && ((near & Words.MINE.bit()) != 0 || Letters.plainSign(text.charAt(from)) == '0');
    }

    /** What stands around a place; the same for all candidates of one place. */
    private void look(int from, int to) {
        if (from == start && to == end) {
            return;
        }
        start = from;
        end = to;
        near = candidates.groups(from - NEAR_BEFORE, from)
                | candidates.groups(to, to + NEAR_BEHIND)
                | candidates.field();
        far = candidates.groups(from - FAR_BEFORE, from) | candidates.groups(to, to + FAR_BEHIND);
        other = (candidates.groups(from - OTHER_BEFORE, from) & Words.OTHER.bit()) != 0;
        alone = candidates.mayBeAlone() && candidates.words() <= wordsIn(from, to);
    }

    private int wordsIn(int from, int to) {
        int words = 0;
        int at = from;
        while (at < to) {
            int word = at;
            boolean letters = true;
            while (at < to && Letters.isWord(text.charAt(at))) {
                letters &= !Letters.isDigit(text.charAt(at++));
            }
            words += letters && at - word > 1 ? 1 : 0;
            at++;
        }
        return words;
    }

    /**
     * Of findings that overlap the surest stay: the higher score, then the longer, then the one that came first. Those of
     * yielding types stay only where no other is.
     */
    static List<Finding> apart(List<Finding> findings, Set<String> yielding) {
        if (findings.size() < 2) {
            return List.copyOf(findings);
        }
        findings.sort(Comparator.comparingInt(Finding::start));
        List<Finding> kept = new ArrayList<>(findings.size());
        int from = 0;
        while (from < findings.size()) {
            int to = from + 1;
            int reach = findings.get(from).end();
            while (to < findings.size() && findings.get(to).start() < reach) {
                reach = Math.max(reach, findings.get(to++).end());
            }
            if (to - from == 1) {
                kept.add(findings.get(from));
            } else {
                keepBest(findings.subList(from, to), yielding, kept);
            }
            from = to;
        }
        return List.copyOf(kept);
    }

    private static void keepBest(List<Finding> cluster, Set<String> yielding, List<Finding> kept) {
        List<Finding> best = new ArrayList<>(cluster);
        best.sort(Comparator.comparing((Finding one) -> !yielding.contains(one.type()))
                .thenComparingDouble(Finding::score)
                .thenComparingInt(one -> one.end() - one.start())
                .reversed());
        TreeMap<Integer, Finding> taken = new TreeMap<>();
        for (Finding one : best) {
            var before = taken.lowerEntry(one.end());
            if (before == null || before.getValue().end() <= one.start()) {
                taken.put(one.start(), one);
            }
        }
        kept.addAll(taken.values());
    }
}
