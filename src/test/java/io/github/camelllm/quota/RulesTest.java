package io.github.camelllm.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Identity;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.Ticker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RulesTest {

    private static final Set<Scope> ALL = Set.of(Scope.values());

    @TempDir
    Path directory;

    private Rules rules(String yaml) throws Exception {
        Path file = directory.resolve("limits.yaml");
        Files.writeString(file, yaml);
        return LimitsFile.read(file).value();
    }

    private static Call call(String user, String tier) {
        Call call = new Call(
                Ticker.SYSTEM,
                Operation.CHAT,
                new CallHeaders(),
                null,
                new Request("{\"messages\":[]}".getBytes(StandardCharsets.UTF_8)));
        call.identify(new Identity("k1", "acme", user, "search", tier, Set.of()));
        return call;
    }

    private static List<String> texts(List<Rules.Held> held) {
        return held.stream().map(one -> one.rule().text(one.name())).toList();
    }

    @Test
    void theMoreSpecificOfTwoThatCountTheSameHolds() throws Exception {
        Rules rules = rules(
                """
                limits:
                  - { scope: user, requests: 10, per: minute }
                  - { scope: user, of: ann, requests: 30, per: minute }
                  - { scope: user, of: acme/bob, requests: 40, per: minute }
                  - { scope: user, of: other/cid, requests: 50, per: minute }
                tiers:
                  pro:
                    - { scope: user, requests: 20, per: minute }
                """);

        assertThat(texts(rules.of(call("eve", "free"), true, ALL)))
                .containsExactly("10 requests per minute of user 'eve'");
        assertThat(texts(rules.of(call("eve", "pro"), true, ALL)))
                .containsExactly("20 requests per minute of user 'eve'");
        assertThat(texts(rules.of(call("ann", "pro"), true, ALL)))
                .containsExactly("30 requests per minute of user 'ann'");
        assertThat(texts(rules.of(call("bob", "free"), true, ALL)))
                .containsExactly("40 requests per minute of user 'bob'");
        assertThat(texts(rules.of(call("cid", "free"), true, ALL)))
                .containsExactly("10 requests per minute of user 'cid'");
    }

    @Test
    void limitsOfAModelHoldOnceOneIsChosen() throws Exception {
        Rules rules = rules(
                """
                limits:
                  - { scope: model, tokens: 100, per: minute }
                  - { scope: provider, of: openai, tokens: 200, per: minute }
                  - { scope: provider, of: anthropic, tokens: 300, per: minute }
                """);
        Call call = call("ann", "free");

        assertThat(rules.of(call, true, ALL)).isEmpty();

        call.choose(new Model("gpt", "openai", Operation.CHAT, null, false));
        assertThat(texts(rules.of(call, true, ALL)))
                .containsExactly("100 tokens per minute of model 'gpt'", "200 tokens per minute of provider 'openai'");
        assertThat(rules.of(call, true, Set.of(Scope.USER))).isEmpty();
        assertThat(rules.of(call, false, ALL)).isEmpty();
    }

    @Test
    void usersOfTwoTenantsAreTwo() throws Exception {
        Rule rule = rules("limits: [{ scope: user, requests: 1, per: day }]")
                .rules()
                .get(0);
        Identity here = new Identity("k1", "a", "b/c", "t", "free", Set.of());
        Identity there = new Identity("k1", "a/b", "c", "t", "free", Set.of());

        assertThat(rule.limit(here, "b/c").key())
                .isNotEqualTo(rule.limit(there, "c").key());
    }

    @Test
    void aCapOfTheTierHoldsBeforeThatOfAll() throws Exception {
        Rules rules = rules(
                """
                limits:
                  - { scope: request, tokens: 10, dollars: 1 }
                tiers:
                  pro:
                    - { scope: request, tokens: 20 }
                """);

        assertThat(rules.cap("free", Measure.TOKENS)).contains(new Cap(null, Measure.TOKENS, 10));
        assertThat(rules.cap("pro", Measure.TOKENS)).contains(new Cap("pro", Measure.TOKENS, 20));
        assertThat(rules.cap("pro", Measure.DOLLARS)).contains(new Cap(null, Measure.DOLLARS, 1_000_000_000));
    }

    @Test
    void aCallerSeesItsOwnLimitsAlone() throws Exception {
        Rules rules = rules(
                """
                limits:
                  - { scope: global, requests: 1, per: minute }
                  - { scope: model, requests: 2, per: minute }
                  - { scope: tenant, requests: 3, per: minute }
                  - { scope: key, requests: 4, per: minute }
                """);

        assertThat(texts(rules.ofCaller(call("ann", "free").getIdentity(), true)))
                .containsExactly("3 requests per minute of tenant 'acme'", "4 requests per minute of key 'k1'");
    }
}
