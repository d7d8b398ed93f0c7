package io.github.camelllm.guard;

/** Where the words of the vocabulary stand in a stretch of a text. Used by one thread. */
final class Places {

    /** Nowhere. Not to be changed. */
    private static final Spots NONE = new Spots();

    final Spots reached = new Spots();
    final Spots next = new Spots();
    final Spots sequence = new Spots();
    final Spots passed = new Spots();
    final Spots words = new Spots();

    private final Vocabulary vocabulary;
    private final Spots[] spots;
    private final int[] touched;
    private int count;

    Places(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        this.spots = new Spots[vocabulary.entries()];
        this.touched = new int[vocabulary.entries()];
    }

    /** Forgets the stretch before and reads one of {@value Spots#SIZE} words at most. */
    void read(int[] classes, int from, int to) {
        while (count > 0) {
            spots[touched[--count]].clear();
        }
        for (int i = from; i < to; i++) {
            for (int entry : vocabulary.entriesOf(classes[i])) {
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

    /** Where some words that follow one another begin; good until the next question. */
    Spots of(int[] sequenceOfEntries) {
        sequence.copy(of(sequenceOfEntries[0]));
        for (int i = 1; i < sequenceOfEntries.length && !sequence.isEmpty(); i++) {
            sequence.andEarlier(of(sequenceOfEntries[i]), i);
        }
        return sequence;
    }

    /** Where an entry of the vocabulary stands. */
    Spots of(int entry) {
        return spots[entry] == null ? NONE : spots[entry];
    }
}
