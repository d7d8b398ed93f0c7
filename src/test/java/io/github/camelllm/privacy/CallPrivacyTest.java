package io.github.camelllm.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Classification;
import io.github.camelllm.call.Identity;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Redaction;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.call.text.AnswerPlace;
import io.github.camelllm.call.text.TextFilter;
import io.github.camelllm.privacy.detect.Detectors;
import io.github.camelllm.privacy.detect.Finding;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What becomes of requests, and that it can be undone. */
class CallPrivacyTest {

    private static final Detectors DETECTORS = Detectors.builtIn();

    private static PrivacyRules rules(Action action, boolean keyed) {
        return new PrivacyRules(
                DETECTORS,
                Map.of("CREDIT_CARD", new TypeRule(Action.MASK, Action.MASK, Classification.RESTRICTED)),
                new TypeRule(action, Action.REPORT, Classification.CONFIDENTIAL),
                keyed,
                false,
                4,
                Hold.WORDS);
    }

    private static Call call(String json, String tenant) {
        Call call = new Call(
                Ticker.SYSTEM,
                Operation.CHAT,
                new CallHeaders(),
                null,
                new Request(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
        call.identify(new Identity("k", tenant, "ann", "t", "free", Set.of()));
        return call;
    }

    private static CallPrivacy privacy(PrivacyRules rules, Call call) {
        return new CallPrivacy(rules, new Keys("secret"), call, (type, direction, action) -> {});
    }

    private static ObjectNode redacted(PrivacyRules rules, Call call) {
        privacy(rules, call).request(call.getRequest(), null, false);
        return call.getRequest().tree();
    }

    private static ObjectNode redacted(String json) {
        return redacted(rules(Action.PSEUDONYM, false), call(json, "acme"));
    }

    @Test
    void numbersValuesByTheirFirstAppearance() {
        ObjectNode tree = redacted(
                "{'messages':[{'role':'user','content':'ann@example.org or bob@example.org'},{'role':'assistant','content':"
                        + "'bob@example.org'},{'role':'user','content':[{'type':'text','text':'and cid@example.org, ann@example.org'}]}]}");
        assertThat(tree.at("/messages/0/content").asText()).isEqualTo("<EMAIL_1> or <EMAIL_2>");
        assertThat(tree.at("/messages/1/content").asText()).isEqualTo("<EMAIL_2>");
        assertThat(tree.at("/messages/2/content/0/text").asText()).isEqualTo("and <EMAIL_3>, <EMAIL_1>");
    }

    @Test
    void theSameHistoryHasTheSameNumbers() {
        String first = "{'role':'user','content':'I am ann@example.org'}";
        String more = "{'role':'assistant','content':'Hi'},{'role':'user','content':'and bob@example.org'}";
        assertThat(redacted("{'messages':[" + first + "," + more + "]}").at("/messages/0"))
                .isEqualTo(redacted("{'messages':[" + first + "]}").at("/messages/0"));
    }

    @Test
    void takesNoNumberThatTheRequestHasItself() {
        ObjectNode tree = redacted("{'messages':[{'role':'user','content':'ann@example.org'},{'role':'user','content':"
                + "'what is <email_1>, EMAIL\\\\_2, \\\\u003cEMAIL_3\\\\u003e?'}]}");
        assertThat(tree.at("/messages/0/content").asText()).isEqualTo("<EMAIL_4>");
        assertThat(tree.at("/messages/1/content").asText()).startsWith("what is <email_1>");
    }

    @Test
    void replacesWhatWasFoundOnceWhereverItStands() {
        ObjectNode tree =
                redacted("{'messages':[{'role':'user','content':'my SSN is 536-90-4399'},{'role':'user','content':"
                        + "'(536-90-4399) x536-90-4399'}]}");
        assertThat(tree.at("/messages/0/content").asText()).isEqualTo("my SSN is <US_SSN_1>");
        assertThat(tree.at("/messages/1/content").asText()).isEqualTo("(<US_SSN_1>) x536-90-4399");
    }

    @Test
    void changesEveryPlaceAndBreaksNone() throws Exception {
        ObjectNode tree = redacted(
                """
                {'messages':[{'role':'system','content':'for ann@example.org'},
                  {'role':'user','name':'ann@example.org','content':[{'type':'text','text':'see'},
                    {'type':'image_url','image_url':{'url':'data:image/png;base64,ann@example.org'}},
                    {'type':'file','file':{'filename':'ann@example.org.pdf','file_data':'ann@example.org'}}]},
                  {'role':'assistant','content':null,'tool_calls':[{'id':'ann@example.org','type':'function',
                    'function':{'name':'f','arguments':'{\\'to\\':\\'ann@example.org\\',\\'n\\':[1, 2]}'}}]},
                  {'role':'tool','tool_call_id':'ann@example.org','content':'{\\'card\\':4111111111111111}'}],
                 'tools':[{'type':'function','function':{'name':'f','description':'asks ann@example.org','parameters':
                   {'type':'object','properties':{'to':{'enum':['ann@example.org']}}}}}],'user':'ann@example.org'}
                """
                        .replace("\\'", "\\\""));
        assertThat(tree.at("/messages/0/content").asText()).isEqualTo("for <EMAIL_1>");
        assertThat(tree.at("/messages/1/name").asText()).isEqualTo("EMAIL_1");
        assertThat(tree.at("/messages/1/content/1/image_url/url").asText()).endsWith("ann@example.org");
        assertThat(tree.at("/messages/1/content/2/file/file_data").asText()).isEqualTo("ann@example.org");
        assertThat(tree.at("/messages/1/content/2/file/filename").asText()).startsWith("EMAIL_");
        assertThat(tree.at("/messages/2/tool_calls/0/id").asText()).isEqualTo("ann@example.org");
        assertThat(tree.at("/messages/2/tool_calls/0/function/arguments").asText())
                .isEqualTo("{\"to\":\"<EMAIL_1>\",\"n\":[1, 2]}");
        assertThat(tree.at("/messages/3/content").asText()).isEqualTo("{\"card\":\"************1111\"}");
        assertThat(tree.at("/tools/0/function/description").asText()).isEqualTo("asks <EMAIL_1>");
        assertThat(tree.at("/tools/0/function/parameters/properties/to/enum/0").asText())
                .isEqualTo("<EMAIL_1>");
        assertThat(tree.path("user").asText()).matches("[0-9a-f]{16}");
    }

    @Test
    void whatOnlyAnthropicsModelsReadIsLookedAtAsWell() throws Exception {
        ObjectNode tree = redacted(
                """
                {'messages':[{'role':'user','native_message':{'new':'of ann@example.org'},'content':[
                    {'type':'text','text':'a','native_fields':{'new':['by ann@example.org']}},
                    {'type':'anthropic_block','block':{'type':'future','say':'to ann@example.org'}}]},
                  {'role':'assistant','content':'b','thinking_blocks':[
                    {'type':'thinking','thinking':'ann@example.org','signature':'s'},
                    {'type':'future_answer','say':'from ann@example.org'}]}]}
                """);

        assertThat(tree.at("/messages/0/native_message/new").asText()).isEqualTo("of <EMAIL_1>");
        assertThat(tree.at("/messages/0/content/0/native_fields/new/0").asText())
                .isEqualTo("by <EMAIL_1>");
        assertThat(tree.at("/messages/0/content/1/block/say").asText()).isEqualTo("to <EMAIL_1>");
        assertThat(tree.at("/messages/1/thinking_blocks/0/thinking").asText()).isEqualTo("ann@example.org");
        assertThat(tree.at("/messages/1/thinking_blocks/1/say").asText()).isEqualTo("from <EMAIL_1>");
    }

    @Test
    void anIdentifierIsTheSameInEveryCallAndNoNumberOfThisOne() throws Exception {
        String request =
                """
                {'messages':[{'role':'user','content':'hi'}],'user':'ann@example.org','safety_identifier':'of bob@example.org',
                 'prompt_cache_key':'app: ann@example.org','metadata':{'user_id':'ann@example.org','session':'s-1'}}
                """;
        ObjectNode tree = redacted(request);
        String ann = tree.path("user").asText();

        assertThat(ann).matches("[0-9a-f]{16}");
        assertThat(tree.path("prompt_cache_key").asText()).isEqualTo("app: " + ann);
        assertThat(tree.at("/metadata/user_id").asText()).isEqualTo(ann);
        assertThat(tree.at("/metadata/session").asText()).isEqualTo("s-1");
        assertThat(tree.path("safety_identifier").asText())
                .matches("of [0-9a-f]{16}")
                .doesNotContain(ann);
        Call call = call(request, "acme");
        CallPrivacy privacy = privacy(rules(Action.PSEUDONYM, false), call);
        assertThat(privacy.request(call.getRequest(), null, false)).isTrue();
        assertThat(privacy.restores()).as("no model reads it").isFalse();
        assertThat(redacted(request.replace("'hi'", "'mail bob@example.org'"))
                        .path("user")
                        .asText())
                .isEqualTo(ann);
        ObjectNode other = redacted(rules(Action.PSEUDONYM, false), call(request, "b"));
        assertThat(other.path("user").asText()).matches("[0-9a-f]{16}").isNotEqualTo(ann);
    }

    @Test
    void refusesWhatMustNotBeSentAndNamesThePlaceAlone() {
        Call call =
                call("{'messages':[{'role':'user','content':'hi'},{'role':'user','content':'ann@example.org'}]}", "a");
        Problem problem = catchThrowableOfType(Problem.class, () -> redacted(rules(Action.BLOCK, false), call));
        assertThat(problem.code()).isEqualTo(ErrorCode.SENSITIVE_DATA);
        assertThat(problem.param()).contains("messages[1].content");
        assertThat(problem)
                .hasToString(
                        "sensitive_data: messages[1].content holds a EMAIL_ADDRESS, which may not be sent to a model; take it out.");
        assertThat(call.getRedactions()).containsExactly(new Redaction("EMAIL_ADDRESS", "request", "block", 1));
    }

    @Test
    void reportsAndClassifiesWithoutAChange() {
        String json = "{'messages':[{'role':'user','content':'ann@example.org and bob@example.org'}]}";
        Call call = call(json, "acme");
        ObjectNode tree = redacted(rules(Action.REPORT, false), call);
        assertThat(tree.at("/messages/0/content").asText()).isEqualTo("ann@example.org and bob@example.org");
        assertThat(call.getRedactions()).containsExactly(new Redaction("EMAIL_ADDRESS", "request", "report", 2));
        assertThat(call.getClassification()).isEqualTo(Classification.CONFIDENTIAL);
        assertThat(call.isRedacted()).isFalse();
    }

    @Test
    void removesAndHashes() {
        String json = "{'messages':[{'role':'user','content':'mail ann@example.org now'}]}";
        assertThat(redacted(rules(Action.REMOVE, false), call(json, "acme"))
                        .at("/messages/0/content")
                        .asText())
                .isEqualTo("mail [removed] now");
        String hash = redacted(rules(Action.HASH, false), call(json, "acme"))
                .at("/messages/0/content")
                .asText();
        assertThat(hash).matches("mail \\[EMAIL:[0-9a-f]{16}] now");
        assertThat(redacted(rules(Action.HASH, false), call(json, "acme"))
                        .at("/messages/0/content")
                        .asText())
                .isEqualTo(hash);
        assertThat(redacted(rules(Action.HASH, false), call(json, "other"))
                        .at("/messages/0/content")
                        .asText())
                .isNotEqualTo(hash);
    }

    @Test
    void keyedPlaceholdersAreTheSameInEveryCallOfATenant() {
        PrivacyRules keyed = rules(Action.PSEUDONYM, true);
        String one = redacted(keyed, call("{'messages':[{'role':'user','content':'ann@example.org'}]}", "acme"))
                .at("/messages/0/content")
                .asText();
        String other = redacted(
                        keyed,
                        call("{'messages':[{'role':'user','content':'bob@example.org, ann@example.org'}]}", "acme"))
                .at("/messages/0/content")
                .asText();
        assertThat(one).matches("<EMAIL_[0-9a-f]{8}>");
        assertThat(other).endsWith(", " + one);
        assertThat(redacted(keyed, call("{'messages':[{'role':'user','content':'ann@example.org'}]}", "other"))
                        .at("/messages/0/content")
                        .asText())
                .isNotEqualTo(one);
    }

    @Test
    void textsToEmbedAreTheSameInWhateverCompany() {
        Call one = call("{'input':'ann@example.org'}", "a");
        Call many = call("{'input':['bob@example.org','ann@example.org']}", "a");
        privacy(rules(Action.PSEUDONYM, false), one).request(one.getRequest(), null, true);
        privacy(rules(Action.PSEUDONYM, false), many).request(many.getRequest(), null, true);
        assertThat(one.getRequest().tree().at("/input").asText()).isEqualTo("<EMAIL>");
        assertThat(many.getRequest().tree().at("/input/1").asText()).isEqualTo("<EMAIL>");
    }

    @Test
    void showsNothingInItsTexts() {
        Call call = call("{'messages':[{'role':'user','content':'ann@example.org'}]}", "acme");
        CallPrivacy privacy = privacy(rules(Action.PSEUDONYM, false), call);
        privacy.request(call.getRequest(), null, false);
        TextFilter filter = privacy.answer(new AnswerPlace(0, AnswerPlace.Kind.CONTENT, -1), false);
        assertThat(privacy.toString() + filter + call + call.getRequest()).doesNotContain("ann");
    }

    /** restore(redact(x)) is x, whatever x is, and however the answer is cut. */
    @Test
    void whatIsRedactedComesBack() {
        List<String> bits = List.of(
                "ann@example.org",
                "bob.lee@example.com",
                "+1 202-555-0143",
                "my SSN is 536-90-4399",
                "AKIAIOSFODNN7EXAMPLE",
                "<",
                ">",
                "\\",
                "[",
                "]",
                "_",
                "1",
                " ",
                ", ",
                "EMAIL_1",
                "<EMAIL_2>",
                "email\\_1",
                "&lt;",
                "\\u003c",
                "(",
                ")",
                "\n",
                "\"",
                "{",
                "}",
                "é",
                "电话",
                "😀",
                "/",
                "EMAIL",
                "IBAN DE89370400440532013000",
                "US_SSN_1",
                "x",
                "-",
                ".");
        Random random = new Random(13);
        for (int round = 0; round < 1500; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(14); i >= 0; i--) {
                text.append(bits.get(random.nextInt(bits.size())));
            }
            String said = text.toString();
            ObjectNode tree = Json.object();
            tree.putArray("messages").addObject().put("role", "user").put("content", said);
            Call call = new Call(Ticker.SYSTEM, Operation.CHAT, new CallHeaders(), null, new Request(tree));
            CallPrivacy privacy = privacy(
                    new PrivacyRules(
                            DETECTORS,
                            Map.of(),
                            new TypeRule(Action.PSEUDONYM, Action.ALLOW, Classification.PUBLIC),
                            random.nextBoolean(),
                            false,
                            4,
                            Hold.WORDS),
                    call);
            privacy.request(call.getRequest(), null, false);
            String redacted = call.getRequest().tree().at("/messages/0/content").asText();
            for (Finding finding : DETECTORS.find(said)) {
                assertThat(redacted).doesNotContain(said.substring(finding.start(), finding.end()) + " ");
            }
            if (privacy.restores()) {
                int cut = random.nextInt(redacted.length() + 1);
                TextFilter filter = privacy.answer(new AnswerPlace(0, AnswerPlace.Kind.CONTENT, -1), false);
                assertThat(filter.push(redacted.substring(0, cut))
                                + filter.push(redacted.substring(cut))
                                + filter.end())
                        .as(redacted)
                        .isEqualTo(said);
            } else {
                assertThat(redacted).isEqualTo(said);
            }
        }
    }
}
