package io.github.camelllm.privacy.detect;

import java.util.Arrays;

/** What the scan has seen: places that may be of a type, and words that may tell. Both grow with the text alone. */
final class Candidates {

    private int[] starts = new int[16];
    private int[] ends = new int[16];
    private PiiType[] types = new PiiType[16];
    private float[] scores = new float[16];
    private int size;

    private int[] places = new int[16];
    private long[] masks = new long[16];
    private int hits;
    private long seen;

    private int words;

    private final double[] thresholds;
    private final long field;
    private final boolean mayBeAlone;

    /**
     * @param thresholds by type
     * @param field the groups of the words of the field that the text is the value of
     * @param mayBeAlone whether the text may be nothing but a number
     */
    Candidates(double[] thresholds, long field, boolean mayBeAlone) {
        this.thresholds = thresholds;
        this.field = field;
        this.mayBeAlone = mayBeAlone;
    }

    /** Whether a candidate can reach its type's threshold at all, by the words of the whole text. */
    boolean mayCount(PiiType type, double score) {
        return score >= thresholds[type.ordinal()]
                || mayBeAlone && score >= Judge.LEAST_ALONE
                || ((seen | field) & type.context()) != 0;
    }

    boolean mayBeAlone() {
        return mayBeAlone;
    }

    double threshold(PiiType type) {
        return thresholds[type.ordinal()];
    }

    void add(int start, int end, PiiType type, double score) {
        if (size == starts.length) {
            int room = size * 2;
            starts = Arrays.copyOf(starts, room);
            ends = Arrays.copyOf(ends, room);
            types = Arrays.copyOf(types, room);
            scores = Arrays.copyOf(scores, room);
        }
        starts[size] = start;
        ends[size] = end;
        types[size] = type;
        scores[size++] = (float) score;
    }

    /** Notes a word that belongs to some groups; words come in the order of the text. */
    void hit(int start, long groups) {
        if (hits == places.length) {
            places = Arrays.copyOf(places, hits * 2);
            masks = Arrays.copyOf(masks, hits * 2);
        }
        places[hits] = start;
        masks[hits++] = groups;
        seen |= groups;
    }

    /** Counts a word that says something. */
    void word() {
        words++;
    }

    int size() {
        return size;
    }

    int start(int i) {
        return starts[i];
    }

    int end(int i) {
        return ends[i];
    }

    PiiType type(int i) {
        return types[i];
    }

    float score(int i) {
        return scores[i];
    }

    int words() {
        return words;
    }

    /** The groups of all words, those of the field included. */
    long seen() {
        return seen | field;
    }

    long field() {
        return field;
    }

    /** The groups of the words that begin between two places, the second exclusive. */
    long groups(int from, int to) {
        int at = Arrays.binarySearch(places, 0, hits, from);
        long groups = 0;
        for (int i = at < 0 ? -at - 1 : at; i < hits && places[i] < to; i++) {
            groups |= masks[i];
        }
        return groups;
    }
}
