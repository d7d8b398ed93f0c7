package io.github.camelllm.ingress;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.CRC32;

/** Which names of files can be answered, and what stands for one that cannot. */
final class FileNames {

    /** What a file system takes as a rule, in bytes; an error's name is the longest that is made of a request's. */
    static final int MOST_BYTES = 255 - "..error.json".length() + ".json".length();

    private static final int MOST_KEPT = 150;

    private FileNames() {}

    /** Whether the name means the same to this system, to Camel, which takes a backslash for a slash, and in a log. */
    static boolean isPlain(String name) {
        return name.indexOf('\\') < 0 && name.chars().noneMatch(Character::isISOControl);
    }

    /** Whether a file of this name can be answered. */
    static boolean isAnswerable(Path file) {
        return refusal(file) == null;
    }

    /** Why no file of this name can be answered; null when one can. */
    static String refusal(Path file) {
        String name = file.getFileName().toString();
        if (!isPlain(name)) {
            return "its name has a backslash or a control character in it";
        }
        if (!isText(file.getFileName())) {
            return "its name is no text in this system's encoding (" + System.getProperty("sun.jnu.encoding") + ")";
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
            return "its name is longer than " + MOST_BYTES + " bytes, and its answer's could not be written";
        }
        return null;
    }

    /** Camel knows files by text alone: does this text lead to the same file? */
    private static boolean isText(Path name) {
        try {
            return Path.of(name.toString()).equals(name);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** A name like a file's, without extension, that can be written anywhere; other files have others. */
    static String substitute(Path file) {
        String name = file.getFileName().toString().replaceFirst("\\.json$", "");
        String kept = name.replaceAll("[^\\p{L}\\p{N} ._-]", "_").replaceFirst("^[. ]+", "_");
        while (kept.getBytes(StandardCharsets.UTF_8).length > MOST_KEPT) {
            kept = kept.substring(0, kept.offsetByCodePoints(kept.length(), -1));
        }
        CRC32 sum = new CRC32();
        sum.update(file.getFileName().toUri().getRawPath().getBytes(StandardCharsets.UTF_8));
        return kept + "-" + HexFormat.of().toHexDigits((int) sum.getValue());
    }
}
