package io.github.camelllm.ingress;

import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/** The codings in which a request body may be compressed (RFC 9110, section 8.4): gzip, and deflate in its zlib form. */
final class ContentCoding {

    /** What is taken, as it stands in {@code Accept-Encoding}. */
    static final String ACCEPTED = "gzip, deflate";

    private static final int PIECE = 16 * 1024;

    private ContentCoding() {}

    /** Whether a body with this {@code Content-Encoding} is as it is; null for no such header. */
    static boolean none(String coding) {
        return coding == null || coding.isBlank() || normal(coding).equals("identity");
    }

    static boolean known(String coding) {
        return none(coding)
                || switch (normal(coding)) {
                    case "gzip", "x-gzip", "deflate" -> true;
                    default -> false;
                };
    }

    static Problem unknown() {
        return Problem.of(
                ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                "The Content-Encoding of a request may be gzip or deflate, once, or there may be none.");
    }

    /**
     * Decompresses a body into another, and lets the first go.
     *
     * @throws Problem when it is not what it says
     * @throws ReceivedBody.TooLarge when what comes out is more than a body may be; no more is decompressed then
     */
    static void decode(String coding, ReceivedBody from, ReceivedBody to) {
        try (InputStream in = open(coding, new ByteArrayInputStream(from.bytes(), 0, from.length()))) {
            byte[] piece = new byte[PIECE];
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                to.add(piece, count);
            }
        } catch (IOException e) {
            throw Problem.of(ErrorCode.INVALID_REQUEST, "The body is not what its Content-Encoding says.")
                    .withDetail(e.toString());
        }
        from.drop();
    }

    private static InputStream open(String coding, InputStream in) throws IOException {
        return normal(coding).equals("deflate") ? new InflaterInputStream(in) : new GZIPInputStream(in, PIECE);
    }

    private static String normal(String coding) {
        return coding.strip().toLowerCase(Locale.ROOT);
    }
}
