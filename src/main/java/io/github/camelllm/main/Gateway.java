package io.github.camelllm.main;

import io.github.camelllm.config.Part;
import io.github.camelllm.main.check.Diagnostic;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.logging.log4j.LogManager;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code bin/gateway}: serves, until it is told to stop. */
@Command(
        name = "gateway",
        description = "Serves an LLM gateway that is a set of Apache Camel routes.",
        mixinStandardHelpOptions = true,
        versionProvider = Gateway.Version.class,
        subcommands = {
            ValidateCommand.class,
            KeyCommand.class,
            ReportCommand.class,
            EvalCommand.class,
            CacheCommand.class
        },
        footer = {
            "",
            "bin/gateway archive makes it start in less time with the Java that runs it.",
            "",
            "Exit codes: 0 stopped in order, 2 wrong usage, 78 wrong configuration or routes,",
            "130 and 143 stopped at once by a second SIGINT or SIGTERM."
        })
public final class Gateway implements Callable<Integer> {

    /** sysexits.h: EX_CONFIG. */
    static final int EXIT_CONFIG = 78;

    @Mixin
    private Directories directories;

    @Option(names = "--host", paramLabel = "H", description = "the address to listen on (llm.http.host)")
    private String host;

    @Option(names = "--port", paramLabel = "N", description = "the port to listen on; 0 for any (llm.http.port)")
    private String port;

    @Spec
    private CommandSpec spec;

    /**
     * Runs the command line and ends the process with its exit code.
     *
     * @param args see {@code bin/gateway --help}
     */
    public static void main(String[] args) {
        List<String> missing = Stream.of(Part.COMMAND_LINE, Part.LOG4J, Part.HTTP_SERVER)
                .flatMap(part -> part.missing().stream())
                .toList();
        missing.forEach(System.err::println);
        System.exit(missing.isEmpty() ? Commands.execute(args) : EXIT_CONFIG);
    }

    /** Apart, so that what is missing can be said where it is the library of the command line. */
    private static final class Commands {
        static int execute(String[] args) {
            return new CommandLine(new Gateway()).execute(args);
        }
    }

    @Override
    public Integer call() {
        Preflight preflight = Preflight.of(new Preflight.Options(
                directories.routes(), directories.config(), new SettingsReader.Flags(host, port), System.getenv()));
        if (!preflight.problems().isEmpty()) {
            return refuse(preflight.problems());
        }
        Logs.prepare(directories.config(), preflight.properties());
        try (GatewayServer server = GatewayServer.start(preflight)) {
            Signals.handle(server::close);
            PrintWriter out = spec.commandLine().getOut();
            out.println(StartTable.of(preflight, server.context(), server.port()));
            out.flush();
            return server.await();
        } catch (StartException e) {
            return refuse(e.problems());
        } finally {
            LogManager.shutdown();
        }
    }

    private int refuse(List<Diagnostic> problems) {
        PrintWriter err = spec.commandLine().getErr();
        problems.forEach(err::println);
        err.println("The gateway did not start.");
        return EXIT_CONFIG;
    }

    /** The directories that commands work on. */
    static final class Directories {

        @Option(names = "--routes", paramLabel = "DIR", description = "the directory of *.camel.yaml files")
        private Path routes;

        @Option(
                names = "--config",
                paramLabel = "DIR",
                description = "the directory of application.properties, keys.yaml")
        private Path config;

        /** The one named, or {@code routes} of the installation, or {@code ./routes}. */
        Path routes() {
            return routes != null ? routes : home().resolve("routes");
        }

        /** The one named, or {@code config} of the installation, or {@code ./config}. */
        Path config() {
            return config != null ? config : home().resolve("config");
        }

        /** Where {@code bin/gateway} stands in; it says so. */
        static Path home() {
            return Path.of(System.getProperty("gateway.home", ""));
        }
    }

    /** What {@code --version} prints. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"camel-llm-gateway " + StartTable.version(), "Java " + Runtime.version()};
        }
    }
}
