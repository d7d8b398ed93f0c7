package io.github.camelllm.main;

import io.github.camelllm.ingress.ActiveCalls;
import io.github.camelllm.main.check.Diagnostic;
import io.github.camelllm.main.check.RouteFiles;
import io.github.camelllm.main.live.LiveContext;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.net.impl.TCPServerBase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.CamelContext;
import org.apache.camel.Ordered;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.StartupListener;
import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.DefaultRoutesCollector;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainConfigurationProperties;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.ResourceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running gateway: Camel Main with the routes of a directory, and the HTTP server they listen on. What else a Camel context
 * needs to be a gateway, {@link GatewayPlugin} does there as anywhere.
 *
 * <p>New calls are refused until every route is up, and again from the moment that it is told to stop.
 */
final class GatewayServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GatewayServer.class);
    private static final int CAMEL_STOP_SECONDS = 10;

    private final Preflight preflight;
    private final Vertx vertx;
    private final LiveMain main = new LiveMain();
    private final Stamps stamps;
    private volatile LiveEdit liveEdit;
    private final AtomicBoolean draining = new AtomicBoolean(true);
    private final ActiveCalls activeCalls = new ActiveCalls();
    private final CompletableFuture<Integer> started = new CompletableFuture<>();
    private final CompletableFuture<Integer> ended = new CompletableFuture<>();

    private GatewayServer(Preflight preflight) {
        this.preflight = preflight;
        this.stamps = LiveEdit.look(preflight);
        this.vertx = Workers.vertx(
                preflight.settings().workers(), preflight.settings().http());
    }

    /**
     * Starts a gateway and returns once it serves.
     *
     * @param preflight a configuration without problems
     * @throws StartException when it cannot start; nothing is left running then
     */
    static GatewayServer start(Preflight preflight) throws StartException {
        List<Diagnostic> directory = new ArrayList<>();
        if (RouteFiles.in(preflight.options().routes(), Shown::path, directory).isEmpty()) {
            throw new StartException(directory, null);
        }
        Ports.checkFree(preflight.settings());
        GatewayServer server = new GatewayServer(preflight);
        server.run();
        return server;
    }

    /** The port that it listens on. */
    int port() {
        return started.join();
    }

    /** Puts in force what has changed in routes and configuration. */
    void reload() {
        LiveEdit live = liveEdit;
        if (live != null) {
            live.reload(false);
        }
    }

    /** How many edits have left steps in which calls are still under way. */
    int retiring() {
        LiveEdit live = liveEdit;
        return live == null ? 0 : live.retiring();
    }

    CamelContext context() {
        return main.getCamelContext();
    }

    /** Waits until it has stopped, and returns the exit code that Camel has for the process: 0 as a rule. */
    int await() {
        return ended.join();
    }

    /**
     * Refuses new calls, lets those under way end, stops. Returns once all is stopped; stopping twice does no harm.
     */
    @Override
    public void close() {
        draining.set(true);
        main.completed();
        await();
    }

    private void run() throws StartException {
        configure();
        Quiet quiet = Quiet.begin();
        Thread thread = new Thread(this::runMain, "llm-gateway");
        thread.start();
        try {
            started.get();
        } catch (ExecutionException e) {
            throw new StartException(Failure.explain(preflight, e.getCause()), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw new StartException(List.of(new Diagnostic("start", 0, "was interrupted", "")), e);
        } finally {
            quiet.end();
        }
    }

    private void runMain() {
        try {
            main.run();
        } catch (Exception | LinkageError e) {
            started.completeExceptionally(e);
            stopQuietly();
        } finally {
            started.completeExceptionally(new IllegalStateException("stopped before it was up"));
            vertx.close()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .orTimeout(CAMEL_STOP_SECONDS, TimeUnit.SECONDS)
                    .exceptionally(e -> null)
                    .join();
            ended.complete(Math.max(0, main.getExitCode()));
        }
    }

    private void stopQuietly() {
        try {
            main.stop();
        } catch (Exception | LinkageError e) {
            LOG.debug("stopping after a start that failed", e);
        }
    }

    private void configure() {
        Settings settings = preflight.settings();
        MainConfigurationProperties camel = main.configure();
        camel.setName("llm-gateway");
        camel.setAutoConfigurationLogSummary(false);
        camel.setStartupSummaryLevel(StartupSummaryLevel.Off);
        camel.setRoutesIncludePattern("false");
        camel.setBasePackageScanEnabled(false);
        camel.setStreamCachingEnabled(false);
        camel.setShutdownTimeout(CAMEL_STOP_SECONDS);
        camel.httpServer()
                .withEnabled(true)
                .withHost(settings.host())
                .withPort(settings.port())
                .withMaxBodySize(settings.http().maxBodyBytes())
                .withFileUploadEnabled(false);
        Path file = preflight.options().config().resolve(Settings.FILE);
        main.setPropertyPlaceholderLocations(Files.exists(file) ? "file:" + file.toAbsolutePath() : "false");
        // A direct: endpoint that no route consumes fails at once; by default a call would wait half a minute for one.
        main.addInitialProperty("camel.component.direct.block", "false");
        Properties ours = new Properties();
        ours.putAll(settings.values());
        main.setOverrideProperties(ours);
        main.setRoutesCollector(new RouteDirectory(preflight.options().routes()));
        main.setAppName("camel-llm-gateway on Camel");
        // Camel's default one adds a shutdown hook, even when told not to; Signals does better.
        main.setShutdownStrategy(new SimpleMainShutdownStrategy());
        main.bind(Beans.VERTX, vertx);
        main.bind(Beans.METERS, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        main.bind(Beans.DRAINING, draining);
        main.bind(Beans.ACTIVE_CALLS, activeCalls);
        main.addMainListener(new Phases());
    }

    /** What is done between the phases of Camel Main. */
    private final class Phases extends MainListenerSupport implements StartupListener, Ordered {

        @Override
        public void afterConfigure(BaseMainSupport base) {
            try {
                base.getCamelContext().addStartupListener(this);
            } catch (Exception e) {
                throw RuntimeCamelException.wrapRuntimeException(e);
            }
        }

        /** After the listener that starts the server, which is the last of Camel's. */
        @Override
        public int getOrder() {
            return Ordered.LOWEST;
        }

        /** The server listens by now, and no route is up. */
        @Override
        public void onCamelContextStarting(CamelContext context, boolean alreadyStarted) {
            if (!(http().getServer() instanceof TCPServerBase socket) || !socket.isListening()) {
                throw new IllegalStateException(new StartException(List.of(Ports.taken(preflight.settings())), null));
            }
        }

        @Override
        public void onCamelContextStarted(CamelContext context, boolean alreadyStarted) {
            // the gateway is up once Main says so
        }

        @Override
        public void afterStart(BaseMainSupport base) {
            started.complete(http().getPort());
            liveEdit = LiveEdit.begin((LiveContext) main.getCamelContext(), preflight, stamps);
        }

        @Override
        public void beforeStop(BaseMainSupport base) {
            if (liveEdit != null) {
                liveEdit.endWatch();
            }
        }

        @Override
        public void afterStop(BaseMainSupport base) {
            if (liveEdit != null) {
                liveEdit.close();
            }
        }

        private VertxPlatformHttpServer http() {
            return main.getCamelContext().hasService(VertxPlatformHttpServer.class);
        }
    }

    /** Camel Main with a context whose routes can be replaced. */
    private static final class LiveMain extends Main {
        @Override
        protected CamelContext createCamelContext() {
            LiveContext context = new LiveContext();
            context.getCamelContextExtension().setRegistry(registry);
            return context;
        }
    }

    /** Brings in the files of a directory, beside what the user's own properties name. */
    private static final class RouteDirectory extends DefaultRoutesCollector {
        private final Path directory;

        RouteDirectory(Path directory) {
            this.directory = directory;
        }

        @Override
        public Collection<Resource> findRouteResourcesFromDirectory(
                CamelContext context, String excludePattern, String includePattern) {
            Collection<Resource> found = new LinkedHashSet<>();
            for (Path file : RouteFiles.in(directory, Shown::path, new ArrayList<>())) {
                found.add(ResourceHelper.resolveResource(context, "file:" + file.toAbsolutePath()));
            }
            found.addAll(super.findRouteResourcesFromDirectory(context, excludePattern, includePattern));
            return found;
        }
    }
}
