package io.github.camelllm.step.http;

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

    private BoundedHeads() {}

    @Override
    public HttpMessageParser<ClassicHttpResponse> create(Http1Config bounds) {
        return new Parser(bounds == null ? Connections.bounds() : bounds);
    }

    /** Of one connection, so used by one thread at a time. */
    private static final class Parser extends DefaultHttpResponseParser {
        private int interim;

        Parser(Http1Config bounds) {
            super(bounds);
        }

        @Override
        public ClassicHttpResponse parse(SessionInputBuffer buffer, InputStream in) throws IOException, HttpException {
            ClassicHttpResponse head = super.parse(buffer, in);
            if (head == null || head.getCode() >= HttpStatus.SC_OK) {
                interim = 0;
            } else if (++interim > MAX_INTERIM) {
                throw new MessageConstraintException("more than " + MAX_INTERIM + " interim answers");
            }
            return head;
        }
    }
}
