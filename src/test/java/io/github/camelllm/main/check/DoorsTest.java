package io.github.camelllm.main.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.access.NewKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ways to a model, by EIPs of all kinds, with and without a key. */
class DoorsTest {

    private static final String BEANS =
            """
            - beans:
                - { name: authenticate, type: io.github.camelllm.access.Authenticate, properties: { keysFile: "{{llm.access.keys-file}}" } }
                - { name: keyless, type: io.github.camelllm.access.Authenticate, properties: { keysFile: none.yaml } }
                - { name: other, type: io.github.camelllm.main.check.TestStep }
                - { name: usageReport, type: io.github.camelllm.quota.UsageReport }
                - { name: health, type: io.github.camelllm.observe.HealthEndpoint }
            - routeTemplate:
                id: tiny
                parameters: [ { name: model } ]
                beans:
                  - { name: entry, type: io.github.camelllm.provider.ModelStep, properties: { model: "{{model}}" } }
                from:
                  uri: "direct:llm-model-{{model}}"
                  steps: [ { policy: { ref: "{{entry}}" } }, { log: x } ]
            - templatedRoute: { routeTemplateRef: tiny, parameters: [ { name: model, value: a } ] }
            - route: { id: hop, from: { uri: "direct:hop", steps: [ { to: "direct:llm-model-a" } ] } }
            - route: { id: queue, from: { uri: "seda:queue", steps: [ { to: { uri: direct, parameters: { name: hop } } } ] } }
            - route: { id: bare, from: { uri: "direct:bare", steps: [ { log: x } ] } }
            """;

    @TempDir
    private Path dir;

    @BeforeEach
    void keys() throws IOException {
        Files.writeString(
                dir.resolve("keys.yaml"), "keys:\n" + NewKey.generate().yaml("a"));
        Files.writeString(dir.resolve("beans.camel.yaml"), BEANS);
    }

    private List<OpenDoor> doors(String from, String steps) throws IOException {
        Files.writeString(
                dir.resolve("a.camel.yaml"),
                "- route:\n    id: mine\n    from:\n      uri: " + from + "\n      steps: [ " + steps + " ]\n");
        return doors();
    }

    private List<OpenDoor> doors() {
        return new RouteCheck(
                        Map.of("llm.access.keys-file", dir.resolve("keys.yaml").toString(), "off", "false"),
                        Map.of(),
                        Set.of(),
                        registry -> {},
                        file -> file.getFileName().toString())
                .openDoors(dir);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ to: 'direct:llm-model-a' }",
                "{ to: 'llm:chat?chain=hop' }",
                "{ to: { uri: llm:chat, parameters: { chain: 'direct:llm-model-a' } } }",
                "{ toD: 'direct:llm-model-${header.model}' }",
                "{ toD: { uri: 'direct:${header.model}' } }",
                "{ toD: '${header.to}' }",
                "{ to: 'direct:hop' }",
                "{ to: 'direct://hop?timeout=5' }",
                "{ to: 'seda:queue' }",
                "{ to: { uri: direct, parameters: { name: hop } } }",
                "{ wireTap: { uri: 'direct:hop' } }",
                "{ enrich: { constant: 'direct:hop' } }",
                "{ enrich: { simple: '${header.to}' } }",
                "{ recipientList: { constant: 'log:x,direct:hop' } }",
                "{ recipientList: { header: to } }",
                "{ routingSlip: { method: { ref: other } } }",
                "{ dynamicRouter: { simple: '${header.to}' } }",
                "{ multicast: { steps: [ { log: x }, { to: 'direct:hop' } ] } }",
                "{ split: { simple: '${body}', steps: [ { to: 'direct:hop' } ] } }",
                "{ loop: { constant: 2, steps: [ { to: 'direct:hop' } ] } }",
                "{ choice: { when: [ { simple: '${body} == 1', steps: [ { log: x } ] } ], otherwise: { steps: [ { to: 'direct:hop' } ] } } }",
                "{ doTry: { steps: [ { log: x } ], doCatch: [ { exception: [ java.lang.Exception ], steps: [ { to: 'direct:hop' } ] } ] } }",
                "{ policy: { ref: keyless } }, { to: 'direct:hop' }",
                "{ policy: { ref: other } }, { to: 'direct:hop' }",
                "{ policy: { ref: authenticate, steps: [ { log: x } ] } }, { to: 'direct:hop' }",
                "{ choice: { when: [ { simple: '${body} == 1', steps: [ { policy: { ref: authenticate } }, { log: x } ] } ] } }, { to: 'direct:hop' }",
                "{ to: 'direct:hop' }, { policy: { ref: authenticate } }, { log: x }",
                "{ process: { ref: usageReport } }"
            })
    void isOpen(String steps) throws IOException {
        assertThat(doors("platform-http:/mine", steps))
                .isNotEmpty()
                .allSatisfy(door -> assertThat(door.triggers()).containsExactly("/mine"))
                .allSatisfy(door -> assertThat(door.problem().line()).isPositive());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ policy: { ref: authenticate } }, { to: 'direct:hop' }",
                "{ policy: { ref: '#bean:authenticate' } }, { toD: '${header.to}' }",
                "{ policy: { ref: authenticate, steps: [ { multicast: { steps: [ { to: 'direct:hop' }, { to: 'seda:queue' } ] } } ] } }",
                "{ policy: { ref: authenticate } }, { process: { ref: usageReport } }",
                "{ process: { ref: health } }",
                "{ to: 'direct:bare' }",
                "{ toD: 'https://example.com/${header.id}' }",
                "{ recipientList: { constant: 'https://example.com,log:x' } }",
                "{ log: 'calls direct:hop' }"
            })
    void isClosed(String steps) throws IOException {
        assertThat(doors("platform-http:/mine", steps)).isEmpty();
    }

    @Test
    void whatIsNotKnownToBeLocalIsOnTheNetwork() throws IOException {
        String open = "{ to: 'direct:hop' }";
        for (String uri : List.of("jms:queue:q", "kafka:topic", "netty-http:0.0.0.0:80", "'amqp:queue:q'", "mine:x")) {
            assertThat(doors(uri, open)).as(uri).singleElement().satisfies(door -> {
                assertThat(door.triggers()).containsExactly(uri.replace("'", ""));
                assertThat(door.chain()).isEqualTo("hop");
                assertThat(door.problem().source()).isEqualTo("beans.camel.yaml");
            });
        }
        for (String uri : List.of("timer:x", "file:inbox", "direct:x", "seda:x")) {
            assertThat(doors(uri, open)).as(uri).isEmpty();
        }
    }

    @Test
    void aRouteThatNeverRunsIsNoWay() throws IOException {
        Files.writeString(
                dir.resolve("a.camel.yaml"),
                "- route:\n    precondition: '{{off}}'\n    from:\n      uri: platform-http:/x\n      steps: [ { to: 'direct:hop' } ]\n");
        assertThat(doors()).isEmpty();
    }

    @Test
    void aFailureMayLeadThereToo() throws IOException {
        Files.writeString(
                dir.resolve("b.camel.yaml"),
                "- onException:\n    exception: [ java.lang.Exception ]\n    steps: [ { to: 'direct:hop' } ]\n");
        assertThat(doors("platform-http:/mine", "{ policy: { ref: authenticate } }, { to: 'direct:hop' }"))
                .singleElement()
                .satisfies(door -> assertThat(door.triggers()).containsExactly("onException in b.camel.yaml:1"));
    }

    @Test
    void circlesEnd() throws IOException {
        Files.writeString(
                dir.resolve("b.camel.yaml"),
                """
                - route: { id: one, from: { uri: "direct:one", steps: [ { to: "direct:two" } ] } }
                - route: { id: two, from: { uri: "direct:two", steps: [ { to: "direct:one" }, { to: "direct:hop" } ] } }
                """);
        assertThat(doors("platform-http:/mine", "{ to: 'direct:one' }")).hasSize(1);
        RouteCheck check = new RouteCheck(
                Map.of("llm.access.keys-file", "x", "off", "false"),
                Map.of(),
                Set.of(),
                registry -> {},
                Path::toString);
        assertThat(check.check(dir)).isNotEmpty(); // and so does the look at the chains
    }
}
