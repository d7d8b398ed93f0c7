package io.github.camelllm.cache.semantic;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Puts words into chunks as they are read. */
final class Chunks {

    private final List<String> main = new ArrayList<>();
    private final List<Chunk> linked = new ArrayList<>();
    private List<String> current = main;
    private int run;

    /** A word that says something. */
    void add(String word) {
        current.add(word);
    }

    /** An article: what follows is one thing. */
    void begin() {
        run = current.size();
    }

    /** "The language of the app" is the app language: what follows goes before the thing that was named last. */
    void of() {
        List<String> thing = new ArrayList<>(current.subList(Math.min(run, current.size()), current.size()));
        if (thing.isEmpty()) {
            return;
        }
        List<String> before = new ArrayList<>(current.subList(0, current.size() - thing.size()));
        List<String> outer = current;
        List<String> inner = new Inserted(outer, before.size());
        current = inner;
        run = 0;
    }

    /** A word such as from or in, to which belongs what follows. */
    void link(String word) {
        stranded();
        List<String> words = new ArrayList<>();
        int last = linked.size() - 1;
        boolean follows = last >= 0 && current == linked.get(last).words() && current.isEmpty();
        if (follows) {
            Chunk before = linked.remove(last); // than to, from under
            linked.add(new Chunk(before.link() + " " + word, words));
        } else {
            linked.add(new Chunk(word, words));
        }
        current = words;
        run = 0;
    }

    /** The end of what belongs together: what follows belongs to the sentence itself. */
    void end() {
        stranded();
        current = main;
        run = main.size();
    }

    /** "Who is Luke the father of" is not "the father of Luke". */
    private void stranded() {
        if (current instanceof Inserted && current.isEmpty()) {
            current.add("?of");
        }
    }

    /** The sentence itself, then what is linked to it, in the order of the text. */
    List<Chunk> all() {
        List<Chunk> all = new ArrayList<>();
        all.add(new Chunk("", List.copyOf(main)));
        for (Chunk chunk : linked) {
            all.add(new Chunk(chunk.link(), List.copyOf(chunk.words())));
        }
        return List.copyOf(all);
    }

    /** Every word once. */
    Set<String> words() {
        Set<String> words = new LinkedHashSet<>();
        all().forEach(chunk -> words.addAll(chunk.words()));
        return words;
    }

    /** Words that are put in at a place of a list, one behind the other. */
    private static final class Inserted extends java.util.AbstractList<String> {

        private final List<String> outer;
        private final int from;
        private int size;

        Inserted(List<String> outer, int from) {
            this.outer = outer;
            this.from = from;
        }

        @Override
        public String get(int index) {
            return outer.get(from + index);
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public void add(int index, String word) {
            outer.add(from + index, word);
            size++;
        }
    }
}
