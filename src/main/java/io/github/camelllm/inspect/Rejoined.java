package io.github.camelllm.inspect;

import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** A stream of which the first events have been read already. */
final class Rejoined extends TokenStream {

    private final Deque<StreamEvent> first;
    private final TokenStream rest;

    Rejoined(List<StreamEvent> first, TokenStream rest) {
        this.first = new ArrayDeque<>(first);
        this.rest = rest;
    }

    @Override
    protected StreamEvent pull() {
        return first.isEmpty() ? rest.next() : first.poll();
    }

    @Override
    protected void release() {
        rest.close();
    }
}
