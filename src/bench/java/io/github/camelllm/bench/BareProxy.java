package io.github.camelllm.bench;

import io.github.camelllm.provider.HttpTransport;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.impl.VertxBuilder;
import io.vertx.core.spi.ExecutorServiceFactory;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;

/**
 * The least that Camel can do for the same request: {@code platform-http} to {@code http}, nothing between. Same workers,
 * same HTTP client settings and same command-line options as the gateway.
 */
final class BareProxy extends RouteBuilder {

    private final String upstream;

    private BareProxy(String upstream) {
        this.upstream = upstream;
    }

    /** Arguments: the port to listen on, and the base URL of the upstream. Ends when its standard input does. */
    public static void main(String[] args) throws Exception {
        Main main = new Main();
        main.addInitialProperty("camel.main.name", "bare");
        main.addInitialProperty("camel.main.streamCachingEnabled", "false");
        main.addInitialProperty("camel.server.enabled", "true");
        main.addInitialProperty("camel.server.host", "127.0.0.1");
        main.addInitialProperty("camel.server.port", args[0]);
        main.addInitialProperty("camel.server.maxBodySize", "20971520");
        main.addInitialProperty("camel.server.fileUploadEnabled", "false");
        main.bind("vertx", vertx());
        main.configure().addRoutesBuilder(new BareProxy(args[1]));
        Child.exitAtEndOfInput();
        main.run();
    }

    @Override
    public void configure() {
        HttpTransport transport = new HttpTransport();
        transport.setCamelContext(getContext());
        getContext().getRegistry().bind("transport", transport);
        from("platform-http:/v1/chat/completions?httpMethodRestrict=POST")
                .to(upstream
                        + "/chat/completions?bridgeEndpoint=true&httpClientConfigurer=#transport&throwExceptionOnFailure=false"
                        + "&skipControlHeaders=true&connectionsPerRoute=5000&maxTotalConnections=5000");
    }

    private static Vertx vertx() throws ReflectiveOperationException {
        System.setProperty("vertx.disableDnsResolver", "true");
        VertxOptions options = new VertxOptions()
                .setWorkerPoolSize(256)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
        if (Runtime.version().feature() < 21) {
            return Vertx.vertx(options);
        }
        ExecutorService virtual = (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        ExecutorServiceFactory factory = (threads, size, max) -> virtual;
        return new VertxBuilder(options).executorServiceFactory(factory).init().vertx();
    }
}
