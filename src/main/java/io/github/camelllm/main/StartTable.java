package io.github.camelllm.main;

import io.github.camelllm.call.Model;
import io.github.camelllm.call.Models;
import io.github.camelllm.ingress.QueueBroker;
import io.github.camelllm.main.check.OpenDoor;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.CamelContext;

/** What is printed once the gateway serves: where, for whom, which models. At most 80 columns, ASCII. */
final class StartTable {

    private static final int WIDTH = 80;
    private static final int LABEL = 10;

    private final List<String> lines = new ArrayList<>();

    private StartTable() {}

    /** The table of a gateway that serves. */
    static String of(Preflight preflight, CamelContext context, int port) {
        Settings settings = preflight.settings();
        StartTable table = new StartTable();
        table.lines.add("camel-llm-gateway " + version() + "  (Camel " + context.getVersion() + ", Java "
                + Runtime.version().feature()
                + (Workers.virtual() ? ", virtual threads" : ", " + settings.workers() + " threads") + ")");
        table.lines.add("");
        table.row("callers", callers(preflight));
        table.open(preflight.open());
        table.models(context.getRegistry().findSingleByType(Models.class));
        table.row("triggers", triggers(settings));
        QueueBroker broker = context.getRegistry().findSingleByType(QueueBroker.class);
        if (broker != null) {
            broker.listensOn().ifPresent(address -> table.row("broker", address + " (embedded)"));
        }
        table.row("call log", CallLog.place());
        table.row("routes", Shown.path(preflight.options().routes()));
        table.row("config", Shown.path(preflight.options().config()));
        table.lines.add("");
        table.lines.add("listening on http://" + host(settings.host()) + ":" + port);
        return String.join(System.lineSeparator(), table.lines);
    }

    private static String callers(Preflight preflight) {
        if (preflight.keys() > 0) {
            return preflight.keys()
                    + (preflight.keys() == 1 ? " virtual key in " : " virtual keys in ")
                    + Shown.path(preflight.settings().keysFile());
        }
        return preflight.settings().loopback()
                ? "anybody on this machine (no keys.yaml)"
                : "ANYBODY who can reach it (llm.access.open=true, no keys.yaml)";
    }

    /** What asks for no key though there are keys: where calls come in, and the chain that lets them by. */
    private void open(List<OpenDoor> doors) {
        String label = "OPEN";
        for (OpenDoor door : doors) {
            for (String trigger : door.triggers()) {
                row(label, trigger + ": no key is asked for in " + door.chain());
                label = "";
            }
        }
    }

    private static String triggers(Settings settings) {
        return "http, files " + (settings.filesEnabled() ? "on" : "off") + ", queue "
                + (settings.queueEnabled() ? "on" : "off");
    }

    private void models(Models models) {
        List<Model> all = models == null ? List.of() : models.all();
        if (all.isEmpty()) {
            row("models", "none: no route enters one");
            return;
        }
        int name = width(all.stream().map(Model::name).toList());
        int provider = width(all.stream().map(Model::provider).toList());
        String label = "models";
        for (Model model : all) {
            String state = model.live() ? "live" : "lacks " + model.missing();
            row(label, pad(model.name(), name) + "  " + pad(model.provider(), provider) + "  " + state);
            label = "";
        }
        if (!models.aliases().isEmpty()) {
            row("aliases", String.join(", ", models.aliases().stream().sorted().toList()));
        }
    }

    private void row(String label, String value) {
        String line = "  " + pad(label, LABEL) + value;
        lines.add(line.length() <= WIDTH ? line : line.substring(0, WIDTH - 3) + "...");
    }

    private static int width(List<String> values) {
        return Math.min(32, values.stream().mapToInt(String::length).max().orElse(0));
    }

    private static String pad(String value, int width) {
        return value + " ".repeat(Math.max(0, width - value.length()));
    }

    private static String host(String host) {
        return host.contains(":") ? "[" + host + "]" : host;
    }

    /** As the jar's manifest has it; where there is none, it was not built to be used. */
    static String version() {
        String version = StartTable.class.getPackage().getImplementationVersion();
        return version == null ? "(development)" : version;
    }
}
