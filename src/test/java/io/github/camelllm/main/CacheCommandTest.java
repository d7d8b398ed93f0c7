package io.github.camelllm.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.testkit.Cut;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.Received;
import io.github.camelllm.testkit.Reply;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** {@code bin/gateway cache clear}, in front of gateways that answer as a test says. */
class CacheCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(Map<String, String> environment, String... arguments) {
        return new CommandLine(new CacheCommand.Clear(environment))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    @Test
    void asksEachInstanceAsTheAdmin() throws Exception {
        try (FakeUpstream one = FakeUpstream.start();
                FakeUpstream two = FakeUpstream.start()) {
            one.always(Reply.json(200, "{\"object\":\"cache.cleared\",\"cleared\":3}"));
            two.always(Reply.json(200, "{\"object\":\"cache.cleared\",\"shared\":7,\"gateways\":2,\"cleared\":0}"));

            int exit = run(
                    Map.of(CacheCommand.KEY, "sk-admin"),
                    "--url",
                    one.rootUrl().toString(),
                    "--url",
                    two.rootUrl() + "/",
                    "model=a b&c",
                    "tenant=acme");

            assertThat(exit).isZero();
            assertThat(out.toString())
                    .contains(": 3 cached answers cleared" + System.lineSeparator())
                    .contains(": 0 cached answers cleared, and 7 of those that 2 gateways share");
            for (FakeUpstream gateway : new FakeUpstream[] {one, two}) {
                Received received = gateway.lastRequest();
                assertThat(received.method()).isEqualTo("DELETE");
                assertThat(received.target()).isEqualTo("/v1/cache?model=a+b%26c&tenant=acme");
                assertThat(received.header("authorization")).isEqualTo("Bearer sk-admin");
            }
        }
    }

    @Test
    void saysWhichInstanceWasNotCleared() throws Exception {
        try (FakeUpstream one = FakeUpstream.start();
                FakeUpstream two = FakeUpstream.start();
                FakeUpstream three = FakeUpstream.start()) {
            one.always(Reply.json(403, "{\"error\":{\"message\":\"An admin's key alone.\"}}"));
            two.always(Reply.hangUp(Cut.RST));
            three.always(Reply.json(200, "{\"cleared\":1}"));

            int exit = run(
                    Map.of(CacheCommand.KEY, "sk-admin"),
                    "--url",
                    one.rootUrl().toString(),
                    "--url",
                    two.rootUrl().toString(),
                    "--url",
                    three.rootUrl().toString(),
                    "all=true");

            assertThat(exit).isEqualTo(1);
            assertThat(err.toString())
                    .contains(one.rootUrl() + ": not cleared: An admin's key alone.")
                    .contains(two.rootUrl() + ": not cleared: ");
            assertThat(out.toString()).contains(": 1 cached answers cleared");
        }
    }

    @Test
    void needsAKeyAndSomethingToClear() {
        assertThat(run(Map.of(), "all=true")).isEqualTo(2);
        assertThat(err.toString()).contains("Set LLM_ADMIN_KEY to the key of an admin");
        assertThat(run(Map.of(CacheCommand.KEY, "sk-admin"))).isEqualTo(2);
        assertThat(run(Map.of(CacheCommand.KEY, "sk-admin"), "everything")).isEqualTo(2);
        assertThat(run(Map.of(CacheCommand.KEY, "sk-admin"), "--url", "no url", "all=true"))
                .isEqualTo(1);
    }
}
