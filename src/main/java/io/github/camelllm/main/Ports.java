package io.github.camelllm.main;

import io.github.camelllm.main.check.Diagnostic;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;

/** Finds out early whether the gateway can listen where it is to: Camel's HTTP server only warns when it cannot. */
final class Ports {

    private Ports() {}

    /** Takes the address and gives it back at once. */
    static void checkFree(Settings settings) throws StartException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(settings.host(), settings.port()));
        } catch (IOException e) {
            boolean taken = String.valueOf(e.getMessage()).contains("in use");
            throw new StartException(List.of(taken ? taken(settings) : cannot(settings, e.getMessage())), e);
        }
    }

    /** Somebody else listens there. */
    static Diagnostic taken(Settings settings) {
        return new Diagnostic(
                address(settings),
                0,
                "another process listens there",
                "Stop it, or choose another port with --port or " + SettingsTable.PORT);
    }

    private static Diagnostic cannot(Settings settings, String reason) {
        return new Diagnostic(
                address(settings),
                0,
                "cannot listen there: " + reason,
                "Choose another address with --host and --port, or " + SettingsTable.HOST + " and "
                        + SettingsTable.PORT);
    }

    private static String address(Settings settings) {
        String host = settings.host().contains(":") ? "[" + settings.host() + "]" : settings.host();
        return host + ":" + settings.port();
    }
}
