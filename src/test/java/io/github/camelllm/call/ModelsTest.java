package io.github.camelllm.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelsTest {

    private final Models models = new Models();

    @Test
    void findsWhatWasEnteredAndNotWhatWasTakenOut() {
        Model model = chat("gpt-4o");
        models.add(model);

        assertThat(models.find("gpt-4o")).contains(model);
        assertThat(models.find("GPT-4O")).isEmpty();
        assertThat(models.find(null)).isEmpty();

        models.remove(model);

        assertThat(models.find("gpt-4o")).isEmpty();
    }

    @Test
    void refusesANameThatIsTaken() {
        models.add(chat("gpt-4o"));

        assertThatThrownBy(() -> models.add(chat("gpt-4o"))).hasMessage("model 'gpt-4o' stands in the routes twice");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "-a", "a?b=c", "a&b", "a\n", "ä", "a{b}", "a,b", "../x y"})
    void refusesNamesThatCannotStandInUrisHeadersAndLabels(String name) {
        assertThatThrownBy(() -> models.add(chat(name)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("model name '" + name + "' is not valid");
    }

    @Test
    void takesNamesAsProvidersGiveThem() {
        for (String name : new String[] {"gpt-4.1", "meta-llama/Llama-3.1-8B", "llama3:8b", "a@b", "m_1", "o3"}) {
            models.add(chat(name));
        }
        assertThat(models.all())
                .extracting(Model::name)
                .containsExactly("a@b", "gpt-4.1", "llama3:8b", "m_1", "meta-llama/Llama-3.1-8B", "o3");
    }

    @Test
    void readsAliasesAsAList() {
        models.setAliases(" auto, fast ,,smart ");
        assertThat(models.aliases()).containsExactlyInAnyOrder("auto", "fast", "smart");

        models.setAliases("");
        assertThat(models.aliases()).isEmpty();

        assertThatThrownBy(() -> models.setAliases("fast,not valid"))
                .hasMessageStartingWith("alias name 'not valid' is not valid");
    }

    @Test
    void canBeAskedForWhatIsLiveAndOfTheKind() {
        models.setAliases("auto");
        models.add(chat("b"));
        models.add(chat("a"));
        models.add(new Model("keyless", "openai", Operation.CHAT, "OPENAI_API_KEY", false));
        models.add(new Model("vectors", "openai", Operation.EMBEDDINGS, null, false));

        assertThat(models.askable(Operation.CHAT)).containsExactly("a", "auto", "b");
        assertThat(models.askable(Operation.EMBEDDINGS)).containsExactly("vectors");
    }

    @Test
    void aModelOfAnotherRouteStaysWhenOneOfTheSameNameGoes() {
        models.add(chat("a"));

        models.remove(new Model("a", "another", Operation.CHAT, null, false));

        assertThat(models.find("a")).isPresent();
    }

    @Test
    void aModelInThePlaceOfOneOfItsRouteIsInForceUntilItGoesItself() {
        Model first = chat("a");
        Model second = new Model("a", "other", Operation.CHAT, null, false);
        models.add(first, "route");
        models.add(second, "route");
        assertThat(models.find("a")).containsSame(second);
        assertThat(models.all()).containsExactly(second);

        models.remove(first); // the route's former steps stop
        assertThat(models.find("a")).containsSame(second);
        models.add(first, "route");
        models.remove(first); // what was to replace it did not come about
        assertThat(models.find("a")).containsSame(second);
        assertThatThrownBy(() -> models.add(first, "another")).hasMessageContaining("stands in the routes twice");
        models.remove(second);
        assertThat(models.find("a")).isEmpty();
    }

    private static Model chat(String name) {
        return new Model(name, "openai", Operation.CHAT, null, false);
    }
}
