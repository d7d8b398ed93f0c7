package io.github.camelllm.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.GatewayProcess;
import io.github.camelllm.testkit.GatewaySetup;
import io.github.camelllm.testkit.RawClient;
import io.github.camelllm.testkit.RawResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The idea of the product: the chain is a list of lines, and a line moved, removed or added is a step moved, removed or added. */
class StepOrderIT {

    private static final String GATEWAY = "routes/gateway.camel.yaml";
    private static final Pattern STEP_LINE = Pattern.compile("(?m)^        - policy: \\{ ref: (\\w+) \\}.*\\R");
    private static final String CHAT = "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]";

    /** The lines of the chat chain's steps, in order. */
    private static List<String> lines(String yaml) {
        String chain = chain(yaml);
        List<String> lines = new ArrayList<>();
        for (Matcher matcher = STEP_LINE.matcher(chain); matcher.find(); ) {
            lines.add(matcher.group());
        }
        assertThat(lines).as("steps in the chat chain of " + GATEWAY).hasSizeGreaterThanOrEqualTo(4);
        return lines;
    }

    private static String chain(String yaml) {
        int start = yaml.indexOf("id: llm-chat");
        int end = yaml.indexOf("\n- route:", start);
        return yaml.substring(start, end);
    }

    private static String name(String line) {
        Matcher matcher = STEP_LINE.matcher(line);
        assertThat(matcher.matches()).isTrue();
        return matcher.group(1);
    }

    static Stream<Arguments> shippedSteps() throws IOException {
        GatewaySetup setup = GatewaySetup.shipped();
        return lines(setup.read(GATEWAY)).stream().map(line -> Arguments.of(name(line), line));
    }

    @ParameterizedTest(name = "without {0}")
    @MethodSource("shippedSteps")
    void worksWithoutAStep(String name, String line) throws Exception {
        try (FakeUpstream upstream = FakeUpstream.start();
                GatewayProcess gateway = start(upstream, yaml -> inChain(yaml, chain -> chain.replace(line, "")))) {
            assertAnswers(gateway);
            RawResponse bad = post(gateway, CHAT + ",\"temperature\":9}");
            assertThat(bad.status()).isEqualTo(name.equals("llmValidate") ? 200 : 400);
            assertThat(gateway.records().isEmpty()).isEqualTo(name.equals("llmAccount"));
        }
    }

    @Test
    void worksInTheOppositeOrder() throws Exception {
        try (FakeUpstream upstream = FakeUpstream.start();
                GatewayProcess gateway = start(upstream, yaml -> {
                    List<String> steps = new ArrayList<>(lines(yaml));
                    steps.removeIf(line -> name(line).equals("llmChoose"));
                    List<String> reversed = new ArrayList<>(steps);
                    Collections.reverse(reversed);
                    return inChain(yaml, chain -> rewrite(chain, steps, reversed));
                })) {
            assertAnswers(gateway);
            Problems.assertProblem(post(gateway, CHAT + ",\"temperature\":9}"), 400, "invalid_request");
        }
    }

    @Test
    void makesADifferenceWhereAStepStands() throws Exception {
        String keys = "keys:\n  - { id: a, sha256: " + "0".repeat(64) + " }\n";
        GatewaySetup asShipped = GatewaySetup.shipped().write("config/keys.yaml", keys);
        try (GatewayProcess gateway = asShipped.start()) {
            Problems.assertProblem(post(gateway, "{"), 401, "invalid_api_key");
        }
        GatewaySetup swapped = GatewaySetup.shipped().write("config/keys.yaml", keys);
        List<String> lines = lines(swapped.read(GATEWAY));
        String authenticate = line(lines, "llmAuthenticate");
        String validate = line(lines, "llmValidate");
        swapped.edit(
                GATEWAY,
                yaml -> inChain(
                        yaml,
                        chain -> rewrite(chain, List.of(authenticate, validate), List.of(validate, authenticate))));
        try (GatewayProcess gateway = swapped.start()) {
            Problems.assertProblem(post(gateway, "{"), 400, "invalid_request");
        }
    }

    @Test
    void takesMoreLines() throws Exception {
        try (FakeUpstream upstream = FakeUpstream.start();
                GatewayProcess gateway = start(
                        upstream,
                        yaml -> inChain(yaml, chain -> {
                                    String choose = line(lines(yaml), "llmChoose");
                                    String more = "        - log: { message: \"seen ${exchangeProperty.llm.asked} of"
                                            + " ${exchangeProperty.llm.user} with ${exchangeProperty.llm.inputTokens} tokens\" }\n"
                                            + "        - policy: { ref: llmValidate }\n"
                                            + "        - idempotentConsumer:\n"
                                            + "            simple: \"${exchangeProperty.llm.id}\"\n"
                                            + "            idempotentRepository: seen\n"
                                            + "            steps:\n"
                                            + "              - log: { message: new }\n";
                                    return chain.replace(choose, more + choose);
                                })
                                + "\n- beans:\n    - name: seen\n"
                                + "      type: org.apache.camel.support.processor.idempotent.MemoryIdempotentRepository\n")) {
            assertAnswers(gateway);
            gateway.awaitOutput("seen auto of anonymous with \\d+ tokens");
        }
    }

    @Test
    void takesStepsWithTheirChildrenSpelledOut() throws Exception {
        try (FakeUpstream upstream = FakeUpstream.start();
                GatewayProcess gateway = start(
                        upstream,
                        yaml -> yaml.replace(
                                yaml.substring(yaml.indexOf("    id: llm-embeddings"), yaml.indexOf("\n- beans:")),
                                """
                            id: llm-embeddings
                            from:
                              uri: direct:llm-embeddings
                              steps:
                                - policy:
                                    ref: llmAccount
                                    steps:
                                      - policy:
                                          ref: llmAuthenticate
                                          steps:
                                            - policy:
                                                ref: llmValidate
                                                steps:
                                                  - policy:
                                                      ref: llmChoose
                                                      steps:
                                                        - toD: { uri: "direct:llm-model-${exchangeProperty.llm.model}" }
                        """))) {
            RawResponse response = RawClient.post(
                    gateway.port(), "/v1/embeddings", "{\"model\":\"text-embedding-3-small\",\"input\":\"a\"}");
            assertThat(response.status()).as(response.toString()).isEqualTo(200);
            gateway.awaitRecord(response.header("x-request-id"));
        }
    }

    private static GatewayProcess start(FakeUpstream upstream, UnaryOperator<String> change) throws Exception {
        return GatewaySetup.shipped().upstream(upstream).edit(GATEWAY, change).start();
    }

    private static String inChain(String yaml, UnaryOperator<String> change) {
        String chain = chain(yaml);
        String changed = change.apply(chain);
        assertThat(changed).isNotEqualTo(chain);
        return yaml.replace(chain, changed);
    }

    /** Puts new lines in the places of old ones. */
    private static String rewrite(String chain, List<String> old, List<String> by) {
        String text = chain;
        for (int i = 0; i < old.size(); i++) {
            text = text.replace(old.get(i), "@" + i + "@");
        }
        for (int i = 0; i < old.size(); i++) {
            text = text.replace("@" + i + "@", by.get(i));
        }
        return text;
    }

    private static String line(List<String> lines, String name) {
        Optional<String> found =
                lines.stream().filter(line -> name(line).equals(name)).findFirst();
        return found.orElseThrow(() -> new AssertionError("no step " + name + " in " + lines));
    }

    private static void assertAnswers(GatewayProcess gateway) throws Exception {
        RawResponse whole = post(gateway, CHAT + "}");
        assertThat(whole.status()).as(whole.toString()).isEqualTo(200);
        assertThat(whole.text()).contains("echo: Hello");
        RawResponse stream = post(gateway, CHAT + ",\"stream\":true}");
        assertThat(stream.text()).endsWith("data: [DONE]\n\n");
    }

    private static RawResponse post(GatewayProcess gateway, String json) throws IOException {
        return RawClient.post(gateway.port(), "/v1/chat/completions", json);
    }
}
