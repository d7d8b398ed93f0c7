package io.github.camelllm.component;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Json;
import io.github.camelllm.step.Facts;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.main.Main;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriParam;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What Camel and its tools read of the component is what its classes say, without running the generator. */
class ComponentMetadataTest {

    private static JsonNode catalogue() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            String json = context.getComponentParameterJsonSchema("llm");
            assertThat(json).as("found as tools find it").isNotNull();
            return Json.read(json.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static Map<String, UriParam> parameters() {
        Map<String, UriParam> parameters = new TreeMap<>();
        for (Field field : LlmConfiguration.class.getDeclaredFields()) {
            parameters.put(field.getName(), field.getAnnotation(UriParam.class));
        }
        return parameters;
    }

    @Test
    void everyParameterIsInTheCatalogueWithItsDescriptionAndChoices() throws Exception {
        JsonNode properties = catalogue().path("properties");
        assertThat(parameters()).hasSizeGreaterThan(10).allSatisfy((name, parameter) -> {
            assertThat(parameter).as(name).isNotNull();
            JsonNode entry = properties.path(name);
            assertThat(entry.path("description").asText()).startsWith(parameter.description());
            assertThat(entry.path("label").asText()).isEqualTo(parameter.label());
            assertThat(entry.path("secret").asBoolean()).isEqualTo(parameter.secret());
            TreeSet<String> choices = new TreeSet<>();
            entry.path("enum").forEach(choice -> choices.add(choice.asText()));
            assertThat(String.join(",", choices))
                    .isEqualTo(String.join(
                            ",",
                            new TreeSet<>(java.util.List.of(parameter.enums().split(",")))));
        });
        TreeSet<String> names = new TreeSet<>();
        properties.fieldNames().forEachRemaining(names::add);
        names.removeAll(java.util.List.of("operation", "lazyStartProducer"));
        assertThat(names).isEqualTo(parameters().keySet());
        assertThat(properties.path("operation").path("enum").toString()).isEqualTo("[\"chat\",\"embeddings\"]");
    }

    @Test
    void everyHeaderIsInTheCatalogue() throws Exception {
        JsonNode headers = catalogue().path("headers");
        TreeSet<String> names = new TreeSet<>();
        for (Field field : LlmConstants.class.getFields()) {
            String name = String.valueOf(field.get(null));
            names.add(name);
            assertThat(headers.path(name).path("description").asText())
                    .isEqualTo(field.getAnnotation(Metadata.class).description());
        }
        TreeSet<String> known = new TreeSet<>();
        headers.fieldNames().forEachRemaining(known::add);
        assertThat(known).isEqualTo(names);
        for (Field field : Facts.class.getFields()) {
            if (Modifier.isStatic(field.getModifiers())) {
                assertThat(names).contains(String.valueOf(field.get(null)));
            }
        }
    }

    @Test
    void theComponentIsFoundAndConfiguredWithoutReflection() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            LlmComponent component = context.getComponent("llm", LlmComponent.class);
            assertThat(component.getComponentPropertyConfigurer()).isInstanceOf(LlmComponentConfigurer.class);
            component.getComponentPropertyConfigurer().configure(context, component, "keyId", "batch", true);
            component.getComponentPropertyConfigurer().configure(context, component, "timeout", "2s", true);
            assertThat(component.getConfiguration().getKeyId()).isEqualTo("batch");
            assertThat(component.getConfiguration().getTimeout()).isEqualTo(2000);
            var endpoint = context.getEndpoint("llm:chat?model=fast&variables.tone=formal", LlmEndpoint.class);
            assertThat(endpoint.getConfiguration().getModel()).isEqualTo("fast");
            assertThat(endpoint.getConfiguration().getVariables()).isEqualTo(Map.of("tone", "formal"));
            assertThat(endpoint.isLenientProperties()).isFalse();
        }
    }

    @Test
    void camelMainSetsWhatHoldsForAllEndpoints() throws Exception {
        Main main = new Main();
        main.addInitialProperty("camel.component.llm.key-id", "batch");
        main.addInitialProperty("camel.component.llm.max-tokens", "500");
        main.start();
        try {
            LlmConfiguration configuration = main.getCamelContext()
                    .getComponent("llm", LlmComponent.class)
                    .getConfiguration();
            assertThat(configuration.getKeyId()).isEqualTo("batch");
            assertThat(configuration.getMaxTokens()).isEqualTo(500);
        } finally {
            main.stop();
        }
    }

    @Test
    void theKameletHasParametersOfTheComponentAlone() throws Exception {
        var kamelet = (Map<?, ?>) new Load(LoadSettings.builder().build())
                .loadFromString(Files.readString(Path.of("src/main/resources/kamelets/llm-chat-action.kamelet.yaml")));
        JsonNode tree = Json.MAPPER.valueToTree(kamelet);
        JsonNode properties = tree.at("/spec/definition/properties");
        JsonNode given = tree.at("/spec/template/from/steps/0/to/parameters");
        assertThat(properties.size()).isGreaterThan(5).isEqualTo(given.size());
        properties.fieldNames().forEachRemaining(name -> {
            assertThat(parameters()).containsKey(name);
            assertThat(given.path(name).asText()).isEqualTo("{{?" + name + "}}");
            TreeSet<String> choices = new TreeSet<>();
            properties.path(name).path("enum").forEach(choice -> choices.add(choice.asText()));
            assertThat(choices)
                    .isEqualTo(new TreeSet<>(
                            parameters().get(name).enums().isEmpty()
                                    ? java.util.List.of()
                                    : java.util.List.of(
                                            parameters().get(name).enums().split(","))));
        });
    }
}
