package io.github.camelllm.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is compared: the full chain, and its rival, which is the bare proxy or the chain with other routes. */
final class Subjects {

    private final Lab lab;

    Subjects(Lab lab) {
        this.lab = lab;
    }

    String rivalName() {
        Path against = lab.options().against();
        return against == null ? "bare proxy" : isGateway(against) ? "other gateway" : "other routes";
    }

    Proxy startRival(String heap) throws IOException, InterruptedException {
        Path against = lab.options().against();
        if (against == null) {
            return lab.startBare(heap);
        }
        return isGateway(against)
                ? lab.startGateway("other", against, against.resolve("routes"), heap)
                : lab.startGateway("other", lab.options().gateway(), against, heap);
    }

    Proxy startFull(String javaOptions) throws IOException, InterruptedException {
        return lab.startGateway("full", lab.options().gateway(), lab.options().routes(), javaOptions);
    }

    private static boolean isGateway(Path directory) {
        return Files.isDirectory(directory.resolve("bin"));
    }
}
