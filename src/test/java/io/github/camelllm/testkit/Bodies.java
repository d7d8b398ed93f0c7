package io.github.camelllm.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cuts the acts that write a body, at positions counted in bytes. */
final class Bodies {

    private Bodies() {}

    static int length(List<Act> body) {
        int length = 0;
        for (Act act : body) {
            length += act instanceof Act.Write write ? write.bytes().length : 0;
        }
        return length;
    }

    static List<Act> head(List<Act> body, int bytes) {
        List<Act> kept = new ArrayList<>();
        int left = bytes;
        for (Act act : body) {
            if (act instanceof Act.Write write) {
                if (write.bytes().length >= left) {
                    boolean whole = write.bytes().length == left;
                    if (left > 0) {
                        kept.add(new Act.Write(Arrays.copyOf(write.bytes(), left), whole ? write.events() : 0));
                    }
                    return kept;
                }
                left -= write.bytes().length;
            }
            kept.add(act);
        }
        throw new IllegalArgumentException("the body has fewer than " + bytes + " bytes");
    }

    static List<Act> pieces(List<Act> body, int size, Duration pause) {
        List<Act> cut = new ArrayList<>();
        for (Act act : body) {
            if (!(act instanceof Act.Write write)) {
                cut.add(act);
                continue;
            }
            byte[] all = write.bytes();
            for (int from = 0; from < all.length; from += size) {
                int to = Math.min(all.length, from + size);
                if (!cut.isEmpty() && !pause.isZero()) {
                    cut.add(new Act.Pause(pause));
                }
                cut.add(new Act.Write(Arrays.copyOfRange(all, from, to), to == all.length ? write.events() : 0));
            }
        }
        return cut;
    }
}
