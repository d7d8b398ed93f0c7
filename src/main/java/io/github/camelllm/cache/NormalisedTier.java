package io.github.camelllm.cache;

import io.github.camelllm.call.Call;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Questions that differ in case, white space, punctuation and words of courtesy alone: see {@link Normaliser}. */
final class NormalisedTier implements CacheTier {

    static final String NAME = "normalised";

    private final Supplier<List<String>> fillers;
    private final Map<String, String> idsByName = new ConcurrentHashMap<>();
    private final Map<String, String> namesById = new ConcurrentHashMap<>();

    /** @param fillers the words and phrases in lower case that are left out at both ends, as they are now */
    NormalisedTier(Supplier<List<String>> fillers) {
        this.fillers = fillers;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Optional<Match> find(Call call, Question question) {
        String name = nameOf(question);
        String id = name == null ? null : idsByName.get(name);
        return id == null ? Optional.empty() : Optional.of(new Match(id, 1));
    }

    @Override
    public void add(Call call, Question question) {
        String name = nameOf(question);
        if (name == null) {
            return;
        }
        synchronized (this) { // both maps or none: an answer that leaves takes its name along
            namesById.put(question.id(), name);
            idsByName.put(name, question.id());
        }
    }

    @Override
    public synchronized void remove(String partition, String id) {
        String name = namesById.remove(id);
        if (name != null) {
            idsByName.remove(name, id);
        }
    }

    @Override
    public int bytesPerAnswer() {
        return 450;
    }

    /** How many names are known. */
    int size() {
        return namesById.size();
    }

    /** What all questions are named that this tier takes for the same; null for one that is like no other. */
    String nameOf(Question question) {
        String text = question.text() == null ? null : Normaliser.normalise(question.text(), fillers.get());
        return text == null
                ? null
                : new CanonicalDigest().text(question.partition()).text(text).hex();
    }
}
