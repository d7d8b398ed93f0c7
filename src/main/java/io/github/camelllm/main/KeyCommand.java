package io.github.camelllm.main;

import io.github.camelllm.access.NewKey;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code bin/gateway key}: makes a virtual key, which nothing but this output knows. */
@Command(
        name = "key",
        description = "Makes a virtual key, and the lines for keys.yaml.",
        mixinStandardHelpOptions = true)
final class KeyCommand implements Callable<Integer> {

    @Option(
            names = "--id",
            paramLabel = "ID",
            defaultValue = "my-client",
            description = "what logs and records call the key (default: ${DEFAULT-VALUE})")
    private String id;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        NewKey key = NewKey.generate();
        String yaml;
        try {
            yaml = key.yaml(id);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--id: " + e.getMessage());
        }
        System.out.println("The key, for the client. It is shown this once:");
        System.out.println();
        System.out.println("  " + key.key());
        System.out.println();
        System.out.println("Its lines for config/keys.yaml, below 'keys:':");
        System.out.println();
        System.out.println(yaml.stripTrailing());
        return 0;
    }
}
