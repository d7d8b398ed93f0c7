package io.github.camelllm.step.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.io.HttpMessageParser;
import org.apache.hc.core5.http.io.HttpMessageParserFactory;
import org.apache.hc.core5.http.io.SessionInputBuffer;

/** Reads the heads of answers, and refuses interim ones (1xx) without end: each begins the wait for the answer anew. */
final class BoundedHeads implements HttpMessageParserFactory<ClassicHttpResponse> {

    static final BoundedHeads INSTANCE = new BoundedHeads();

    /** The most interim answers before one; servers send one or two. */
    static final int MAX_INTERIM = 16;

    /** The longest head, in bytes, that which is read ahead of the body included. */
    static final int MAX_HEAD = 512 * 1024;

    private BoundedHeads() {}

    @Override
    @SuppressWarnings("deprecation") // there is no other way to make one
    public HttpMessageParser<ClassicHttpResponse> create(Http1Config bounds) {
        return new Parser(Connections.bounds());
    }

    /** The bytes of one head. A header may be folded over lines without end, of which no single one is long. */
    private static final class Counted extends FilterInputStream {
        private int seen;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            seen += Math.max(0, read);
            if (seen > MAX_HEAD) {
                throw new MessageConstraintException("a head of more than " + MAX_HEAD + " bytes");
            }
            return read;
        }
    }

    /** Of one connection, so used by one thread at a time. */
    private static final class Parser extends DefaultHttpResponseParser {
        private int interim;

        Parser(Http1Config bounds) {
            super(bounds);
        }

        @Override
        public ClassicHttpResponse parse(SessionInputBuffer buffer, InputStream in) throws IOException, HttpException {
            ClassicHttpResponse head = super.parse(buffer, new Counted(in));
            if (head == null || head.getCode() >= HttpStatus.SC_OK) {
                interim = 0;
            } else if (++interim > MAX_INTERIM) {
                throw new MessageConstraintException("more than " + MAX_INTERIM + " interim answers");
            }
            return head;
        }
    }
}
