package io.github.camelllm.bench;

import java.io.IOException;

/** What is compared: the full chain, and its rival, which is the bare proxy or the chain with other routes. */
final class Subjects {

    private final Lab lab;

    Subjects(Lab lab) {
        this.lab = lab;
    }

    String rivalName() {
        return lab.options().against() == null ? "bare proxy" : "other routes";
    }

    Proxy startRival(String heap) throws IOException, InterruptedException {
        return lab.options().against() == null
                ? lab.startBare(heap)
                : lab.startGateway("other", lab.options().against(), heap);
    }

    Proxy startFull(String javaOptions) throws IOException, InterruptedException {
        return lab.startGateway("full", lab.options().routes(), javaOptions);
    }
}
