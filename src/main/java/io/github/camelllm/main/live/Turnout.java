package io.github.camelllm.main.live;

import java.util.List;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.Navigate;
import org.apache.camel.Processor;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.service.ServiceHelper;

/**
 * Stands between the consumer of a route and its steps: an exchange passes the steps that are in force when it comes, and ends
 * in them whatever takes their place meanwhile. Thread-safe.
 */
final class Turnout extends AsyncProcessorSupport implements Navigate<Processor> {

    private final Epochs epochs;
    private volatile AsyncProcessor steps;

    Turnout(Processor steps, Epochs epochs) {
        this.steps = AsyncProcessorConverterHelper.convert(steps);
        this.epochs = epochs;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Epochs.Epoch epoch = epochs.enter();
        return steps.process(exchange, sync -> {
            epoch.leave();
            callback.done(sync);
        });
    }

    /** Puts other steps, started already, in the place of those there are, and returns the latter. */
    Processor to(Processor others) {
        Processor before = steps;
        steps = AsyncProcessorConverterHelper.convert(others);
        return before;
    }

    Processor steps() {
        return steps;
    }

    /** What the steps would show in its place. */
    @Override
    @SuppressWarnings("unchecked")
    public List<Processor> next() {
        return steps instanceof Navigate<?> within && within.hasNext()
                ? ((Navigate<Processor>) within).next()
                : List.of(steps);
    }

    @Override
    public boolean hasNext() {
        return true;
    }

    @Override
    protected void doBuild() {
        ServiceHelper.buildService(steps);
    }

    @Override
    protected void doInit() {
        ServiceHelper.initService(steps);
    }

    @Override
    protected void doStart() {
        ServiceHelper.startService(steps);
    }

    @Override
    protected void doStop() {
        ServiceHelper.stopService(steps);
    }

    @Override
    protected void doShutdown() {
        ServiceHelper.stopAndShutdownService(steps);
    }

    @Override
    public String toString() {
        return String.valueOf(steps);
    }
}
