package io.github.camelllm.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with an {@code llm:} endpoint is told at the start, by the parameter's name. */
@Timeout(60)
class LlmParametersTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "llm:speech                                | operation is 'speech'; chat and embeddings are allowed",
                "llm:chat?result=xml                       | result is 'xml'; text, json and stream are allowed",
                "llm:chat?cache=never                      | cache is 'never'; no-cache and no-store are allowed",
                "llm:chat?temperature=hot                  | temperature is 'hot'; expected a number from 0 to 2",
                "llm:chat?temperature=3                    | temperature is '3.0'; expected a number from 0 to 2",
                "llm:chat?maxTokens=0                      | maxTokens is '0'; expected a whole number of 1 or more",
                "llm:chat?maxTokens=many                   | maxTokens is 'many'; expected a whole number of 1 or more",
                "llm:chat?timeout=soon                     | timeout is 'soon'; expected milliseconds, or a duration such as 30s",
                "llm:chat?timeout=-5                       | timeout is '-5'; expected milliseconds, or a duration such as 30s",
                "llm:chat?model=RAW(no model!)             | model is 'no model!'; expected the name of a model",
                "llm:chat?chain=seda:x                     | chain is 'seda:x'; expected the name of a direct endpoint",
                "llm:chat?template=RAW(no template!)       | template is 'no template!'; expected classpath: or file:",
                "llm:chat?tags=RAW(no tag!)                | tags is 'no tag!'; expected up to 10 words separated by commas",
                "llm:chat?keyId=a&apiKey=b                 | keyId and apiKey are both given; expected one of them",
                "llm:chat?modle=smart                      | llm has no parameter 'modle'. Did you mean 'model'?",
                "llm:chat?speed=high                       | llm has no parameter 'speed'. Its parameters are apiKey, cache, chain,",
                "llm:embeddings?result=text                | result is 'text'; llm:embeddings answers with json alone",
                "llm:embeddings?system=x                   | system is given; llm:embeddings has no such parameter",
                "llm:chat?template=classpath:none.txt      | template is 'classpath:none.txt':",
                "llm:chat?system=resource:classpath:no.txt | system is 'classpath:no.txt':"
            })
    void theStartNamesTheParameterAndWhatIsAllowed(String uri, String told) {
        assertThatThrownBy(() -> LlmContext.started(
                        null, Map.of(), LlmContext.route("direct:ask", "- to: { uri: \"" + uri + "\" }\n")))
                .hasStackTraceContaining(told);
    }

    @Test
    void aChainThatNoRouteBeginsWithIsToldAtTheStart() {
        assertThatThrownBy(() -> LlmContext.started(
                        null, Map.of(), LlmContext.route("direct:ask", "- to: \"llm:chat?chain=nowhere\"\n")))
                .hasStackTraceContaining("no route begins with direct:nowhere, the chain that is to answer");
    }

    @Test
    void aChainThatGoesAwayLeavesAProblem() throws Exception {
        try (LlmContext llm = LlmContext.started(
                null,
                Map.of(),
                LlmContext.route("direct:ask", "- to: \"llm:chat?chain=gone\"\n")
                        + LlmContext.route("direct:gone", "- setBody: { constant: hi }\n")
                                .replace("- route:\n", "- route:\n    id: gone\n"))) {
            llm.context()
                    .getComponent("direct", org.apache.camel.component.direct.DirectComponent.class)
                    .setBlock(false);
            assertThat(llm.send("ask", "x").getMessage().getBody()).isEqualTo("hi");
            llm.context().getRouteController().stopRoute("gone");

            Exchange answer = llm.send("ask", "x");

            assertThat(((Problem) answer.getException()).code()).isEqualTo(ErrorCode.NO_MODEL_AVAILABLE);
            assertThat(answer.getMessage().getBody()).isEqualTo("x");
            assertThat(answer.getMessage().getHeader(LlmConstants.ERROR_STATUS)).isEqualTo(503);
        }
    }

    @Test
    void noRouteBeginsWithIt() {
        assertThatThrownBy(() ->
                        LlmContext.started(null, Map.of(), LlmContext.route("llm:chat", "- log: { message: x }\n")))
                .hasStackTraceContaining("llm: only answers");
    }

    @Test
    void withoutAProviderTheSimulatorAnswers() throws Exception {
        try (LlmContext llm =
                LlmContext.started(null, Map.of(), LlmContext.route("direct:ask", "- to: \"llm:chat\"\n"))) {
            Exchange answer = llm.send("ask", "hello");
            assertThat(answer.getMessage().getBody(String.class)).contains("simulator", "hello");
            assertThat(answer.getMessage().getHeader(LlmConstants.MODEL)).isEqualTo("simulator");
        }
    }
}
