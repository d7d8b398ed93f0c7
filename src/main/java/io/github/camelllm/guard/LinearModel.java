package io.github.camelllm.guard;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.function.IntConsumer;

/**
 * A logistic regression over hashed words, pairs and triples of words: which of them stand in a text, not how often. A weight
 * is a byte; from the hashes no text can be told. Immutable.
 */
final class LinearModel {

    /** How many weights there are; a power of two. */
    static final int SIZE = 1 << 17;

    private static final int MAGIC = 0x47554152;

    private final byte[] weights;
    private final float scale;
    private final float bias;

    /**
     * @param weights one for each hash
     * @param scale what a weight of 1 counts
     * @param bias the logit of a text without words
     */
    LinearModel(byte[] weights, float scale, float bias) {
        this.weights = weights;
        this.scale = scale;
        this.bias = bias;
    }

    /**
     * Reads a model that {@link #write} has written.
     *
     * @throws IOException saying what is wrong, also when it is no model of this version
     */
    static LinearModel read(InputStream in) throws IOException {
        DataInputStream data = new DataInputStream(in);
        if (data.readInt() != MAGIC || data.readInt() != SIZE) {
            throw new IOException("is no model of this version of the gateway; train it anew");
        }
        float scale = data.readFloat();
        float bias = data.readFloat();
        byte[] weights = new byte[SIZE];
        data.readFully(weights);
        return new LinearModel(weights, scale, bias);
    }

    /** The model that the jar has. */
    static LinearModel shipped() {
        try (InputStream in = LinearModel.class.getResourceAsStream("injection.model")) {
            return read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the model. */
    void write(OutputStream out) throws IOException {
        DataOutputStream data = new DataOutputStream(out);
        data.writeInt(MAGIC);
        data.writeInt(SIZE);
        data.writeFloat(scale);
        data.writeFloat(bias);
        data.write(weights);
        data.flush();
    }

    /** The log odds that the words from one (inclusive) to another (exclusive) are an attack. */
    double logit(int[] hashes, int from, int to) {
        Sum sum = new Sum();
        features(hashes, from, to, sum);
        return bias + (sum.count == 0 ? 0 : scale * sum.total / Math.sqrt(sum.count));
    }

    private final class Sum implements IntConsumer {
        private long total;
        private int count;

        @Override
        public void accept(int feature) {
            total += weights[feature];
            count++;
        }
    }

    /** Tells each feature of some words once. */
    static void features(int[] hashes, int from, int to, IntConsumer each) {
        long[] seen = new long[SIZE >>> 6];
        for (int i = from; i < to; i++) {
            int one = hashes[i];
            tell(mix(one), seen, each);
            if (i > from) {
                int two = one * 31 + hashes[i - 1] * 0x2C1B3C6D;
                tell(mix(two), seen, each);
                if (i > from + 1) {
                    tell(mix(two * 17 + hashes[i - 2] * 0x297A2D39), seen, each);
                }
            }
        }
    }

    private static void tell(int feature, long[] seen, IntConsumer each) {
        long bit = 1L << feature;
        if ((seen[feature >>> 6] & bit) == 0) {
            seen[feature >>> 6] |= bit;
            each.accept(feature);
        }
    }

    private static int mix(int hash) {
        int h = hash;
        h = (h ^ h >>> 16) * 0x7FEB352D;
        h = (h ^ h >>> 15) * 0x846CA68B;
        return (h ^ h >>> 16) & SIZE - 1;
    }

    /** The hashes of words. */
    static int[] hashes(Tokens tokens) {
        int[] hashes = new int[tokens.size()];
        for (int i = 0; i < hashes.length; i++) {
            int hash = 0;
            for (int at = tokens.start(i); at < tokens.end(i); at++) {
                char c = tokens.text.charAt(at);
                hash = hash * 31 + (c >= '0' && c <= '9' ? '0' : c);
            }
            hashes[i] = hash * 0x9E3779B1;
        }
        return hashes;
    }
}
