package io.github.camelllm.access;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that was probably meant: the one with the fewest letters added, dropped or replaced. */
final class Nearest {

    private static final int LONGEST = 64;

    private Nearest() {}

    /** The known name nearest to the given one; empty when none is near enough to be what was meant. */
    static Optional<String> to(String given, Collection<String> known) {
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

    /** Case, hyphens and underscores are what people get wrong most, so they count for nothing. */
    private static String bare(String name) {
        return name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }

    /** Levenshtein's distance, by the usual table kept one row at a time. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
