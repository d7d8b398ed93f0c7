package io.github.camelllm.step.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.testkit.RawUpstream;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The pool of a client whose exchanges end in errors, by HttpClient's own way of dealing with them. */
@Timeout(30)
class ConnectionsTest {

    @Test
    void anErrorInOneExchangeLeavesAClientThatWorks() throws Exception {
        Connections connections = new Connections(new DefaultClientTlsStrategy(SSLContext.getDefault()), 2);
        try (RawUpstream upstream = RawUpstream.start(talk -> {
                    talk.request();
                    talk.answer(200, "text/plain", "well");
                });
                CloseableHttpClient client = HttpClientBuilder.create()
                        .setConnectionManager(connections)
                        .setRequestExecutor(new FailsAtFirst())
                        .addExecInterceptorFirst("once-more", new OnceMore(ExchangeWatcher.NONE))
                        .build()) {
            HttpGet request = new HttpGet("http://127.0.0.1:" + upstream.port() + "/");
            for (int i = 0; i < 3; i++) { // more often than there are connections
                assertThatThrownBy(() -> client.execute(request, ClassicHttpResponse::getCode))
                        .isInstanceOf(OneExchange.BrokenExchangeException.class)
                        .hasCauseInstanceOf(OutOfMemoryError.class);
            }
            assertThat(client.execute(request, ClassicHttpResponse::getCode)).isEqualTo(200);
        }
        assertThat(connections.isClosed()).isTrue();
    }

    private static final class FailsAtFirst extends HttpRequestExecutor {
        private int asked;

        @Override
        public ClassicHttpResponse execute(
                ClassicHttpRequest request,
                HttpClientConnection connection,
                HttpResponseInformationCallback informationCallback,
                HttpContext context)
                throws java.io.IOException, org.apache.hc.core5.http.HttpException {
            if (asked++ < 3) {
                throw new OutOfMemoryError("as if");
            }
            return super.execute(request, connection, informationCallback, context);
        }
    }
}
