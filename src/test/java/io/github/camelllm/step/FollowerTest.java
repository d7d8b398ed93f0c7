package io.github.camelllm.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Call;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;

/** A step can tell whether another one follows with nothing between. */
class FollowerTest {

    private final List<Step> followers = new ArrayList<>();

    private final class Asks extends Step {
        @Override
        protected void around(Call call, Exchange exchange, Chain next) throws Exception {
            followers.add(next.follower());
            next.proceed();
        }
    }

    private final Asks first = new Asks();
    private final Asks second = new Asks();

    private void run(String steps) throws Exception {
        try (CamelContext context = new DefaultCamelContext()) {
            context.getRegistry().bind("first", first);
            context.getRegistry().bind("second", second);
            String yaml = "- route:\n    from:\n      uri: direct:in\n      steps:\n" + steps;
            PluginHelper.getRoutesLoader(context)
                    .loadRoutes(ResourceHelper.fromBytes("t.yaml", yaml.getBytes(StandardCharsets.UTF_8)));
            context.start();
            context.createProducerTemplate().requestBody("direct:in", "{}".getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void theNextLineOfAFlatListFollows() throws Exception {
        run("        - policy: { ref: first }\n        - policy: { ref: second }\n        - log: x\n");

        assertThat(followers).containsExactly(second, null);
    }

    @Test
    void aStepAloneInExplicitStepsFollows() throws Exception {
        run(
                """
                        - policy:
                            ref: first
                            steps:
                              - policy:
                                  ref: second
                                  steps:
                                    - log: x
                """);

        assertThat(followers).containsExactly(second, null);
    }

    @Test
    void aStepThatIsNotAllThatComesDoesNotFollow() throws Exception {
        run(
                """
                        - policy:
                            ref: first
                            steps:
                              - policy:
                                  ref: second
                                  steps:
                                    - log: x
                              - log: y
                """);

        assertThat(followers).containsExactly(null, null);
    }

    @Test
    void aLineBetweenParts() throws Exception {
        run(
                "        - policy: { ref: first }\n        - log: y\n        - policy: { ref: second }\n        - log: x\n");

        assertThat(followers).containsExactly(null, null);
    }
}
