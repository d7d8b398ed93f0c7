package io.github.camelllm.ledger;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/** The lines of a file, as bytes; one that is longer than any record of a call is passed over. */
final class Lines implements Closeable {

    private static final int LONGEST = 1 << 20;

    private final InputStream in;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(2048);
    private boolean overlong;

    Lines(InputStream in) {
        this.in = new BufferedInputStream(in, 1 << 16);
    }

    /** The next line without its end, or what stands behind the last end; null when there is no more. */
    byte[] next() throws IOException {
        line.reset();
        overlong = false;
        int c = in.read();
        if (c < 0) {
            return null;
        }
        for (; c >= 0 && c != '\n'; c = in.read()) {
            if (line.size() < LONGEST) {
                line.write(c);
            } else {
                overlong = true;
            }
        }
        return overlong ? new byte[0] : line.toByteArray();
    }

    /** Whether the last line was too long to be kept. */
    boolean overlong() {
        return overlong;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
