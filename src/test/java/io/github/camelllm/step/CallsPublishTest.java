package io.github.camelllm.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.Operation;
import java.nio.charset.StandardCharsets;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What routes read of a call, before and after it is published as exchange properties of its own. */
class CallsPublishTest {

    private final CamelContext context = new DefaultCamelContext();
    private Exchange exchange;
    private Call call;

    @BeforeEach
    void begin() {
        context.start();
        exchange = new DefaultExchange(context);
        exchange.getMessage().setHeader("X-LLM-Task", "code");
        exchange.getMessage().setBody("{\"model\":\"fast\"}".getBytes(StandardCharsets.UTF_8));
        call = Calls.of(exchange);
    }

    @AfterEach
    void end() {
        context.stop();
    }

    @Test
    void routesReadTheCallWhereNothingIsPublished() {
        assertThat(read("llm.asked")).isEqualTo("fast");
        assertThat(read("llm.task")).isEqualTo("code");
    }

    @Test
    void routesReadWhatIsPublishedAndLeaveTheCallAlone() {
        call.choose(new Model("gpt-4o-mini", "openai", Operation.CHAT, null, false));
        Calls.publish(exchange, call);
        exchange.removeProperty(Calls.PROPERTY);

        assertThat(read("llm.asked")).isEqualTo("fast");
        assertThat(read("llm.task")).isEqualTo("code");
        assertThat(read("llm.model")).isEqualTo("gpt-4o-mini");
    }

    @Test
    void noModelIsPublishedBeforeOneIsChosen() {
        Calls.publish(exchange, call);

        assertThat(exchange.getProperties()).doesNotContainKey(Calls.MODEL);
    }

    private String read(String name) {
        return context.resolveLanguage("simple")
                .createExpression("${exchangeProperty." + name + "}")
                .evaluate(exchange, String.class);
    }
}
