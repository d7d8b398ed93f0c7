package io.github.camelllm.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * A provider that speaks OpenAI's wire format, Anthropic's on its path, and Gemini's under {@code /v1beta}, over a real
 * socket, answers well by default, misbehaves exactly as told, and remembers every byte it was sent.
 *
 * <p>What it replies is, in this order: what {@link #next} has queued; what {@link #always} has set; what the request's model
 * orders by name ({@code fake-status-503}, see {@link NamedReplies}); the answer that the real one would give. Thread-safe.
 *
 * <p>A client that closes one half of its connection counts as gone.
 */
public final class FakeUpstream implements AutoCloseable {

    private final ServerSocket server;
    private final ExecutorService threads;
    private final AtomicInteger accepted = new AtomicInteger();
    private final Set<UpstreamConnection> open = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedQueue<Reply> queued = new ConcurrentLinkedQueue<>();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Received> unseen = new LinkedBlockingQueue<>();
    private final List<String> oddities = new CopyOnWriteArrayList<>();
    private final int sendBuffer;
    private volatile Function<Received, Reply> always;

    private FakeUpstream(int sendBuffer) throws IOException {
        this.sendBuffer = sendBuffer;
        this.server = new ServerSocket();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        this.threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "fake-upstream-" + server.getLocalPort());
            thread.setDaemon(true);
            return thread;
        });
        threads.execute(this::accept);
    }

    /** Starts one on a free port of the loopback interface. */
    public static FakeUpstream start() throws IOException {
        return new FakeUpstream(0);
    }

    /**
     * Starts one whose sockets hold about that many unsent bytes, so that {@link Received#bytesWritten} tells closely how
     * much the client has taken.
     */
    public static FakeUpstream startWithSendBuffer(int bytes) throws IOException {
        return new FakeUpstream(bytes);
    }

    /** The port it listens on. */
    public int port() {
        return server.getLocalPort();
    }

    /** Where its API begins, as {@code OPENAI_BASE_URL} wants it: {@code http://127.0.0.1:PORT/v1}. */
    public URI baseUrl() {
        return URI.create("http://127.0.0.1:" + port() + "/v1");
    }

    /** Where all its paths begin, as {@code GEMINI_BASE_URL} wants it: {@code http://127.0.0.1:PORT}. */
    public URI rootUrl() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /** Queues replies, one a request. */
    public FakeUpstream next(Reply... replies) {
        queued.addAll(List.of(replies));
        return this;
    }

    /** Gives every request that finds no queued reply this one. */
    public FakeUpstream always(Reply reply) {
        return always(request -> reply);
    }

    /** Gives every request that finds no queued reply what the function makes of it; null falls through. */
    public FakeUpstream always(Function<Received, Reply> function) {
        this.always = function;
        return this;
    }

    /** Forgets queued and set replies and all that was received; connections stay open. */
    public FakeUpstream reset() {
        queued.clear();
        always = null;
        received.clear();
        unseen.clear();
        oddities.clear();
        return this;
    }

    /** Every request received since the start or {@link #reset}, in order of arrival. */
    public List<Received> received() {
        return List.copyOf(received);
    }

    /**
     * The next request that no call of this method has returned yet.
     *
     * @throws AssertionError when none comes in time
     */
    public Received awaitRequest(Duration limit) throws InterruptedException {
        Received request = unseen.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
        if (request == null) {
            throw new AssertionError("the upstream received no request within " + limit);
        }
        return request;
    }

    /** The last request received. */
    public Received lastRequest() {
        List<Received> all = received();
        if (all.isEmpty()) {
            throw new AssertionError("the upstream received no request");
        }
        return all.get(all.size() - 1);
    }

    /** How many connections clients have opened so far. */
    public int connectionsAccepted() {
        return accepted.get();
    }

    /** How many of them are open now. */
    public int connectionsOpen() {
        return open.size();
    }

    /** What went wrong that no reply had asked for: requests cut short, mostly. */
    public List<String> oddities() {
        return List.copyOf(oddities);
    }

    /** Ends every open connection. */
    public void dropConnections(Cut cut) {
        open.forEach(connection -> connection.close(cut));
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                if (sendBuffer > 0) {
                    socket.setSendBufferSize(sendBuffer);
                }
                UpstreamConnection connection = new UpstreamConnection(accepted.incrementAndGet(), socket, this);
                open.add(connection);
                threads.execute(connection::readAll);
                threads.execute(connection::answerAll);
            } catch (IOException e) {
                if (!server.isClosed()) {
                    oddity("accept: " + e.getMessage());
                }
            }
        }
    }

    void received(Received request) {
        received.add(request);
        unseen.add(request);
    }

    Reply replyTo(Received request) {
        try {
            Reply reply = queued.poll();
            Function<Received, Reply> function = always;
            if (reply == null && function != null) {
                reply = function.apply(request);
            }
            if (reply != null) {
                return reply;
            }
            return GeminiWire.understands(request) ? GeminiWire.answer(request) : OpenAiWire.answer(request);
        } catch (RuntimeException e) {
            oddity("answering " + request + ": " + e);
            return Reply.error(500);
        }
    }

    void ended(UpstreamConnection connection) {
        open.remove(connection);
    }

    void oddity(String what) {
        oddities.add(what);
    }

    /** Ends every connection and gives the port back. */
    @Override
    public void close() throws IOException {
        server.close();
        dropConnections(Cut.FIN);
        threads.shutdownNow();
    }
}
