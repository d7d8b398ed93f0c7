package io.github.camelllm.store;

/** The scripts and keys of the shared cache. All keys are in one slot of a cluster, as those of limits are. */
final class CacheScripts {

    static final Script FIND = Script.ofCache("cache-find.lua");
    static final Script LEAD = Script.ofCache("cache-lead.lua");
    static final Script KEEP = Script.ofCache("cache-keep.lua");
    static final Script RELEASE = Script.ofCache("cache-release.lua");
    static final Script REMOVE = Script.ofCache("cache-remove.lua");
    static final Script RENEW = Script.ofCache("cache-renew.lua");
    static final Script ADOPT = Script.ofCache("cache-adopt.lua");
    static final Script TELL = Script.ofCache("cache-tell.lua");

    static final String CLEARS = "{llm}:cache:clears";
    static final String CHANNEL = CLEARS;
    static final String ENTRIES = "{llm}:cache:e:";
    private static final String NAMES = "{llm}:cache:n:";
    private static final String LEASES = "{llm}:cache:l:";

    private CacheScripts() {}

    static String entry(String id) {
        return ENTRIES + id;
    }

    static String name(String name) {
        return NAMES + name;
    }

    static String lease(String id) {
        return LEASES + id;
    }
}
