package io.github.camelllm.main;

import io.github.camelllm.ingress.HttpLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * What the gateway is told by {@code application.properties}, the environment and its command line, all of it checked.
 *
 * @param host the address to listen on
 * @param port the port to listen on; 0 takes a free one
 * @param loopback whether that address can be reached from this machine alone
 * @param http what clients of the HTTP server may take of it
 * @param workers calls handled at once where there are no virtual threads
 * @param keysFile the file of virtual keys, absolute; it need not exist
 * @param open whether it may listen beyond loopback without keys
 * @param shutdownTimeout how long calls under way may go on once it is told to stop
 * @param filesEnabled whether the files trigger is on
 * @param queueEnabled whether the queue trigger is on
 * @param watch whether changes of routes and configuration come into force as they are saved
 * @param quiet for how long nobody must have written before they do
 * @param values every {@code llm.*} property by name, as routes read it
 */
record Settings(
        String host,
        int port,
        boolean loopback,
        HttpLimits http,
        int workers,
        Path keysFile,
        boolean open,
        Duration shutdownTimeout,
        boolean filesEnabled,
        boolean queueEnabled,
        boolean watch,
        Duration quiet,
        Map<String, String> values) {

    /** Leaves out the values: there are credentials among them. */
    @Override
    public String toString() {
        return "Settings[" + host + ":" + port + "]";
    }

    /** The name of the file they stand in. */
    static final String FILE = "application.properties";
}
