package io.github.camelllm.cost;

/** What a request asks its provider to keep of the prompt. */
enum CacheWrites {
    /** Nothing. */
    NONE,
    /** Something, for minutes. */
    SHORT,
    /** Something, for an hour. */
    LONG
}
