package io.github.camelllm.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.step.Calls;
import java.nio.file.Path;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsageReportTest {

    @TempDir
    Path directory;

    @Test
    void showsACallerItsOwnLimitsAndHowTheyStand() throws Exception {
        String limits =
                """
                limits:
                  - { scope: global, requests: 9, per: minute }
                  - { scope: user, requests: 3, per: minute }
                  - { scope: team, dollars: 0.5, per: month }
                  - { scope: request, tokens: 77 }
                """;
        try (LimitedChain chain = new LimitedChain(directory, limits)
                .priced("0.001", "0.001")
                .counting(10, 10)
                .start()) {
            Call paid = chain.call("ann");
            paid.choose(LimitedChain.model("gpt"));
            assertThat(chain.send(paid).getException()).isNull();

            assertThat(report(chain, "ann"))
                    .isEqualTo(
                            "{\"object\":\"usage\",\"key\":\"key-ann\",\"tenant\":\"acme\",\"team\":\"search\",\"user\":\"ann\","
                                    + "\"tier\":\"free\",\"limits\":["
                                    + "{\"scope\":\"user\",\"of\":\"ann\",\"unit\":\"requests\",\"per\":\"minute\",\"limit\":3,\"used\":1,"
                                    + "\"reserved\":0,\"remaining\":2,\"resets_in_seconds\":61},"
                                    + "{\"scope\":\"team\",\"of\":\"search\",\"unit\":\"dollars\",\"per\":\"month\",\"limit\":0.5,"
                                    + "\"used\":0.015,\"reserved\":0,\"remaining\":0.485,\"resets_in_seconds\":2678400}],"
                                    + "\"request\":{\"max_tokens\":77}}");
            assertThat(report(chain, "bob")).contains("\"of\":\"bob\"", "\"used\":0,\"reserved\":0,\"remaining\":3");
        }
    }

    private static String report(LimitedChain chain, String user) {
        Exchange exchange = new DefaultExchange(chain.context);
        Calls.attach(exchange, chain.call(user));
        new UsageReport().process(exchange);
        return ((Answer) exchange.getMessage().getBody()).tree().toString();
    }
}
