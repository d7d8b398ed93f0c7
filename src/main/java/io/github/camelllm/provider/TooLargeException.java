package io.github.camelllm.provider;

import java.io.IOException;

/** An answer, or an event of one, that is larger than the gateway takes. */
final class TooLargeException extends IOException {

    private static final long serialVersionUID = 1;

    TooLargeException(String message) {
        super(message);
    }
}
