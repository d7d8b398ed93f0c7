package io.github.camelllm.guard;

/** Where the words of the vocabulary stand in a stretch of a text. Used by one thread. */
final class Places {

    /** Nowhere. Not to be changed. */
    private static final Spots NONE = new Spots();

    final Spots reached = new Spots();
    final Spots next = new Spots();
    final Spots sequence = new Spots();

    private final Vocabulary words;
    private final Spots[] spots;
    private final int[] touched;
    private int count;

    Places(Vocabulary words) {
        this.words = words;
        this.spots = new Spots[words.entries()];
        this.touched = new int[words.entries()];
    }

    /** Forgets the stretch before and reads one of {@value Spots#SIZE} words at most. */
    void read(int[] classes, int from, int to) {
        while (count > 0) {
            spots[touched[--count]].clear();
        }
        for (int i = from; i < to; i++) {
            for (int entry : words.entriesOf(classes[i])) {
                Spots of = spots[entry];
                if (of == null) {
                    of = spots[entry] = new Spots();
                }
                if (of.isEmpty()) {
                    touched[count++] = entry;
                }
                of.set(i - from);
            }
        }
    }

    /** Where an entry of the vocabulary stands. */
    Spots of(int entry) {
        return spots[entry] == null ? NONE : spots[entry];
    }
}
