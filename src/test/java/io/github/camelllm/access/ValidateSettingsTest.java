package io.github.camelllm.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;

class ValidateSettingsTest {

    private static final Set<String> TEXT = Set.of("text");

    @Test
    void namesPropertyValueAndWhatIsAllowed() {
        assertThatThrownBy(() -> new ValidateSettings(0, 1, 1, 1, TEXT))
                .hasMessage("validate: maxCharacters is 0; expected 1 to 2147483647");
        assertThatThrownBy(() -> new ValidateSettings(1, -1, 1, 1, TEXT))
                .hasMessage("validate: maxOutputTokens is -1; expected 1 to 2147483647");
        assertThatThrownBy(() -> new ValidateSettings(1, 1, 0, 1, TEXT))
                .hasMessage("validate: maxChoices is 0; expected 1 to 2147483647");
        assertThatThrownBy(() -> new ValidateSettings(1, 1, 1, 0, TEXT))
                .hasMessage("validate: maxInputs is 0; expected 1 to 2147483647");
        assertThatThrownBy(() -> new ValidateSettings(1, 1, 1, 1, Set.of("image_url")))
                .hasMessage("validate: contentTypes is [image_url]; expected at least text, as in text,image_url");
    }

    @Test
    void readsListsAsPeopleWriteThem() {
        assertThat(ValidateSettings.types(" text , image_url,,text ")).containsExactly("text", "image_url");
        assertThat(ValidateSettings.types("")).isEmpty();
    }
}
