package io.github.camelllm.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Loads that were run turn by turn, so that a machine that speeds up or slows down does so for all of them. Figures are
 * taken within a round and the median over the rounds is what counts.
 */
final class Rounds {

    private final List<Outcome[]> rounds = new ArrayList<>();

    private Rounds() {}

    /** Runs each of the loads once a round, in turning order. */
    static Rounds run(Lab lab, int count, Load... loads) throws IOException {
        Rounds result = new Rounds();
        for (int round = 0; round < count; round++) {
            Outcome[] outcomes = new Outcome[loads.length];
            for (int i = 0; i < loads.length; i++) {
                int turn = round % 2 == 0 ? i : loads.length - 1 - i;
                outcomes[turn] = lab.run(loads[turn]);
            }
            result.rounds.add(outcomes);
        }
        return result;
    }

    /** The median of a figure of one load. */
    double median(int load, ToDoubleFunction<Outcome> figure) {
        return median(outcomes -> figure.applyAsDouble(outcomes[load]));
    }

    /** The median of a figure of one load divided by that of another in the same round. */
    double ratio(int load, int by, ToDoubleFunction<Outcome> figure) {
        return median(outcomes -> figure.applyAsDouble(outcomes[load]) / figure.applyAsDouble(outcomes[by]));
    }

    /** The median of a figure of one load less that of another in the same round. */
    double added(int load, int to, ToDoubleFunction<Outcome> figure) {
        return median(outcomes -> figure.applyAsDouble(outcomes[load]) - figure.applyAsDouble(outcomes[to]));
    }

    private double median(ToDoubleFunction<Outcome[]> figure) {
        return median(rounds.stream().mapToDouble(figure).toArray());
    }

    static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
