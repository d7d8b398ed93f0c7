package io.github.camelllm.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An HTTP proxy: opens tunnels ({@code CONNECT}) and forwards requests in absolute form, one a connection, to this machine
 * whatever host they name; asks for user and password if told so. Remembers the first line of each request.
 */
public final class ForwardProxy implements AutoCloseable {

    private final ServerSocket server;
    private final String authorization;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "forward-proxy");
        thread.setDaemon(true);
        return thread;
    });

    private ForwardProxy(String userAndPassword) throws IOException {
        this.authorization = userAndPassword == null
                ? null
                : "Proxy-Authorization: Basic "
                        + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
        this.server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        threads.execute(() -> {
            while (!server.isClosed()) {
                try {
                    Socket client = server.accept();
                    threads.execute(() -> serve(client));
                } catch (IOException e) {
                    return; // closed
                }
            }
        });
    }

    /** One that everybody may use. */
    public static ForwardProxy start() throws IOException {
        return new ForwardProxy(null);
    }

    /** One that asks for {@code user:password}. */
    public static ForwardProxy startFor(String userAndPassword) throws IOException {
        return new ForwardProxy(userAndPassword);
    }

    public int port() {
        return server.getLocalPort();
    }

    /** The first lines of the requests so far. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = client.getInputStream();
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                if (next < 0) {
                    return;
                }
                head.append((char) next);
            }
            String[] first = head.substring(0, head.indexOf("\r\n")).split(" ");
            lines.add(first[0] + " " + first[1]);
            if (authorization != null && head.indexOf(authorization + "\r\n") < 0) {
                say(client, "HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                return;
            }
            boolean tunnel = first[0].equals("CONNECT");
            URI target = URI.create(tunnel ? "https://" + first[1] : first[1]);
            try (Socket upstream = new Socket(InetAddress.getLoopbackAddress(), target.getPort())) {
                if (tunnel) {
                    say(client, "HTTP/1.1 200 Open\r\n\r\n");
                } else {
                    say(upstream, head.toString().replace(first[1], target.getRawPath()));
                }
                threads.execute(() -> pump(client, upstream));
                pump(upstream, client);
            }
        } catch (IOException e) {
            return; // one of both has left
        }
    }

    private static void say(Socket to, String text) throws IOException {
        to.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void pump(Socket from, Socket to) {
        try {
            byte[] buffer = new byte[8192];
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                out.write(buffer, 0, read);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            return; // one of both has left
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
    }
}
