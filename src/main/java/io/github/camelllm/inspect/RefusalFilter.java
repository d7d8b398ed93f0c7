package io.github.camelllm.inspect;

import io.github.camelllm.call.text.TextFilter;

/** Notes that a provider has marked a text as a refusal. */
record RefusalFilter(TextFilter inner, Findings findings) implements TextFilter {

    @Override
    public String push(String piece) {
        if (!piece.isBlank()) {
            findings.note(InspectRules.REFUSAL);
        }
        return inner.push(piece);
    }

    @Override
    public String end() {
        return inner.end();
    }
}
