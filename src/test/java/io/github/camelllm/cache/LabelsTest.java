package io.github.camelllm.cache;

import static io.github.camelllm.cache.CachedChain.QUESTION;
import static io.github.camelllm.cache.CachedChain.who;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.Identity;
import io.github.camelllm.call.PromptLabels;
import io.github.camelllm.problem.Problem;
import io.github.camelllm.step.Chain;
import io.github.camelllm.step.Step;
import java.nio.file.Path;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the cache makes of what others say of a call: its template, its tags, and that personal values are in it. */
class LabelsTest {

    private static final String STREAMED = QUESTION.replace("{\"model\"", "{\"stream\":true,\"model\"");

    @TempDir
    Path directory;

    private CachedChain chain;
    private final Redactor redactor = new Redactor();

    /** Stands in for a step that replaces personal values, and looks for others in answers. */
    private static final class Redactor extends Step {
        private boolean replaces;
        private boolean finds;

        @Override
        protected void around(Call call, Exchange exchange, Chain next) throws Exception {
            call.redacted(replaces);
            next.proceed();
            if (finds) {
                call.personalAnswer().give();
            }
        }
    }

    @BeforeEach
    void make() {
        chain = new CachedChain(directory);
        chain.context.getRegistry().bind("redact", redactor);
    }

    @AfterEach
    void stop() {
        chain.close();
    }

    private void startRedacting() throws Exception {
        chain.start("        - policy: { ref: redact }\n");
    }

    private String asks(Identity who, String json) {
        return chain.send(chain.call(json, who)).cache();
    }

    @Test
    void aTemplateAndItsVersionAreInTheKey() throws Exception {
        chain.start();
        chain.ask(QUESTION, "X-LLM-Template", "sums@1");
        assertThat(chain.ask(QUESTION, "X-LLM-Template", "sums@1").cache()).isEqualTo("hit");
        assertThat(chain.ask(QUESTION, "X-LLM-Template", "sums@2").cache()).isEqualTo("miss");
        assertThat(chain.ask(QUESTION, "X-LLM-Template", "sums").cache()).isEqualTo("miss");
        assertThat(chain.ask(QUESTION).cache()).isEqualTo("miss");
    }

    @Test
    void tagsAreNot() throws Exception {
        chain.start();
        chain.ask(QUESTION, "X-LLM-Tags", "faq, sums");
        assertThat(chain.ask(QUESTION, "X-LLM-Tags", "other").cache()).isEqualTo("hit");
        assertThat(chain.cache.drop(kept -> kept.labels().tags().contains("faq")))
                .isEqualTo(1);
    }

    @Test
    void aRouteThatRendersPromptsHasTheLastWord() throws Exception {
        chain.start("        - setProperty: { name: llm.template, constant: sums@7 }\n"
                + "        - setProperty: { name: llm.tags, constant: faq }\n");
        Call call = chain.ask(QUESTION, "X-LLM-Template", "lies@1", "X-LLM-Tags", "x")
                .call();
        assertThat(call.labels()).isEqualTo(PromptLabels.of("sums@7", "faq"));
        assertThat(chain.cache.drop(kept -> kept.labels().isOf("sums@7"))).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"sums,true", "sums@1,true", "sums@2,false", "sum,false"})
    void aTemplateIsFoundByItsNameAndByItsVersion(String name, boolean found) {
        assertThat(PromptLabels.of("sums@1", null).isOf(name)).isEqualTo(found);
        assertThat(PromptLabels.NONE.isOf(name)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"X-LLM-Template,a b", "X-LLM-Template,a@", "X-LLM-Tags,a b", "X-LLM-Tags,'1,2,3,4,5,6,7,8,9,10,11'"})
    void refusesLabelsThatAreNone(String header, String value) throws Exception {
        chain.start();
        Exception failure = chain.ask(QUESTION, header, value).failure();
        assertThat(failure).isInstanceOf(Problem.class).hasMessageStartingWith(header + " is not");
        assertThat(((Problem) failure).status()).isEqualTo(400);
        assertThat(chain.asked).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatWasRedactedIsKeptForItsUserAlone(boolean stream) throws Exception {
        startRedacting();
        String json = stream ? STREAMED : QUESTION;
        redactor.replaces = true;
        assertThat(asks(who("acme", "ann"), json)).isEqualTo("miss");
        assertThat(asks(who("acme", "ann"), json)).isEqualTo("hit");
        assertThat(asks(who("acme", "bob"), json)).isEqualTo("miss");
        redactor.replaces = false;
        assertThat(asks(who("acme", "carl"), json))
                .as("the same words, with nothing replaced")
                .isEqualTo("miss");
    }

    @Test
    void whatWasRedactedIsNotKeptWhereNobodyIsKnown() throws Exception {
        startRedacting();
        redactor.replaces = true;
        assertThat(asks(Identity.ANONYMOUS, QUESTION)).isEqualTo("bypass");
        assertThat(asks(Identity.ANONYMOUS, QUESTION)).isEqualTo("bypass");
        redactor.replaces = false;
        asks(Identity.ANONYMOUS, QUESTION);
        assertThat(asks(Identity.ANONYMOUS, QUESTION)).isEqualTo("hit");
    }

    @Test
    void orNotAtAll() throws Exception {
        chain.rules("redacted: never\n");
        startRedacting();
        redactor.replaces = true;
        asks(who("acme", "ann"), QUESTION);
        assertThat(asks(who("acme", "ann"), QUESTION)).isEqualTo("bypass");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anAnswerWithPersonalDataInItIsNotKeptForOthers(boolean stream) throws Exception {
        startRedacting();
        String json = stream ? STREAMED : QUESTION;
        redactor.finds = true;
        assertThat(asks(who("acme", "ann"), json)).isEqualTo("miss");
        assertThat(asks(who("acme", "bob"), json)).isEqualTo("miss");
        redactor.replaces = true;
        assertThat(asks(who("acme", "ann"), json)).as("for its user alone").isEqualTo("miss");
        assertThat(asks(who("acme", "ann"), json)).isEqualTo("hit");
    }

    @Test
    void anAnswerInWhichItIsFoundLaterLeaves() throws Exception {
        startRedacting();
        asks(who("acme", "ann"), QUESTION);
        redactor.finds = true;
        assertThat(asks(who("acme", "bob"), QUESTION)).isEqualTo("hit");
        assertThat(asks(who("acme", "carl"), QUESTION)).isEqualTo("miss");
    }
}
