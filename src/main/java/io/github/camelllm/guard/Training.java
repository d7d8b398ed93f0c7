package io.github.camelllm.guard;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Fits a {@link LinearModel} to labelled texts: stochastic descent with AdaGrad and a penalty on large weights. */
final class Training {

    private static final int EPOCHS = 15;
    private static final double RATE = 0.5;
    private static final double PENALTY = 2e-5;

    /** What an attack weighs, as there are fewer of them than harmless texts. */
    private static final double ATTACK = 1.5;

    /**
     * A text to learn from.
     *
     * @param features of its words, see {@link LinearModel#features}
     * @param attack whether it is one
     */
    record Example(int[] features, boolean attack) {

        static Example of(int[] hashes, int from, int to, boolean attack) {
            IntStream.Builder features = IntStream.builder();
            LinearModel.features(hashes, from, to, features::add);
            return new Example(features.build().toArray(), attack);
        }
    }

    private Training() {}

    /** The model that tells these examples apart; the same for the same examples in the same order. */
    static LinearModel fit(List<Example> examples) {
        double[] weights = new double[LinearModel.SIZE];
        double[] squares = new double[LinearModel.SIZE];
        double bias = 0;
        double biasSquares = 0;
        int[] order = IntStream.range(0, examples.size()).toArray();
        Random random = new Random(7);
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            shuffle(order, random);
            for (int index : order) {
                Example example = examples.get(index);
                double norm = 1 / Math.sqrt(Math.max(1, example.features().length));
                double logit = bias;
                for (int feature : example.features()) {
                    logit += weights[feature] * norm;
                }
                double likely = 1 / (1 + Math.exp(-logit));
                double error = example.attack() ? ATTACK * (likely - 1) : likely;
                for (int feature : example.features()) {
                    double gradient = error * norm + PENALTY * weights[feature];
                    squares[feature] += gradient * gradient;
                    weights[feature] -= RATE * gradient / Math.sqrt(squares[feature] + 1e-8);
                }
                biasSquares += error * error;
                bias -= RATE * error / Math.sqrt(biasSquares + 1e-8);
            }
        }
        return quantised(weights, bias);
    }

    private static LinearModel quantised(double[] weights, double bias) {
        double most = 1e-9;
        for (double weight : weights) {
            most = Math.max(most, Math.abs(weight));
        }
        double scale = most / 127;
        byte[] bytes = new byte[weights.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Math.round(weights[i] / scale);
        }
        return new LinearModel(bytes, (float) scale, (float) bias);
    }

    private static void shuffle(int[] order, Random random) {
        for (int i = order.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int kept = order[i];
            order[i] = order[other];
            order[other] = kept;
        }
    }
}
