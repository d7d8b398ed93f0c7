package io.github.camelllm.privacy.detect;

/** Finds context words by their hash, which the scan computes as it goes. */
final class Vocabulary {

    /** The longest word that is looked up, in characters. */
    static final int LONGEST = 36;

    private static final int SIZE = 4096;
    private static final String[] KEYS = new String[SIZE];
    private static final long[] MASKS = new long[SIZE];
    private static final boolean[] UNSPACED = new boolean[0x10000 >> 8];

    static {
        for (Words group : Words.values()) {
            for (String word : group.all()) {
                put(word, group.bit());
            }
        }
    }

    private Vocabulary() {}

    static int step(int hash, char plain) {
        return hash * 31 + plain;
    }

    private static void put(String word, long bit) {
        int hash = 0;
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < word.length(); i++) {
            char c = Letters.plain(word.charAt(i));
            plain.append(c);
            hash = step(hash, c);
        }
        int slot = slot(hash);
        while (KEYS[slot] != null && !KEYS[slot].contentEquals(plain)) {
            slot = (slot + 1) % SIZE;
        }
        KEYS[slot] = plain.toString();
        MASKS[slot] |= bit;
        if (Letters.isUnspaced(word.charAt(0))) {
            UNSPACED[word.charAt(0) >> 8] = true;
        }
    }

    private static int slot(int hash) {
        return (hash ^ hash >>> 15) & SIZE - 1;
    }

    /** Whether some word may begin with this character of a script without spaces. */
    static boolean mayBegin(char c) {
        return UNSPACED[c >> 8];
    }

    /** The groups that a word of the text belongs to, as bits. */
    static long groups(String text, int start, int end, int hash) {
        for (int slot = slot(hash); KEYS[slot] != null; slot = (slot + 1) % SIZE) {
            if (same(KEYS[slot], text, start, end)) {
                return MASKS[slot];
            }
        }
        return 0;
    }

    private static boolean same(String key, String text, int start, int end) {
        if (key.length() != end - start) {
            return false;
        }
        for (int i = start; i < end; i++) {
            if (Letters.plain(text.charAt(i)) != key.charAt(i - start)) {
                return false;
            }
        }
        return true;
    }
}
