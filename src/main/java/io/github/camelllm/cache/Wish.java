package io.github.camelllm.cache;

import io.github.camelllm.call.Call;
import io.github.camelllm.problem.Problem;
import java.util.Locale;

/** What a client wants of the cache: {@code X-LLM-Cache}. */
enum Wish {
    NONE,
    /** A fresh answer, which is kept. */
    NO_CACHE,
    /** To be left alone: nothing is looked up, nothing is kept. */
    NO_STORE;

    /** @throws Problem {@code invalid_request} when the header says something else: who misspells it must not get an old answer */
    static Wish of(Call call) {
        String header = call.headers().get("x-llm-cache");
        Wish wish = NONE;
        if (header == null) {
            return wish;
        }
        for (String word : header.toLowerCase(Locale.ROOT).split(",")) {
            switch (word.strip()) {
                case "no-cache" -> wish = wish == NO_STORE ? NO_STORE : NO_CACHE;
                case "no-store" -> wish = NO_STORE;
                default -> throw Problem.invalid("X-LLM-Cache", "X-LLM-Cache is not no-cache or no-store.");
            }
        }
        return wish;
    }
}
