package io.github.camelllm.ingress;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Calls;
import io.github.camelllm.step.Troubles;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ServiceStatus;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileEndpoint;
import org.apache.camel.component.file.GenericFileOperationFailedException;
import org.apache.camel.component.file.GenericFileOperations;
import org.apache.camel.component.file.GenericFileProcessStrategy;
import org.apache.camel.spi.PollingConsumerPollStrategy;
import org.apache.camel.support.RoutePolicySupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which files the trigger takes, when, and where they go: the {@code processStrategy} and the {@code pollStrategy} of its
 * {@code file:} endpoint, and the {@code routePolicy} of its route, so that an inbox that cannot be used stops the start. One
 * that cannot be used later on is polled no further until it can.
 *
 * <p>A file is taken when it has not changed for a while and fewer than {@code parallel} are worked on. Taking it means
 * renaming it into {@code .claimed/} inside the inbox, after the answer and the error of an earlier file of that name
 * have been removed. So an answer that stands beside a claim answers that very request, which is how {@link Claims}
 * knows after a crash what need not be asked again, and a file dropped under the name of one that is being answered
 * waits its turn instead of being lost.
 *
 * <p>Afterwards the file goes to {@code done}, or to {@code failed} when the call failed ({@link WholeAnswer#ERROR}) or
 * its answer could not be written. A file whose call was cut off by the gateway's own end stays claimed.
 */
public final class Inbox extends RoutePolicySupport
        implements GenericFileProcessStrategy<File>, PollingConsumerPollStrategy, CamelContextAware {

    private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);

    private static final Duration LOOK_UP = Duration.ofMillis(100);

    private final Set<String> working = ConcurrentHashMap.newKeySet();
    private String inbox;
    private String outbox;
    private String done;
    private String failed;
    private int parallel = 4;
    private Duration settle = Duration.ofSeconds(1);

    private CamelContext context;
    private volatile Claims claims;
    private volatile Semaphore turns;
    private volatile Ticker ticker;
    private volatile Troubles troubles;
    private volatile InboxWatch watch;

    /** Where requests are dropped: the directory of the endpoint. */
    public void setInbox(String inbox) {
        this.inbox = inbox;
    }

    /** Where the route writes answers. */
    public void setOutbox(String outbox) {
        this.outbox = outbox;
    }

    /** Where answered requests go; one of the same name is replaced. */
    public void setDone(String done) {
        this.done = done;
    }

    /** Where requests go that could not be answered; one of the same name is replaced. */
    public void setFailed(String failed) {
        this.failed = failed;
    }

    /** How many files are worked on at once. */
    public void setParallel(int parallel) {
        this.parallel = parallel;
    }

    /** How long a file must not have changed before it counts as whole. */
    public void setSettle(Duration settle) {
        this.settle = settle;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.context = camelContext;
    }

    @Override
    public CamelContext getCamelContext() {
        return context;
    }

    @Override
    protected void doStart() throws IOException {
        InboxSettings settings =
                new InboxSettings(path(inbox), path(outbox), path(done), path(failed), parallel, settle);
        if (claims == null) {
            ticker = Calls.ticker(context);
            turns = new Semaphore(settings.parallel());
            claims = new Claims(settings, working);
            troubles = new Troubles(LOG, ticker);
            watch = new InboxWatch(settings, claims, ticker, troubles);
        }
        claims.open();
    }

    @Override
    protected void doStop() throws IOException {
        claims.close();
    }

    @Override
    public void prepareOnStartup(GenericFileOperations<File> operations, GenericFileEndpoint<File> endpoint) {
        LOG.info("Requests are read from {}", endpoint.getConfiguration().getDirectory());
    }

    @Override
    public boolean begin(Consumer consumer, Endpoint endpoint) {
        return watch.isReady();
    }

    @Override
    public void commit(Consumer consumer, Endpoint endpoint, int polledMessages) {
        troubles.over("poll", "The inbox is polled");
    }

    @Override
    public boolean rollback(Consumer consumer, Endpoint endpoint, int retryCounter, Exception cause) {
        troubles.is("poll", "The inbox cannot be polled: " + Troubles.reason(cause));
        return false; // the next poll will come
    }

    @Override
    public boolean begin(
            GenericFileOperations<File> operations,
            GenericFileEndpoint<File> endpoint,
            Exchange exchange,
            GenericFile<File> file) {
        String name = file.getFileNameOnly();
        Path path = file.getFile().toPath();
        if (!FileNames.isAnswerable(path) || claims.isStuck(name) || !waitForTurn()) {
            return false;
        }
        working.add(name);
        boolean begun = false;
        try {
            if (!isSettled(path)) {
                return false;
            }
            GenericFile<File> claimed = operations.newGenericFile();
            file.copyFrom(file, claimed);
            claimed.changeFileName(claims.take(path).toString());
            claimed.bindToExchange(exchange);
            troubles.over("file " + name, name + " can be taken");
            begun = true;
        } catch (NoSuchFileException e) {
            LOG.debug("{} was taken away before it was read", path);
        } catch (IOException e) {
            troubles.is("file " + name, Troubles.shown(name) + " cannot be taken: " + Troubles.reason(e));
        } finally {
            if (!begun) {
                endTurn(name);
            }
        }
        return begun;
    }

    @Override
    public void abort(
            GenericFileOperations<File> operations,
            GenericFileEndpoint<File> endpoint,
            Exchange exchange,
            GenericFile<File> file) {
        LOG.trace("{} is left for a later poll", file);
    }

    @Override
    public void commit(
            GenericFileOperations<File> operations,
            GenericFileEndpoint<File> endpoint,
            Exchange exchange,
            GenericFile<File> file) {
        String name = file.getFileNameOnly();
        try {
            if (exchange.getMessage().getHeader(WholeAnswer.ERROR) == null) {
                claims.toDone(name);
            } else {
                claims.toFailed(name);
            }
        } catch (IOException e) {
            watch.suspect();
            claims.keep(name, exchange.getMessage().getHeader(WholeAnswer.ERROR) != null, null);
            troubles.is("moves", "Requests that are over cannot be moved out of the inbox: " + Troubles.reason(e));
        } finally {
            endTurn(name);
        }
    }

    @Override
    public void rollback(
            GenericFileOperations<File> operations,
            GenericFileEndpoint<File> endpoint,
            Exchange exchange,
            GenericFile<File> file) {
        String name = file.getFileNameOnly();
        Call call = Calls.last(exchange);
        try {
            if (isEnding() || call != null && call.cancellation().cancelled()) {
                LOG.warn("The gateway stops while {} is being answered; it is asked again after the next start", name);
                return;
            }
            failed(name, exchange.getException(), call == null ? null : call.getId());
        } finally {
            endTurn(name);
        }
    }

    /** The answer, or the error, is lost, so the call has failed whatever came of it. */
    private void failed(String name, Exception failure, String id) {
        boolean isOfFiles = Stream.iterate((Throwable) failure, t -> t != null, Throwable::getCause)
                .anyMatch(t -> t instanceof IOException || t instanceof GenericFileOperationFailedException);
        if (isOfFiles) {
            watch.suspect();
            LOG.error("What was answered to {} could not be written: {}", name, Troubles.reason(failure));
        } else {
            LOG.error("What was answered to {} could not be written", name, failure);
        }
        byte[] error = ProblemJson.bytes(Problem.from(failure), id);
        try {
            claims.toFailed(name, error);
        } catch (IOException e) {
            watch.suspect();
            claims.keep(name, true, error);
            troubles.is("moves", "Requests that are over cannot be moved out of the inbox: " + Troubles.reason(e));
        }
    }

    /** Holds the poll back while enough files are worked on; false when the gateway stops meanwhile. */
    private boolean waitForTurn() {
        try {
            while (!turns.tryAcquire(LOOK_UP.toMillis(), TimeUnit.MILLISECONDS)) {
                if (isEnding()) {
                    return false;
                }
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void endTurn(String name) {
        working.remove(name);
        turns.release();
    }

    private boolean isEnding() {
        ServiceStatus status = context.getStatus();
        return status.isStopping() || status.isStopped();
    }

    /** A time in the future is as good as one in the past: some tools and some clocks leave such. */
    private boolean isSettled(Path path) throws IOException {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            Duration age = Duration.between(attributes.lastModifiedTime().toInstant(), ticker.now());
            return age.abs().compareTo(settle) >= 0;
        } catch (NoSuchFileException e) {
            LOG.debug("{} was taken away before it was read", path);
            return false;
        }
    }

    private static Path path(String value) {
        return value == null || value.isBlank() ? null : Path.of(value);
    }
}
