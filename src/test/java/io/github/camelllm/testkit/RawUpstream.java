package io.github.camelllm.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A server that says byte by byte what a test wants, for what no orderly server would say. Thread-safe. */
public final class RawUpstream implements AutoCloseable {

    /** Holds the conversation of one connection; when it returns the connection is closed. */
    public interface Conversation {
        void hold(Talk talk) throws IOException;
    }

    private final ServerSocket server = new ServerSocket();
    private final Conversation conversation;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "raw-upstream");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final CountDownLatch left = new CountDownLatch(1);
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicLong written = new AtomicLong();

    private RawUpstream(int port, Conversation conversation) throws IOException {
        this.conversation = conversation;
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
        threads.execute(this::accept);
    }

    /** Starts one on a free port of the loopback interface. */
    public static RawUpstream start(Conversation conversation) throws IOException {
        return new RawUpstream(0, conversation);
    }

    /** Starts one on the port that another has left. */
    public static RawUpstream startAt(int port, Conversation conversation) throws IOException {
        return new RawUpstream(port, conversation);
    }

    public int port() {
        return server.getLocalPort();
    }

    /** How many connections have been opened. */
    public int accepted() {
        return accepted.get();
    }

    /** How many requests have come. */
    public int requests() {
        return requests.get();
    }

    /** How many bytes of answers the sockets have taken. */
    public long written() {
        return written.get();
    }

    private void accept() {
        try {
            acceptAll();
        } finally {
            left.countDown();
        }
    }

    private void acceptAll() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                accepted.incrementAndGet();
                open.add(socket);
                threads.execute(() -> hold(socket));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void hold(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            conversation.hold(new Talk(socket));
        } catch (IOException e) {
            return; // the client has left, as planned
        } finally {
            open.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
        threads.shutdownNow();
        try {
            left.await(); // the port is free once nobody waits at it
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One connection. */
    public final class Talk {
        private final InputStream in;
        private final OutputStream out;

        Talk(Socket socket) throws IOException {
            this.in = socket.getInputStream();
            this.out = socket.getOutputStream();
        }

        /** Reads the next request, head and body; null when there is none. */
        public String request() throws IOException {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                int next = in.read();
                if (next < 0) {
                    return null;
                }
                head.write(next);
            }
            String text = head.toString(StandardCharsets.ISO_8859_1);
            int length = 0;
            for (String line : text.split("\r\n")) {
                if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                    length = Integer.parseInt(line.substring(15).trim());
                }
            }
            text += new String(in.readNBytes(length), StandardCharsets.UTF_8);
            requests.incrementAndGet();
            return text;
        }

        public Talk say(String text) throws IOException {
            return say(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        public Talk say(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
            written.addAndGet(bytes.length);
            return this;
        }

        /** Says it again and again, until the client leaves or so many bytes have been said. */
        public void endlessly(String text, long most) throws IOException {
            byte[] block = text.repeat(Math.max(1, 65536 / text.length())).getBytes(StandardCharsets.ISO_8859_1);
            for (long said = 0; said < most; said += block.length) {
                say(block);
            }
        }

        /** An answer with its length. */
        public Talk answer(int status, String contentType, String body) throws IOException {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            say("HTTP/1.1 " + status + " Told\r\nContent-Type: " + contentType + "\r\nContent-Length: " + bytes.length
                    + "\r\n\r\n");
            return say(bytes);
        }
    }
}
