package io.github.camelllm.bench;

import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** An exact hit of the cache, end to end: a request of 2 KB on one connection, from its sending to its answer's last byte. */
final class CacheHits {

    private static final String PATH = "/v1/chat/completions";
    private static final int WARM = 5_000;
    private static final int MEASURED = 5_000;

    private final Lab lab;
    private final Proxy full;

    CacheHits(Lab lab, Proxy full) {
        this.lab = lab;
        this.full = full;
    }

    void measure(Table table) throws IOException {
        String json = "{\"model\":\"" + lab.options().model()
                + "\",\"temperature\":0,\"max_tokens\":200,\"messages\":[{\"role\":\"user\",\"content\":\""
                + "Summarise the minutes of the planning group. ".repeat(42) + "\"}]}";
        byte[] body = json.getBytes(StandardCharsets.US_ASCII);
        String head =
                "POST " + PATH + " HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length + "\r\n\r\n";
        byte[] request = (head + json).getBytes(StandardCharsets.US_ASCII);
        Percentiles.Recorder recorder = new Percentiles.Recorder();
        int port = URI.create(full.url()).getPort();
        try (RawClient client = RawClient.connect(port)) {
            client.send(request).response();
            for (int i = 0; i < WARM + MEASURED; i++) {
                long from = System.nanoTime();
                RawResponse response = client.send(request).response();
                long took = System.nanoTime() - from;
                if (response.status() != 200 || !"hit".equals(response.header("x-llm-cache"))) {
                    throw new IOException("no hit but " + response.status() + " " + response.header("x-llm-cache"));
                }
                if (i >= WARM) {
                    recorder.add(took);
                }
            }
        }
        Percentiles hits = recorder.percentiles();
        table.row(
                "an exact hit, end to end, 1 connection",
                "",
                Table.format("p50 %.2f ms, p99 %.2f ms", hits.p50() / 1e3, hits.p99() / 1e3),
                "",
                "p50 ≤ 0.5 ms");
    }
}
