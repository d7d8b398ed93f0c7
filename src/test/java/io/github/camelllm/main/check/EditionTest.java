package io.github.camelllm.main.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EditionTest {

    private static final String ROUTES =
            """
            - errorHandler:
                noErrorHandler: {}
            - beans:
                - name: mine
                  type: java.lang.StringBuilder
                  properties: { length: "{{size}}" }
                - name: other
                  type: java.lang.StringBuilder
                  properties: { capacity: "#bean:mine" }
                - name: found            # by its type, as nothing names it
                  type: java.util.Date
                - name: models
                  type: io.github.camelllm.call.Models
                  properties: { aliases: "a,b" }
            - route:
                id: one
                from:
                  uri: direct:one
                  steps:
                    - process: { ref: other }
            - route:
                id: two
                from:
                  uri: direct:two
                  steps:
                    - log: { message: "{{greeting}}" }
            - from:
                uri: direct:three
                steps:
                  - log: three
            - routeTemplate:
                id: template
                parameters: [ { name: name } ]
                from:
                  uri: "direct:{{name}}"
                  steps:
                    - log: { message: "{{name}}" }
            - templatedRoute:
                routeTemplateRef: template
                routeId: made
                parameters: [ { name: name, value: made } ]
            """;

    @TempDir
    Path directory;

    private final Map<String, String> properties = new HashMap<>(Map.of("size", "3", "greeting", "hello"));
    private Edition before;

    @BeforeEach
    void read() throws IOException {
        before = edition(ROUTES);
    }

    private Edition edition(String text) throws IOException {
        Files.writeString(directory.resolve("a.camel.yaml"), text);
        Map<String, String> now = Map.copyOf(properties);
        return Edition.read(directory, Path::toString, now::get);
    }

    private Changes after(String text, String by) throws IOException {
        assertThat(ROUTES).contains(text);
        return before.to(edition(ROUTES.replace(text, by)));
    }

    @Test
    void nothingDiffersFromItself() throws IOException {
        assertThat(before.to(edition(ROUTES))).isEqualTo(Changes.NONE);
    }

    @Test
    void commentsAndOrderMakeNoDifference() throws IOException {
        assertThat(after("# by its type", "# in another way").lines()).isEmpty();
        String two = ROUTES.substring(ROUTES.indexOf("- route:\n    id: two"), ROUTES.indexOf("- from:"));
        assertThat(before.to(edition(ROUTES.replace(two, "") + two)).lines()).isEmpty();
    }

    @Test
    void aRouteIsAnother() throws IOException {
        assertThat(after("direct:one", "direct:uno").lines()).containsExactly("~ route one");
        assertThat(after("id: one", "id: uno").lines()).containsExactly("+ route uno", "- route one");
        assertThat(after("- log: three", "- log: four").lines())
                .hasSize(1)
                .first()
                .asString()
                .startsWith("~ route ");
    }

    @Test
    void aTemplateThatIsAnotherMakesItsRoutesOthers() throws IOException {
        assertThat(after("message: \"{{name}}\"", "message: \"my {{name}}\"").lines())
                .containsExactly("~ route made", "~ template template");
        assertThat(after("value: made", "value: more").lines()).containsExactly("~ route made");
    }

    @Test
    void whatRefersToABeanThatIsAnotherIsAnotherToo() throws IOException {
        properties.put("size", "4");
        assertThat(before.to(edition(ROUTES)).lines()).containsExactly("~ route one", "~ bean mine", "~ bean other");
        properties.put("size", "3");
        properties.put("greeting", "good day");
        assertThat(before.to(edition(ROUTES)).lines()).containsExactly("~ route two");
    }

    @Test
    void theErrorHandlerOfAFileIsThatOfAllItsRoutes() throws IOException {
        assertThat(after("noErrorHandler: {}", "defaultErrorHandler: {}").changed())
                .contains("one", "two", "made");
    }

    @Test
    void aBeanThatOthersFindByItsTypeTakesARestartAndIsToldUntilThen() throws IOException {
        String changed = ROUTES.replace("type: java.util.Date", "type: java.util.Date\n      properties: { time: 1 }");
        Changes changes = before.to(edition(changed));
        assertThat(changes.isEmpty()).isTrue();
        assertThat(changes.restart()).singleElement().asString().contains("'found'");
        Edition inForce = edition(changed).keeping(before);
        assertThat(inForce.to(edition(changed)).restart()).hasSize(1);
        assertThat(inForce.to(edition(ROUTES))).isEqualTo(Changes.NONE);
    }

    @Test
    void aliasesAreChangedInPlace() throws IOException {
        Changes changes = after("\"a,b\"", "\"a,b,c\"");
        assertThat(changes.lines()).containsExactly("~ bean models");
    }

    @Test
    void fromWhatIsNotKnownAllDiffers() throws IOException {
        assertThat(before.unsure().to(edition(ROUTES)).changed()).contains("one", "two", "made");
        assertThat(before.unsure().to(edition(ROUTES)).restart()).isEmpty();
    }

    @Test
    void filesThatCamelReadsAtTheStartOnlyTakeARestart() throws IOException {
        assertThat(before.to(edition(ROUTES + "- restConfiguration: { port: \"8081\" }\n"))
                        .restart())
                .singleElement()
                .asString()
                .contains("restConfiguration");
    }
}
