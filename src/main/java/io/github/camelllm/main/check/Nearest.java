package io.github.camelllm.main.check;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that somebody who mistyped another most likely meant. */
public final class Nearest {

    private Nearest() {}

    /**
     * The known name closest to the given one, if any is close: at most a third of its letters differ, and at most three.
     *
     * @param name what was written
     * @param known what could have been meant
     */
    public static Optional<String> to(String name, Collection<String> known) {
        String best = null;
        int bestDistance = Math.min(3, Math.max(1, name.length() / 3)) + 1;
        for (String candidate : known) {
            int distance = distance(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (distance < bestDistance || distance == bestDistance && best != null && candidate.compareTo(best) < 0) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return Optional.ofNullable(best);
    }

    /** {@code Did you mean 'x'?}, or the alternative when nothing known is close. */
    public static String remedy(String name, Collection<String> known, String otherwise) {
        return to(name, known).map(near -> "Did you mean '" + near + "'?").orElse(otherwise);
    }

    /** Optimal string alignment: insertions, deletions, substitutions and swaps of two neighbours. */
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1), d[i - 1][j - 1] + same);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
