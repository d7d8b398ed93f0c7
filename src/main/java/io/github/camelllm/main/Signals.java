package io.github.camelllm.main;

import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGHUP puts in force what has changed in routes and configuration. SIGTERM and SIGINT: the first stops the gateway in order, the second ends the process at once with the code that shells
 * give to that signal (143, 130).
 *
 * <p>The JVM's own way, a shutdown hook, knows of one signal only, and ends with 143 what ended in order. Where signals
 * cannot be taken over ({@code -Xrs}, a JVM without {@code sun.misc.Signal}) a hook it is.
 */
final class Signals {

    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);
    private static final int SIGNALLED = 128;

    private final Runnable stop;
    private final Runnable reload;
    private final AtomicInteger seen = new AtomicInteger();

    private Signals(Runnable stop, Runnable reload) {
        this.stop = stop;
        this.reload = reload;
    }

    /**
     * Takes the signals over.
     *
     * @param stop stops the gateway; runs in a thread of its own, once
     * @param reload reads routes and configuration anew; runs in a thread of its own, at each SIGHUP
     */
    static void handle(Runnable stop, Runnable reload) {
        Signals signals = new Signals(stop, reload);
        try {
            signals.take("TERM");
            signals.take("INT");
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LOG.debug("no signal can be handled: a shutdown hook stops the gateway", e);
            Runtime.getRuntime().addShutdownHook(new Thread(stop, "llm-shutdown"));
        }
        try {
            signals.take("HUP");
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LOG.debug("there is no SIGHUP here", e);
        }
    }

    private Object hangUp() {
        new Thread(reload, "llm-reload").start();
        return null;
    }

    /** By reflection: the class is documented for this use, and javac warns of it all the same. */
    private void take(String name) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object instance = signal.getConstructor(String.class).newInstance(name);
        int number = (int) signal.getMethod("getNumber").invoke(instance);
        Object proxy = Proxy.newProxyInstance(
                handler.getClassLoader(), new Class<?>[] {handler}, (self, method, args) -> switch (method.getName()) {
                    case "handle" -> name.equals("HUP") ? hangUp() : received(number);
                    case "equals" -> self == args[0];
                    case "hashCode" -> System.identityHashCode(self);
                    default -> "Signals";
                });
        try {
            signal.getMethod("handle", signal, handler).invoke(null, instance, proxy);
        } catch (java.lang.reflect.InvocationTargetException e) {
            throw new IllegalArgumentException(name, e.getCause());
        }
    }

    private Object received(int number) {
        if (seen.getAndIncrement() == 0) {
            new Thread(stop, "llm-shutdown").start();
        } else {
            Runtime.getRuntime().halt(SIGNALLED + number);
        }
        return null;
    }
}
