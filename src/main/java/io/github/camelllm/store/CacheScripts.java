package io.github.camelllm.store;

/** The scripts of the shared cache. */
final class CacheScripts {

    static final Script FIND = Script.ofCache("cache-find.lua");
    static final Script LEAD = Script.ofCache("cache-lead.lua");
    static final Script KEEP = Script.ofCache("cache-keep.lua");
    static final Script RELEASE = Script.ofCache("cache-release.lua");
    static final Script REMOVE = Script.ofCache("cache-remove.lua");
    static final Script RENEW = Script.ofCache("cache-renew.lua");
    static final Script ADOPT = Script.ofCache("cache-adopt.lua");
    static final Script TELL = Script.ofCache("cache-tell.lua");

    private CacheScripts() {}
}
