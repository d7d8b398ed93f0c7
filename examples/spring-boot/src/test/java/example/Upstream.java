package example;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A provider that speaks OpenAI's dialect: repeats what it was asked, and fails as {@code gpt-4o-mini} if told to. */
final class Upstream implements AutoCloseable {

    private static final Pattern CONTENT = Pattern.compile("\"content\":\"((?:[^\"\\\\]|\\\\.)*)\"");

    final List<String> received = new CopyOnWriteArrayList<>();
    volatile boolean miniFails;

    /** What a stream waits for behind its first event; null for nothing. */
    volatile CountDownLatch gate;

    private final HttpServer server;

    Upstream() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    private void answer(HttpExchange exchange) throws IOException {
        String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        received.add(request);
        if (miniFails && request.contains("\"gpt-4o-mini\"")) {
            send(exchange, 500, "application/json", "{\"error\":{\"message\":\"out of order\"}}");
            return;
        }
        String said = "";
        for (Matcher content = CONTENT.matcher(request); content.find(); ) {
            said = content.group(1); // the last message's
        }
        if (request.contains("\"stream\":true")) {
            stream(exchange, "You said: " + said);
        } else {
            send(
                    exchange,
                    200,
                    "application/json",
                    "{\"id\":\"c1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
                            + "\"message\":{\"role\":\"assistant\",\"content\":\"You said: " + said
                            + "\"},\"finish_reason\":\"stop\"}],"
                            + "\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7,\"total_tokens\":12}}");
        }
    }

    private void stream(HttpExchange exchange, String text) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            for (String word : text.split("(?<= )")) {
                out.write(event(chunk("\"delta\":{\"content\":\"" + word + "\"},\"finish_reason\":null")));
                out.flush();
                await();
            }
            out.write(event(chunk("\"delta\":{},\"finish_reason\":\"stop\"")));
            out.write(event("[DONE]\n\n"));
        }
    }

    private void await() {
        CountDownLatch current = gate;
        try {
            if (current != null) {
                current.await(10, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static byte[] event(String data) {
        return ("data: " + data).getBytes(StandardCharsets.UTF_8);
    }

    private static String chunk(String choice) {
        return "{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
                + choice + "}]}\n\n";
    }

    private static void send(HttpExchange exchange, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
