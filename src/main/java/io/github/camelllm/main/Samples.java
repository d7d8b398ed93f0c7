package io.github.camelllm.main;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The labelled texts in the jar that {@code bin/gateway eval} takes where it is given none, as files. They show how an
 * evaluation is read and what a line looks like; they are too few, and too plain, to say how well something does.
 */
final class Samples {

    /** What is printed above figures that come of them. */
    static final String NOTE =
            "The sample in the jar: too small and too plain to judge by. Name data of your own with --data.";

    private Samples() {}

    /** What is done with a file. */
    interface Work<E extends Exception> {
        int with(Path file) throws E;
    }

    /**
     * Has something done with a sample, which is gone afterwards.
     *
     * @param name of the file in the jar
     * @return what the work returns
     */
    static <E extends Exception> int use(String name, Work<E> work) throws IOException, E {
        Path directory = Files.createTempDirectory("gateway-sample-");
        Path file = directory.resolve(name);
        try {
            try (InputStream in = Samples.class.getResourceAsStream("/io/github/camelllm/eval/" + name)) {
                Files.copy(in, file);
            }
            return work.with(file);
        } finally {
            Files.deleteIfExists(file);
            Files.delete(directory);
        }
    }
}
