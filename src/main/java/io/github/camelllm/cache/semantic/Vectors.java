package io.github.camelllm.cache.semantic;

/** Arithmetic on vectors, in loops that the compiler turns into SIMD instructions. */
final class Vectors {

    private Vectors() {}

    /**
     * A copy of length one.
     *
     * @throws IllegalArgumentException when a vector has no direction: it is empty, all zero, or not finite
     */
    static float[] normalised(float[] vector) {
        double square = 0;
        for (float number : vector) {
            square += (double) number * number;
        }
        if (!(square > 0) || Double.isInfinite(square)) {
            throw new IllegalArgumentException("the vector has " + vector.length
                    + " numbers and no direction; finite numbers, not all 0, are expected");
        }
        float factor = (float) (1 / Math.sqrt(square));
        float[] unit = new float[vector.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = vector[i] * factor;
        }
        return unit;
    }

    /** The cosine of two vectors of length one; the second begins at a place of an array. */
    static float cosine(float[] one, float[] others, int from) {
        // Sums of floats are not regrouped by the compiler: eight of them leave it room.
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        float s4 = 0;
        float s5 = 0;
        float s6 = 0;
        float s7 = 0;
        int whole = one.length & ~7;
        for (int i = 0; i < whole; i += 8) {
            int j = from + i;
            s0 += one[i] * others[j];
            s1 += one[i + 1] * others[j + 1];
            s2 += one[i + 2] * others[j + 2];
            s3 += one[i + 3] * others[j + 3];
            s4 += one[i + 4] * others[j + 4];
            s5 += one[i + 5] * others[j + 5];
            s6 += one[i + 6] * others[j + 6];
            s7 += one[i + 7] * others[j + 7];
        }
        for (int i = whole; i < one.length; i++) {
            s0 += one[i] * others[from + i];
        }
        return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
    }
}
