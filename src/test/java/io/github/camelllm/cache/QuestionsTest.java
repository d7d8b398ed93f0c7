package io.github.camelllm.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Identity;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.Ticker;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The names of questions: other if anything is other that may shape an answer, and else the same. */
class QuestionsTest {

    private static final Identity ANN = new Identity("k1", "acme", "ann", "search", "free", Set.of("a", "b"));
    private static final int RANDOM_TREES = 20_000;
    private static final ObjectWriter SORTED = Json.MAPPER.writer().with(JsonNodeFeature.WRITE_PROPERTIES_SORTED);

    private static Question of(String json) throws Exception {
        return of((ObjectNode) Json.read(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static Question of(ObjectNode tree) {
        return of(tree, ANN, new CallHeaders(), DefaultRules.RULES);
    }

    private static Question of(ObjectNode tree, Identity who, CallHeaders headers, CacheRules rules) {
        Call call = new Call(Ticker.SYSTEM, Operation.CHAT, headers, null, new Request(tree));
        call.identify(who);
        return Questions.of(call, rules);
    }

    private static final String FULL =
            """
            {"model":"auto","temperature":0,"top_p":1.0,"seed":7,"max_tokens":100,"n":1,"stop":["a","b"],
             "logit_bias":{"1":-100,"2":5},"response_format":{"type":"json_schema","json_schema":{"name":"x",
             "schema":{"type":"object","properties":{"p":{"enum":[1,1.5,null,true]}}}}},
             "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{}}}],
             "messages":[{"role":"system","content":"be brief"},{"role":"user","content":"hello"},
             {"role":"assistant","content":"hi","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}]},
             {"role":"user","content":"and now?","name":"ann"}],"never_heard_of":{"deep":[[1,[2]]]},"user":"u1"}
            """;

    @Test
    void everyFieldAtEveryDepthIsInTheName() throws Exception {
        ObjectNode base = (ObjectNode) Json.read(FULL.getBytes(StandardCharsets.UTF_8));
        Set<String> names = new HashSet<>();
        names.add(of(base.deepCopy()).id());
        List<ObjectNode> changed = new ArrayList<>();
        mutations(base, base, changed);
        assertThat(changed).hasSizeGreaterThan(120);
        for (ObjectNode tree : changed) {
            assertThat(names.add(of(tree.deepCopy()).id())).as("%s", tree).isTrue();
        }
    }

    /** Every way to change one thing: a value, a name, a member more or less, the order of an array. */
    private static void mutations(ObjectNode root, JsonNode at, List<ObjectNode> result) {
        if (at instanceof ObjectNode object) {
            List<String> fields = new ArrayList<>();
            object.fieldNames().forEachRemaining(fields::add);
            for (String field : fields) {
                JsonNode value = object.get(field);
                object.remove(field);
                result.add(root.deepCopy());
                object.set(field + "_", value);
                result.add(root.deepCopy());
                object.remove(field + "_");
                object.set(field, other(value));
                result.add(root.deepCopy());
                object.set(field, value);
                mutations(root, value, result);
            }
            object.put("one_more", 1);
            result.add(root.deepCopy());
            object.remove("one_more");
        } else if (at instanceof ArrayNode array) {
            array.add("one more");
            result.add(root.deepCopy());
            array.remove(array.size() - 1);
            for (int i = 0; i < array.size(); i++) {
                JsonNode value = array.get(i);
                array.set(i, other(value));
                result.add(root.deepCopy());
                array.set(i, value);
                mutations(root, value, result);
            }
            if (array.size() > 1) {
                JsonNode first = array.remove(0);
                array.add(first);
                result.add(root.deepCopy());
                array.remove(array.size() - 1);
                array.insert(0, first);
            }
        }
    }

    private static JsonNode other(JsonNode value) {
        JsonNodeFactory make = JsonNodeFactory.instance;
        return switch (value.getNodeType()) {
            case STRING -> make.textNode(value.textValue() + " ");
            case NUMBER -> make.numberNode(value.decimalValue().add(BigDecimal.TEN));
            case BOOLEAN -> make.booleanNode(!value.booleanValue());
            case NULL -> make.textNode("null");
            default -> make.textNode("no longer nested");
        };
    }

    @Test
    void theOrderOfMembersIsNot() throws Exception {
        ObjectNode base = (ObjectNode) Json.read(FULL.getBytes(StandardCharsets.UTF_8));
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            Question shuffled = of((ObjectNode) shuffled(base, random));
            assertThat(shuffled).isEqualTo(of(base.deepCopy()));
        }
    }

    private static JsonNode shuffled(JsonNode node, Random random) {
        if (node instanceof ObjectNode object) {
            List<String> fields = new ArrayList<>();
            object.fieldNames().forEachRemaining(fields::add);
            Collections.shuffle(fields, random);
            ObjectNode copy = Json.object();
            fields.forEach(field -> copy.set(field, shuffled(object.get(field), random)));
            return copy;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = Json.MAPPER.createArrayNode();
            array.forEach(item -> copy.add(shuffled(item, random)));
            return copy;
        }
        return node;
    }

    /** What is written differently is named differently: trees at random, each against all others. */
    @Test
    void randomTreesHaveNamesOfTheirOwn() throws Exception {
        Random random = new Random(42);
        Map<String, String> byName = new HashMap<>();
        Set<String> texts = new HashSet<>();
        for (int i = 0; i < RANDOM_TREES; i++) {
            ObjectNode tree = Json.object();
            tree.set("x", random(random, 3));
            String text = SORTED.writeValueAsString(tree);
            String before = byName.put(of(tree).id(), text);
            assertThat(before == null || before.equals(text))
                    .as("%s and %s", before, text)
                    .isTrue();
            texts.add(text);
        }
        assertThat(byName).hasSameSizeAs(texts).hasSizeGreaterThan(2_000);
    }

    private static JsonNode random(Random random, int depth) {
        JsonNodeFactory make = JsonNodeFactory.instance;
        String[] pieces = {"", "a", "s", "\u0000", "\ud83d", "\ude00", "é", "?", "n1", "aa"};
        switch (random.nextInt(depth == 0 ? 5 : 7)) {
            case 0 -> {
                return make.textNode(pieces[random.nextInt(pieces.length)] + pieces[random.nextInt(pieces.length)]);
            }
            case 1 -> {
                return make.numberNode(random.nextInt(3));
            }
            case 2 -> {
                return make.numberNode(new BigDecimal(random.nextBoolean() ? "1.0" : "1.00"));
            }
            case 3 -> {
                return make.booleanNode(random.nextBoolean());
            }
            case 4 -> {
                return make.nullNode();
            }
            case 5 -> {
                ArrayNode array = make.arrayNode();
                for (int i = random.nextInt(3); i > 0; i--) {
                    array.add(random(random, depth - 1));
                }
                return array;
            }
            default -> {
                ObjectNode object = make.objectNode();
                for (int i = random.nextInt(2); i >= 0; i--) {
                    object.set(pieces[random.nextInt(pieces.length)], random(random, depth - 1));
                }
                return object;
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1.0", "1.0,1.00", "0.5,5e-1", "1e2,100", "0,-0.0"})
    void aNumberCountsAsItIsWritten(String one, String two) throws Exception {
        assertThat(of("{\"temperature\":" + one + "}").id())
                .isNotEqualTo(of("{\"temperature\":" + two + "}").id());
    }

    @Test
    void whatIsNoPartOfTheAnswerIsLeftOut() throws Exception {
        assertThat(of("{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true}}"))
                .isEqualTo(of("{\"model\":\"m\"}"));
        assertThat(of("{\"x\":{\"stream\":true}}")).isNotEqualTo(of("{\"x\":{}}"));
    }

    @Test
    void soIsWhatTheRulesSay() {
        ObjectNode one = Json.object().put("user", "a").put("model", "m");
        ObjectNode two = Json.object().put("user", "b").put("model", "m");
        CacheRules rules = rulesIgnoring(Set.of("user"));
        assertThat(of(one, ANN, new CallHeaders(), rules)).isEqualTo(of(two, ANN, new CallHeaders(), rules));
        assertThat(of(one)).isNotEqualTo(of(two));
    }

    private static CacheRules rulesIgnoring(Set<String> fields) {
        CacheRules r = DefaultRules.RULES;
        return new CacheRules(
                r.version(),
                r.scope(),
                r.temperature(),
                r.unset(),
                r.ttl(),
                r.tasks(),
                r.revalidate(),
                r.revalidateTasks(),
                r.redacted(),
                r.embeddings(),
                r.timeWords(),
                r.words(),
                r.stale(),
                r.fallback(),
                r.patience(),
                r.maxRequestBytes(),
                r.maxAnswerBytes(),
                r.readingTools(),
                fields,
                r.fillers());
    }

    @Test
    void whatRoutesMayGoByIsInTheName() {
        ObjectNode tree = Json.object().put("model", "auto");
        Set<String> names = new HashSet<>();
        names.add(of(tree).id());
        for (String header : List.of("x-llm-task", "x-llm-quality", "x-llm-template", "anthropic-beta")) {
            assertThat(names.add(of(tree, ANN, new CallHeaders().put(header, "v"), DefaultRules.RULES)
                            .id()))
                    .as(header)
                    .isTrue();
        }
        for (Identity who : List.of(
                new Identity("k1", "beta", "ann", "search", "free", Set.of("a", "b")),
                new Identity("k1", "acme", "ann", "search", "pro", Set.of("a", "b")),
                new Identity("k1", "acme", "ann", "search", "free", Set.of("a")))) {
            assertThat(names.add(
                            of(tree, who, new CallHeaders(), DefaultRules.RULES).id()))
                    .as("%s", who)
                    .isTrue();
        }
        Identity colleague = new Identity("k2", "acme", "bob", "ads", "free", Set.of("b", "a"));
        assertThat(names)
                .contains(of(tree, colleague, new CallHeaders(), DefaultRules.RULES)
                        .id());
    }

    @Test
    void thePartitionHoldsAllButTheLastMessageOfTheUser() throws Exception {
        UnaryOperator<String> ask = text -> "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"s\"},"
                + "{\"role\":\"user\",\"content\":\"" + text + "\"}]}";
        Question one = of(ask.apply("one"));
        Question two = of(ask.apply("two"));

        assertThat(one.partition()).isEqualTo(two.partition());
        assertThat(one.id()).isNotEqualTo(two.id());
        assertThat(one.text()).isEqualTo("one");
        assertThat(of(ask.apply("one").replace("\"s\"", "\"t\"")).partition()).isNotEqualTo(one.partition());
        Question parts = of(ask.apply("one").replace("\"one\"", "[{\"type\":\"text\",\"text\":\"one\"}]"));
        assertThat(parts.text()).isEqualTo("one");
        assertThat(parts.partition()).isNotEqualTo(one.partition());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"role\":\"assistant\",\"content\":\"x\"}",
                "{\"role\":\"user\",\"content\":\"\"}",
                "{\"role\":\"user\",\"content\":null}",
                "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\"}]}",
                "{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:\"}}]}",
                "{\"role\":\"tool\",\"content\":\"x\"}"
            })
    void otherMessagesHaveNoTextToBeFoundBy(String message) throws Exception {
        assertThat(of("{\"messages\":[" + message + "]}").text()).isNull();
    }

    @Test
    void sayNothingOfThePromptInLogs() throws Exception {
        assertThat(of("{\"messages\":[{\"role\":\"user\",\"content\":\"secret\"}]}")
                        .toString())
                .doesNotContain("secret");
    }
}
