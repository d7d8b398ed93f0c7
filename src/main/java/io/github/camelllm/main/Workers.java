package io.github.camelllm.main;

import io.github.camelllm.ingress.GuardedVertx;
import io.github.camelllm.ingress.HttpLimits;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.impl.VertxBuilder;
import java.lang.reflect.Method;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The Vert.x that the HTTP server runs on, and the threads that calls run on: a virtual thread each from Java 21 on, a
 * bounded pool of platform threads before.
 */
final class Workers {

    private static final int VIRTUAL_SINCE = 21;

    /** Threads beyond those for calls, so that health checks and metrics answer while all of those are taken. */
    private static final int FOR_HEALTH = 8;

    private Workers() {}

    /** Whether this Java has virtual threads. */
    static boolean virtual() {
        return Runtime.version().feature() >= VIRTUAL_SINCE;
    }

    /**
     * Makes a Vert.x; whoever asks for it closes it.
     *
     * @param platformThreads how many calls at once there are threads for, where they are not virtual
     * @param limits what clients of its HTTP servers may take
     */
    static Vertx vertx(int platformThreads, HttpLimits limits) {
        // Names are resolved by the JDK: Vert.x's own resolver is of no use to a server and takes time to set up.
        System.setProperty("vertx.disableDnsResolver", "true");
        VertxOptions options = new VertxOptions()
                .setWorkerPoolSize(platformThreads + FOR_HEALTH)
                // A call may take as long as its model's total timeout: nothing to warn of.
                .setMaxWorkerExecuteTime(1)
                .setMaxWorkerExecuteTimeUnit(TimeUnit.DAYS)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
        VertxBuilder builder = new VertxBuilder(options);
        if (virtual()) {
            builder.executorServiceFactory((threads, concurrency, maxConcurrency) -> virtualThreads());
        }
        return GuardedVertx.of(builder.init().vertx(), limits);
    }

    /** By reflection, since the gateway's classes are for Java 17. */
    private static ExecutorService virtualThreads() {
        try {
            Object named = Thread.class.getMethod("ofVirtual").invoke(null);
            Class<?> builder = Class.forName("java.lang.Thread$Builder");
            named = builder.getMethod("name", String.class, long.class).invoke(named, "llm-call-", 0L);
            Method factory = builder.getMethod("factory");
            return (ExecutorService) Executors.class
                    .getMethod("newThreadPerTaskExecutor", ThreadFactory.class)
                    .invoke(null, factory.invoke(named));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Java " + Runtime.version() + " has no virtual threads", e);
        }
    }
}
