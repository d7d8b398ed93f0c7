package io.github.camelllm.inspect;

import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import java.util.function.Consumer;

/** A stream whose text is checked once it is whole: what the check throws comes in the place of its end. */
final class CheckedAtEnd extends TokenStream {

    private final TokenStream source;
    private final Said said;
    private final Consumer<String> check;
    private boolean checked;

    CheckedAtEnd(TokenStream source, Said said, Consumer<String> check) {
        this.source = source;
        this.said = said;
        this.check = check;
    }

    @Override
    protected StreamEvent pull() {
        StreamEvent event = source.next();
        if (event != null) {
            said.read(event.json());
        } else if (!checked) {
            checked = true;
            check.accept(said.text());
        }
        return event;
    }

    @Override
    protected void release() {
        source.close();
    }
}
