package io.github.camelllm.testkit;

/** How a TCP connection ends. */
public enum Cut {
    /** In order: everything written so far arrives, then the end of the stream. */
    FIN,
    /** Abruptly: the other side gets "connection reset", and may lose what it had not read yet. */
    RST
}
