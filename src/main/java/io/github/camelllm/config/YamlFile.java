package io.github.camelllm.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * A YAML file as nodes, which know their lines. Messages of the YAML parser that quote the file are not passed on, since what
 * they quote may be a key.
 */
public final class YamlFile {

    private static final Pattern CHARACTER = Pattern.compile("\\s*.?\\(\\d+\\)$", Pattern.DOTALL);

    private YamlFile() {}

    /**
     * Reads a file.
     *
     * @param report gets what is wrong with it
     * @param ifEmpty what to do when there is nothing in it
     * @return its root; empty when it cannot be read, which is in the report
     */
    public static Optional<Node> read(Path file, YamlReport report, String ifEmpty) {
        String text = text(file, report);
        return text == null ? Optional.empty() : compose(text, report, ifEmpty);
    }

    /** The same for a text that is at hand. */
    public static Optional<Node> read(String text, YamlReport report, String ifEmpty) {
        return compose(text, report, ifEmpty);
    }

    private static String text(Path file, YamlReport report) {
        byte[] bytes;
        try {
            bytes = ConfigFile.bytes(file);
        } catch (IOException e) {
            report.add(0, "cannot be read; expected a file that the gateway's user may read");
            return null;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            report.add(0, "is not UTF-8; save it as UTF-8 text");
            return null;
        }
    }

    private static Optional<Node> compose(String text, YamlReport report, String ifEmpty) {
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(Integer.MAX_VALUE)
                .setAllowNonScalarKeys(true)
                .build();
        try {
            Optional<Node> root = new Compose(settings).composeString(text);
            if (root.isEmpty()) {
                report.add(0, "is empty; " + ifEmpty);
            }
            return root;
        } catch (MarkedYamlEngineException e) {
            String hint = String.valueOf(e.getContext()).contains("alias")
                    ? "a value that begins with * or & stands in quotes"
                    : "check indentation, quotes and colons here and in the line above";
            report.add(
                    e.getProblemMark().map(Mark::getLine).orElse(-1) + 1,
                    "is not valid YAML (" + said(e.getProblem()) + "); " + hint);
        } catch (ReaderException e) {
            String before = text.substring(0, Math.min(text.length(), e.getPosition()));
            report.add(
                    (int) before.chars().filter(c -> c == '\n').count() + 1,
                    "has a character that YAML does not allow (U+"
                            + HexFormat.of().toHexDigits(e.getCodePoint(), 4) + "); remove it");
        } catch (YamlEngineException e) {
            report.add(0, "is not valid YAML; check its indentation, quotes and colons");
        }
        return Optional.empty();
    }

    /** The parser's words without the character that it ends some of them with. */
    private static String said(String problem) {
        return Shown.bare(CHARACTER.matcher(problem).replaceFirst(""));
    }
}
