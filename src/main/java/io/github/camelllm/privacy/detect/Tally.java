package io.github.camelllm.privacy.detect;

/** How often something was found rightly, found wrongly, and missed. */
final class Tally {

    private int right;
    private int wrong;
    private int missed;

    void right() {
        right++;
    }

    void wrong() {
        wrong++;
    }

    void missed() {
        missed++;
    }

    void add(Tally other) {
        right += other.right;
        wrong += other.wrong;
        missed += other.missed;
    }

    int rights() {
        return right;
    }

    int wrongs() {
        return wrong;
    }

    int misses() {
        return missed;
    }

    /** Of what was found, the share that is right; 1 when nothing was found. */
    double precision() {
        return right + wrong == 0 ? 1 : (double) right / (right + wrong);
    }

    /** Of what is there, the share that was found; 1 when nothing is there. */
    double recall() {
        return right + missed == 0 ? 1 : (double) right / (right + missed);
    }

    /** The harmonic mean of both. */
    double f1() {
        return right == 0 ? (wrong + missed == 0 ? 1 : 0) : 2.0 * right / (2 * right + wrong + missed);
    }
}
