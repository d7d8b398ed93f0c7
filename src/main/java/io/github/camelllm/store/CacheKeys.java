package io.github.camelllm.store;

/**
 * The keys of shared values of one kind. All are in one slot of a cluster, as those of limits are.
 *
 * @param space what the values are for: cache, idempotency
 */
record CacheKeys(String space) {

    /** How often values have been cleared; the channel on which that is told has the same name. */
    String clears() {
        return "{llm}:" + space + ":clears";
    }

    /** What the keys of all values begin with. */
    String entries() {
        return "{llm}:" + space + ":e:";
    }

    String entry(String id) {
        return entries() + id;
    }

    String name(String name) {
        return "{llm}:" + space + ":n:" + name;
    }

    String lease(String id) {
        return "{llm}:" + space + ":l:" + id;
    }
}
