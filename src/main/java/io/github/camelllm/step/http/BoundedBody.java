package io.github.camelllm.step.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/** Refuses answers that are larger than so many bytes, and closes their connection. */
record BoundedBody(int most) implements ExecChainHandler {

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        ClassicHttpResponse response = chain.proceed(request, scope);
        HttpEntity entity = response.getEntity();
        if (entity != null) {
            response.setEntity(new HttpEntityWrapper(entity) {
                @Override
                public InputStream getContent() throws IOException {
                    return new Bounded(super.getContent(), most, scope.execRuntime);
                }
            });
        }
        return response;
    }

    private static final class Bounded extends FilterInputStream {
        private final int most;
        private final ExecRuntime connection;
        private long seen;

        Bounded(InputStream in, int most, ExecRuntime connection) {
            super(in);
            this.most = most;
            this.connection = connection;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            seen += Math.max(0, read);
            if (seen > most) {
                connection.discardEndpoint(); // closing the stream would read it to its end
                throw new IOException("an answer of more than " + most + " bytes");
            }
            return read;
        }
    }
}
