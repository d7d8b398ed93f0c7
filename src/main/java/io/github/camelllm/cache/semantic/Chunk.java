package io.github.camelllm.cache.semantic;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Words that belong together, in their order.
 *
 * @param link the word that ties them to the rest, such as from or in; empty for the sentence itself
 * @param words what they are, each by its stem or by the word that stands for all that say the same
 */
record Chunk(String link, List<String> words) {

    /** The same with none but certain words. */
    Chunk only(Set<String> kept) {
        List<String> left = new ArrayList<>(words);
        left.retainAll(kept);
        return new Chunk(link, left);
    }
}
