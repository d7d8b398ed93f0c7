package io.github.camelllm.ingress;

import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import org.apache.camel.Message;
import org.apache.camel.component.file.GenericFileMessage;

/**
 * Calls the chain for a file: its content is the request, and what it is told goes into files of the same name.
 *
 * <p>Reads regular files only. A link could name any file that the gateway may read, a pipe could hold it for ever.
 */
public final class FileCall extends WholeAnswer {

    @Override
    protected byte[] read(Message received, int limit) throws IOException {
        return received instanceof GenericFileMessage<?> file
                ? content(Path.of(file.getGenericFile().getAbsoluteFilePath()), limit)
                : plain(received.getBody(), limit);
    }

    private static byte[] content(Path path, int limit) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile()) {
            throw Problem.of(
                    ErrorCode.INVALID_REQUEST,
                    "The request is not a regular file; links, pipes and devices are not read.");
        }
        if (attributes.size() > limit) {
            throw tooLarge(limit);
        }
        try (InputStream in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
            return plain(in, limit);
        } catch (AccessDeniedException e) {
            throw Problem.of(ErrorCode.INVALID_REQUEST, "The gateway may not read the file.");
        }
    }

    /** The headers of a file are Camel's own ({@code CamelFileName} above all), so they may come back. */
    @Override
    protected void write(Message message, byte[] answer, Map<String, Object> received) {
        received.forEach((name, value) -> {
            if (name.startsWith("CamelFile")) {
                message.setHeader(name, value);
            }
        });
        message.setBody(answer);
    }
}
