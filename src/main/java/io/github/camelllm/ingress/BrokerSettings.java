package io.github.camelllm.ingress;

import java.nio.file.Path;
import java.util.List;

/**
 * Which broker the queue trigger works with.
 *
 * @param url the broker's address as its client wants it; empty for a broker inside the gateway
 * @param data where the broker inside keeps its messages
 * @param port where the broker inside listens on 127.0.0.1; 0 for any free port
 * @param queues the queues that the broker inside has from its start and keeps
 * @param user the user name at the broker; empty for none
 * @param password the password at the broker, and what the broker inside demands of its clients; empty for none
 */
public record BrokerSettings(String url, Path data, int port, List<String> queues, String user, String password) {

    private static final int LAST_PORT = 65_535;

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException naming the property, the value unless it is a secret, and what is allowed
     */
    public BrokerSettings {
        queues = List.copyOf(queues);
        url = url == null ? "" : url.strip();
        user = user == null ? "" : user.strip();
        password = password == null ? "" : password;
        if (port < 0 || port > LAST_PORT) {
            throw new IllegalArgumentException("llm.queue.port is " + port + "; 0 to " + LAST_PORT + " is allowed");
        }
        if (user.isEmpty() != password.isEmpty()) {
            throw new IllegalArgumentException(
                    "one of llm.queue.user and llm.queue.password is blank; set both or none");
        }
        if (url.isEmpty() && (data == null || data.toString().isBlank())) {
            throw new IllegalArgumentException(
                    "llm.queue.data is blank; the path of a directory is expected, or llm.queue.broker-url");
        }
    }

    /** Whether the broker is to run inside the gateway. */
    public boolean embedded() {
        return url.isEmpty();
    }

    /** Whether clients need a password. */
    public boolean secured() {
        return !password.isEmpty();
    }

    @Override
    public String toString() {
        return "BrokerSettings[" + (embedded() ? "embedded in " + data + ", port " + port : "remote") + "]";
    }
}
