package io.github.camelllm.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that was probably meant: the one with the fewest letters added, dropped, replaced or swapped. */
public final class Nearest {

    private static final int LONGEST = 64;

    private Nearest() {}

    /** The known name nearest to the given one; empty when none is near enough to be what was meant. */
    public static Optional<String> to(String given, Collection<String> known) {
        String bare = bare(given);
        String nearest = null;
        int least = Math.max(1, bare.length() / 3) + 1;
        for (String name : known) {
            int distance = bare.length() > LONGEST ? least : distance(bare, bare(name));
            if (distance < least) {
                least = distance;
                nearest = name;
            }
        }
        return Optional.ofNullable(nearest);
    }

    /** {@code Did you mean 'x'?}, or the alternative when nothing known is near. */
    public static String remedy(String given, Collection<String> known, String otherwise) {
        return to(given, known).map(near -> "Did you mean '" + near + "'?").orElse(otherwise);
    }

    /** Case, hyphens, underscores and the prefix of the gateway's own names are what people get wrong most: they count for nothing. */
    private static String bare(String name) {
        String bare = name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
        return bare.startsWith("llm") ? bare.substring(3) : bare;
    }

    /** Levenshtein's distance, in which two neighbours swapped count as one mistake (optimal string alignment). */
    private static int distance(String a, String b) {
        int[][] table = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                table[i][j] = i == 0 || j == 0 ? i + j : cell(a, b, table, i, j);
            }
        }
        return table[a.length()][b.length()];
    }

    private static int cell(String a, String b, int[][] table, int i, int j) {
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        int least = Math.min(table[i - 1][j - 1] + (same ? 0 : 1), 1 + Math.min(table[i - 1][j], table[i][j - 1]));
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(least, table[i - 2][j - 2] + 1) : least;
    }
}
