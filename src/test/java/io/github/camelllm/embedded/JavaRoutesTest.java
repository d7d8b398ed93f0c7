package io.github.camelllm.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.Test;

/** A chain of one's own in the Java DSL, where a policy holds what stands between it and its end, over the shipped steps and models. */
class JavaRoutesTest {

    @Test
    void aChainInJavaDoesWhatOneInYamlDoes() throws Exception {
        Main main = new Main();
        main.configure()
                .setRoutesIncludePattern("classpath:camel-llm/gateway.camel.yaml,classpath:camel-llm/models.camel.yaml,"
                        + "classpath:camel-llm/completed.camel.yaml");
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:own-chain")
                        .policy("llmAccount")
                        .policy("llmRedact")
                        .setProperty("llm.chain", constant("simulator"))
                        .policy("llmChoose")
                        .policy("llmFailover")
                        .toD("direct:llm-model-${exchangeProperty.llm.model}")
                        .end()
                        .end()
                        .end()
                        .end();
                from("direct:business")
                        .split(body().tokenize(","))
                        .to("direct:own-chain")
                        .setHeader("model", exchangeProperty("CamelLlmModel"))
                        .end();
            }
        });
        main.start();
        try {
            assertThat(main.getCamelTemplate().requestBody("direct:own-chain", "mail ann@example.com", String.class))
                    .contains("You said: mail ann@example.com");
            assertThat(main.getCamelTemplate().requestBody("direct:business", "a,b,c", String.class))
                    .isEqualTo("a,b,c"); // a split without an aggregation gives what it was given
        } finally {
            main.stop();
        }
    }
}
