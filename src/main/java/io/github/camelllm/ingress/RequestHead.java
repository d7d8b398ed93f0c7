package io.github.camelllm.ingress;

import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValidationUtil;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** What is wrong with the head of a request, so that nobody can say for sure what it asks or where it ends. */
final class RequestHead {

    private static final String BAD = "The HTTP request is not well-formed";

    private RequestHead() {}

    /** Null when nothing is. */
    static Problem problemOf(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return undecodable(request.decoderResult().cause());
        }
        HttpVersion version = request.protocolVersion();
        boolean http11 = version.equals(HttpVersion.HTTP_1_1);
        if (!http11 && !version.equals(HttpVersion.HTTP_1_0)) {
            return malformed("its version is not HTTP/1.1 or HTTP/1.0");
        }
        if (!isToken(request.method().name())) {
            return malformed("its method is no word");
        }
        if (!isPercentEncoded(request.uri())) {
            return malformed("a % in its path or query is not followed by two hexadecimal digits");
        }
        HttpHeaders headers = request.headers();
        for (Iterator<Map.Entry<CharSequence, CharSequence>> all = headers.iteratorCharSequence(); all.hasNext(); ) {
            if (!isToken(all.next().getKey())) {
                return malformed("the name of a header is no word");
            }
        }
        List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1 || (http11 && hosts.isEmpty())) {
            return malformed("it needs one Host header and has " + hosts.size());
        }
        if (!hosts.isEmpty() && !isHost(hosts.get(0))) {
            return malformed("its Host header names no host");
        }
        List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (!codings.isEmpty()) {
            if (!http11) {
                return malformed("HTTP/1.0 has no Transfer-Encoding");
            }
            if (codings.size() > 1 || !codings.get(0).strip().equalsIgnoreCase("chunked")) {
                return malformed("the only Transfer-Encoding taken is chunked, once");
            }
            if (headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
                return malformed("it has both Content-Length and Transfer-Encoding");
            }
        }
        List<String> lengths = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
        if (lengths.size() > 1 || (lengths.size() == 1 && !isLength(lengths.get(0)))) {
            return malformed("its Content-Length is not one whole number");
        }
        return null;
    }

    /** The problem of what Netty has failed to decode, in a head or between the chunks of a body. */
    static Problem undecodable(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return Problem.of(ErrorCode.URI_TOO_LONG, "The request line is longer than this server takes.");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return Problem.of(ErrorCode.HEADERS_TOO_LARGE, "The request's headers are larger than this server takes.");
        }
        return Problem.of(ErrorCode.INVALID_REQUEST, BAD + ".").withDetail(String.valueOf(cause));
    }

    private static Problem malformed(String what) {
        return Problem.of(ErrorCode.INVALID_REQUEST, BAD + ": " + what + ".");
    }

    private static boolean isToken(CharSequence text) {
        return text.length() > 0 && HttpHeaderValidationUtil.validateToken(text) < 0;
    }

    private static boolean isPercentEncoded(String target) {
        for (int i = target.indexOf('%'); i >= 0; i = target.indexOf('%', i + 3)) {
            if (i + 2 >= target.length()
                    || Character.digit(target.charAt(i + 1), 16) < 0
                    || Character.digit(target.charAt(i + 2), 16) < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLength(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** RFC 3986's characters of a host and a port, but for the comma of lines that were joined; empty is allowed. */
    private static boolean isHost(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && "-._~%:[]!$&'()*+;=".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }
}
