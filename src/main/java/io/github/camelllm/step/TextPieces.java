package io.github.camelllm.step;

import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** The text of a token stream's first choice, in the pieces it comes in; events that bring none are passed over. */
final class TextPieces implements Iterator<String> {

    private final TokenStream stream;
    private String next;
    private boolean ended;

    TextPieces(TokenStream stream) {
        this.stream = stream;
    }

    @Override
    public boolean hasNext() {
        while (next == null && !ended) {
            StreamEvent event = stream.next();
            ended = event == null;
            String text = ended ? "" : of(event);
            next = text.isEmpty() ? null : text;
        }
        return next != null;
    }

    @Override
    public String next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the stream has ended");
        }
        String text = next;
        next = null;
        return text;
    }

    /** The text that an event brings; never null. */
    static String of(StreamEvent event) {
        return event.json().at("/choices/0/delta/content").asText("");
    }
}
