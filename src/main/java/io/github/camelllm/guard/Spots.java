package io.github.camelllm.guard;

/** Places in a stretch of {@value #SIZE} words, one bit each. */
final class Spots {

    /** How many places there are. */
    static final int SIZE = 256;

    private static final int LONGS = SIZE / 64;

    private final long[] bits = new long[LONGS];

    void set(int place) {
        bits[place >>> 6] |= 1L << place;
    }

    void clear() {
        for (int i = 0; i < LONGS; i++) {
            bits[i] = 0;
        }
    }

    boolean isEmpty() {
        return (bits[0] | bits[1] | bits[2] | bits[3]) == 0;
    }

    void copy(Spots other) {
        System.arraycopy(other.bits, 0, bits, 0, LONGS);
    }

    void or(Spots other) {
        for (int i = 0; i < LONGS; i++) {
            bits[i] |= other.bits[i];
        }
    }

    void and(Spots other) {
        for (int i = 0; i < LONGS; i++) {
            bits[i] &= other.bits[i];
        }
    }

    void andNot(Spots other) {
        for (int i = 0; i < LONGS; i++) {
            bits[i] &= ~other.bits[i];
        }
    }

    /** Keeps those before a place. */
    void before(int place) {
        for (int i = 0; i < LONGS; i++) {
            int kept = place - 64 * i;
            bits[i] &= kept >= 64 ? -1L : kept <= 0 ? 0 : (1L << kept) - 1;
        }
    }

    /** Adds those of others, some places (0 to 63) on; what would leave the stretch is lost. */
    void orLater(Spots other, int places) {
        if (places == 0) {
            or(other);
            return;
        }
        for (int i = LONGS - 1; i >= 0; i--) {
            bits[i] |= other.bits[i] << places | (i == 0 ? 0 : other.bits[i - 1] >>> 64 - places);
        }
    }

    /** Keeps those that stand some places (1 to 63) before one of others. */
    void andEarlier(Spots other, int places) {
        for (int i = 0; i < LONGS; i++) {
            bits[i] &= other.bits[i] >>> places | (i == LONGS - 1 ? 0 : other.bits[i + 1] << 64 - places);
        }
    }

    /** Adds, for each, the places up to some (0 to 63) after it. */
    void spread(int places) {
        int done = 0;
        while (done < places) {
            int by = Math.min(done + 1, places - done);
            orLater(this, by); // from the last long to the first: each reads what has not changed yet
            done += by;
        }
    }
}
