package io.github.camelllm.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.camelllm.call.Abilities;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.ModelHealth;
import io.github.camelllm.call.Operation;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which of several models is asked first. */
class ModelOrderTest {

    private static Model model(String name, int weight, String price) {
        Abilities abilities = new Abilities(
                0, true, true, true, false, weight, price == null ? null : new BigDecimal(price), List.of());
        return new Model(name, "p", Operation.CHAT, null, false, abilities, ModelHealth.unwatched());
    }

    private static List<String> names(ModelOrder order, Model... chain) {
        return order.sort(new ArrayList<>(List.of(chain))).stream()
                .map(Model::name)
                .toList();
    }

    @Test
    void keepsTheChainsOrder() {
        assertThat(names(ModelOrder.of("priority"), model("b", 1, "1"), model("a", 9, "0")))
                .containsExactly("b", "a");
    }

    @Test
    void takesTheCheapestFirstAndTheUnpricedLast() {
        assertThat(names(
                        ModelOrder.of("price"),
                        model("unpriced", 1, null),
                        model("dear", 1, "2.50"),
                        model("cheap", 1, "0.15")))
                .containsExactly("cheap", "dear", "unpriced");
    }

    @Test
    void takesTheFastestFirstButTriesTheUnknownAndLeavesTheFailing() {
        Model failing = model("failing", 1, null);
        failing.health().failed();
        Model slow = model("slow", 1, null);
        slow.health().answered(2_000_000);
        Model fast = model("fast", 1, null);
        fast.health().answered(1_000_000);

        assertThat(names(ModelOrder.of("latency"), failing, slow, fast, model("unknown", 1, null)))
                .containsExactly("unknown", "fast", "slow", "failing");
    }

    @Test
    void drawsByWeight() {
        int first = 0;
        for (int i = 0; i < 4000; i++) {
            List<String> drawn = names(
                    ModelOrder.of("weight"), model("one", 1, null), model("three", 3, null), model("none", 0, null));
            assertThat(drawn).hasSize(3).endsWith("none");
            first += drawn.get(0).equals("three") ? 1 : 0;
        }
        assertThat(first).isBetween(2700, 3300); // 3000 expected, 27 a standard deviation
    }

    @Test
    void saysWhatIsAllowed() {
        assertThatThrownBy(() -> ModelOrder.of("cheapest"))
                .hasMessage("choose.order is 'cheapest'; priority, weight, latency and price are allowed");
    }
}
