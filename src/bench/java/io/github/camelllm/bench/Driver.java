package io.github.camelllm.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * The load driver. Its own process; one event loop on bare Netty, so that it costs little of the machine that is being
 * measured. Reads one {@link Load} a line as JSON, runs it, and writes its {@link Outcome}; ends with its input.
 */
final class Driver {

    static final ObjectMapper JSON = new ObjectMapper();

    private Driver() {}

    public static void main(String[] args) throws Exception {
        EventLoopGroup loop = new NioEventLoopGroup(1);
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            Outcome outcome = new ClosedLoop(JSON.readValue(line, Load.class), loop.next()).run();
            System.out.println(JSON.writeValueAsString(outcome));
        }
        System.exit(0);
    }
}
