package io.github.camelllm.cache;

import io.github.camelllm.problem.Problem;
import io.github.camelllm.store.SharedCache;
import java.util.function.Predicate;

/** What other gateways have cleared goes here too. */
final class Clears implements SharedCache.Listener {

    private final AnswerStore store;
    private final Asking asking;

    Clears(AnswerStore store, Asking asking) {
        this.store = store;
        this.asking = asking;
    }

    @Override
    public void cleared(String what) {
        drop(which(what));
    }

    @Override
    public void missedClears() {
        drop(kept -> true);
    }

    @Override
    public void replaced(String id) {
        store.takeBack(id);
    }

    private void drop(Predicate<Kept> which) {
        asking.detach();
        store.clear(which);
    }

    /** Everything, when a gateway of another release has words that this one does not know. */
    private static Predicate<Kept> which(String what) {
        try {
            return ClearCache.what(what).which();
        } catch (Problem e) {
            return kept -> true;
        }
    }
}
