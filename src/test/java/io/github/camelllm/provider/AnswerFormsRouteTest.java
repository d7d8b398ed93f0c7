package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.UpstreamFailure;
import io.github.camelllm.testkit.Dialect;
import io.github.camelllm.testkit.Reply;
import io.github.camelllm.testkit.Sse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers of servers that speak a dialect with an accent: each is told in the canonical form, whole and streamed. */
@Timeout(120)
class AnswerFormsRouteTest {

    private static final String THOUGHT =
            "{'type':'thinking','thinking':[{'type':'text','text':'let '},{'type':'text','text':'me see'}]}";

    private static Heard plain(String message, String more) throws Exception {
        return Heard.ask(Dialect.OPENAI, false, Heard.json("{'choices':[{'message':" + message + more + "}]}"), "");
    }

    private static Heard plain(String message) throws Exception {
        return plain(message, ",'finish_reason':'stop','index':0");
    }

    private static Reply sse(String... events) {
        return Reply.sse(Sse.of(
                Arrays.stream(events).map(event -> event.replace('\'', '"')).toArray(String[]::new)));
    }

    private static String chunk(String delta, String reason) {
        return "{'id':'c','model':'x','choices':[{'index':0,'delta':" + delta + ",'finish_reason':" + reason + "}]}";
    }

    private static Heard stream(String... events) throws Exception {
        return Heard.ask(Dialect.OPENAI, true, sse(events), "");
    }

    private static final String STOP = chunk("{}", "'stop'");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
            [THOUGHT,{'type':'text','text':'Hi'},{'type':'text','text':' you'}] | Hi you | let me see |
            [{'type':'thinking','thinking':'hm','closed':true},{'type':'text','text':'Hi'}] | Hi | hm |
            [{'type':'reasoning','text':'hm'},{'type':'output_text','text':'Hi'}] | Hi | hm |
            ['Hi',{'type':'text','text':{'value':' you'}}] | Hi you | |
            {'type':'text','text':'Hi'} | Hi | |
            [{'type':'refusal','refusal':'No.'}] | | | No.
            [{'type':'text','text':'Hi'},{'type':'reference','reference_ids':[1]}] | Hi | |
            5 | 5 | |
            """)
    void contentInPartsBecomesText(String content, String text, String thought, String refusal) throws Exception {
        String parts = content.replace("THOUGHT", THOUGHT);
        Heard plain = plain("{'role':'assistant','content':" + parts + "}");
        Heard streamed = stream(chunk("{'role':'assistant','content':" + parts + "}", "null"), STOP, "[DONE]");

        for (Heard heard : new Heard[] {plain, streamed}) {
            assertThat(heard.problem).isNull();
            assertThat(heard.content()).isEqualTo(text == null ? "" : text);
            assertThat(heard.reasoning()).isEqualTo(thought == null ? "" : thought);
            assertThat(heard.refusal()).isEqualTo(refusal == null ? "" : refusal);
            assertThat(heard.finishReasons).containsExactly("stop");
            assertThat(heard.call.getUsage().outputTokens())
                    .as("what was said is counted")
                    .isPositive();
        }
    }

    @Test
    void contentInPartsGoesOnInDeltasOfText() throws Exception {
        Heard heard = stream(
                chunk("{'content':[{'type':'thinking','thinking':[{'type':'text','text':'hm'}]}]}", "null"),
                chunk("{'content':[{'type':'thinking','thinking':[{'type':'text','text':' so'}]}]}", "null"),
                chunk("{'content':[]}", "null"),
                chunk("{'content':'Hi'}", "null"),
                chunk("{'content':[{'type':'text','text':' you'}]}", "'stop'"),
                "[DONE]");

        assertThat(heard.content()).isEqualTo("Hi you");
        assertThat(heard.reasoning()).isEqualTo("hm so");
    }

    @Test
    void reasoningInPartsBecomesTextAndIsNotToldTwice() throws Exception {
        Heard heard = plain("{'role':'assistant','reasoning_content':[{'type':'text','text':'hm'}],'content':["
                + THOUGHT + ",{'type':'text','text':'Hi'}]}");

        assertThat(heard.reasoning()).isEqualTo("hm");
        assertThat(heard.content()).isEqualTo("Hi");
    }

    @Test
    void contentThatIsNothingButACallIsNull() throws Exception {
        Heard heard =
                plain("{'content':[],'tool_calls':[{'id':7,'function':{'name':'f','arguments':{'a':[1.0,'x']}}}]}", "");

        assertThat(heard.calls()).isEqualTo("f{\"a\":[1.0,\"x\"]};");
        assertThat(heard.ids()).containsExactly("7");
        assertThat(heard.finishReasons).containsExactly("tool_calls");
        assertThat(heard.events.get(0).at("/choices/0/message/content").isNull())
                .isTrue();
        assertThat(heard.events.get(0).at("/choices/0/message/role").asText()).isEqualTo("assistant");
        assertThat(heard.events.get(0).at("/choices/0/index").isInt()).isTrue();
        assertThat(heard.events
                        .get(0)
                        .at("/choices/0/message/tool_calls/0/type")
                        .asText())
                .isEqualTo("function");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
            [{'id':'a','function':{'name':'f','arguments':{'x':1}}}]                          | f{"x":1};
            [{'id':'a','function':{'name':'f','arguments':{}}}]                               | f{};
            [{'id':'a','function':{'name':'f','arguments':null}}]                             | f{};
            [{'id':'a','function':{'name':'f'}}]                                              | f{};
            [{'id':'a','function':{'name':'f','arguments':[1]}}]                              | f[1];
            {'id':'a','function':{'name':'f','arguments':'{}'}}                               | f{};
            [{'function':{'name':'f','arguments':'{}'}},{'id':null,'function':{'name':'g','arguments':'{}'}}] | f{};g{};
            [{'id':'a','function':null},{'id':'b','function':{'name':'g','arguments':'{}'}}]   | g{};
            [{'id':'a','function':{'name':'','arguments':'{}'}},{'id':'b','function':{'name':'g','arguments':'{}'}}] | g{};
            """)
    void toolCallsOfWholeAnswersAreSettled(String calls, String told) throws Exception {
        Heard heard = plain("{'role':'assistant','content':null,'tool_calls':" + calls + "}", ",'index':0");

        assertThat(heard.problem).isNull();
        assertThat(heard.calls()).isEqualTo(told);
        assertThat(heard.finishReasons).containsExactly("tool_calls");
        assertThat(heard.ids()).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
            [{'index':0,'id':'a','function':{'name':'f','arguments':{'x':1}}}]                           | f{"x":1};
            [{'index':0,'id':'a','function':{'name':'f','arguments':{}}}]                                | f{};
            [{'index':0,'id':'a','function':{'name':'f','arguments':{}}}] & [{'index':0,'function':{'arguments':'[2]'}}] | f[2];
            [{'index':0,'id':'a','function':{'name':'f','arguments':''}}] & [{'index':0,'function':null}] & [{'index':0,'function':{'arguments':'{}'}}] | f{};
            [{'index':0,'id':'a','function':{'name':null,'arguments':''}}] & [{'index':0,'function':{'name':'f','arguments':'{'}}] & [{'index':0,'function':{'arguments':'}'}}] | f{};
            [{'index':0,'id':'a','function':{'name':'','arguments':'['}}] & [{'index':0,'function':{'name':'f','arguments':'1]'}}] | f[1];
            [{'index':0,'id':'a','function':null}] & [{'index':0,'function':{'name':'f','arguments':'{}'}}] | f{};
            [{'index':0,'function':{'name':'f','arguments':''}}] & [{'index':0,'id':'a','function':{'name':'f','arguments':'{}'}}] | f{};
            [{'index':0,'id':'a','function':{'name':'f','arguments':'{'}}] & [{'index':0,'id':'a','function':{'name':'f','arguments':'}'}}] | f{};
            [{'index':0,'id':1,'function':{'name':'f','arguments':'{}'}}] & [{'index':0,'id':2,'function':{'name':'f','arguments':'[]'}}] | f{};f[];
            [{'id':'a','function':{'name':'f','arguments':'{}'}},{'id':'b','function':{'name':'f','arguments':'[]'}}] | f{};f[];
            {'index':0,'id':'a','function':{'name':'f','arguments':'{}'}}                                | f{};
            [{'index':0,'id':'a','function':{'name':'tools_only','arguments':'{}'}}] & null & []          | tools_only{};
            """)
    void toolCallsOfStreamsAreSettled(String pieces, String told) throws Exception {
        String[] deltas = pieces.split(" & ");
        String[] events = new String[deltas.length + 2];
        for (int i = 0; i < deltas.length; i++) {
            events[i] = chunk("{'tool_calls':" + deltas[i] + "}", "null");
        }
        events[deltas.length] = chunk("{}", "'tool_calls'");
        events[deltas.length + 1] = "[DONE]";

        Heard heard = stream(events);

        assertThat(heard.problem).isNull();
        assertThat(heard.calls()).isEqualTo(told);
        assertThat(heard.ids()).doesNotHaveDuplicates();
        assertThat(heard.finishReasons).containsExactly("tool_calls");
    }

    @Test
    void aCallInTheLastChunkIsSettledBeforeItsFinishReason() throws Exception {
        Heard heard = stream(
                chunk("{'tool_calls':[{'index':0,'id':'a','function':{'name':'f','arguments':{}}}]}", "'tool_calls'"),
                "[DONE]");

        assertThat(heard.calls()).isEqualTo("f{};");
        assertThat(heard.finishReasons).containsExactly("tool_calls");
    }

    @Test
    void aCallWithoutANameIsThatOfTheOnlyToolOrNone() throws Exception {
        Reply nameless = sse(
                chunk("{'tool_calls':[{'index':0,'id':'a','function':{'arguments':'{}'}}]}", "null"),
                chunk("{}", "'tool_calls'"),
                "[DONE]");
        String tool = "{'type':'function','function':{'name':'%s'}}";

        Heard one = Heard.ask(Dialect.OPENAI, true, nameless, "'tools':[" + tool.formatted("f") + "],");
        Heard two = Heard.ask(
                Dialect.OPENAI, true, nameless, "'tools':[" + tool.formatted("f") + "," + tool.formatted("g") + "],");
        Heard plain = plain(
                "{'role':'assistant','content':null,'tool_calls':[{'id':'a','function':{'arguments':'{}'}}]}",
                ",'index':0,'finish_reason':'tool_calls'");

        assertThat(one.calls()).isEqualTo("f{};");
        assertThat(two.problem.upstream()).contains(UpstreamFailure.BROKEN_OFF);
        assertThat(plain.problem.upstream()).contains(UpstreamFailure.BAD_ANSWER);
    }

    @Test
    void arrivesByteForByteWhenNothingIsOdd() throws Exception {
        String body = ("{ 'id':'c', 'choices':[{'index':0,'message':{'role':'assistant','content':null,'tool_calls':["
                        + "{'id':'a','type':'function','function':{'name':'f','arguments':'{}'}}],'x':1.0},"
                        + "'finish_reason':'tool_calls'}], 'usage':{'prompt_tokens':3,'completion_tokens':4,"
                        + "'total_tokens':7,'prompt_tokens_details':{'cached_tokens':1}} }")
                .replace('\'', '"');

        Heard heard = Heard.ask(Dialect.OPENAI, false, Reply.json(200, body), "");

        assertThat(new String(heard.bytes, StandardCharsets.UTF_8)).isEqualTo(body);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",'finish_reason':null", ",'finish_reason':''", ",'finish_reason':7"})
    void aWholeAnswerThatDoesNotSayWhyItEndedHasEnded(String reason) throws Exception {
        Heard text = plain("{'role':'assistant','content':'Hi'}", reason);
        Heard call = plain("{'tool_calls':[{'id':'a','function':{'name':'f','arguments':'{}'}}]}", reason);
        Heard nothing = plain("{'role':'assistant','content':''}", reason);

        assertThat(text.finishReasons).containsExactly("stop");
        assertThat(text.call.getFinishReason()).isEqualTo("stop");
        assertThat(call.finishReasons).containsExactly("tool_calls");
        assertThat(nothing.problem.upstream()).contains(UpstreamFailure.BAD_ANSWER);
    }

    @Test
    void anAnswerAsLongAsAllowedThatDoesNotSayWhyItEndedWasCut() throws Exception {
        String usage = "'usage':{'prompt_tokens':3,'completion_tokens':5}";
        Heard plain = Heard.ask(
                Dialect.OPENAI,
                false,
                Heard.json("{'choices':[{'message':{'content':'one two three'}}]," + usage + "}"),
                "'max_tokens':5,");
        Heard streamed = Heard.ask(
                Dialect.OPENAI,
                true,
                sse(chunk("{'content':'one two three'}", "null"), "{'choices':[]," + usage + "}", "[DONE]"),
                "'max_tokens':5,");

        assertThat(plain.finishReasons).containsExactly("length");
        assertThat(streamed.finishReasons).containsExactly("length");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "''"})
    void aStreamThatIsDoneAndNeverSaysWhyHasEnded(String none) throws Exception {
        Heard text = stream(chunk("{'content':'Hi'}", none), chunk("{'content':' you'}", none), "[DONE]");
        Heard call = stream(
                chunk("{'tool_calls':[{'index':0,'id':'a','function':{'name':'f','arguments':'{}'}}]}", none),
                "[DONE]");
        Heard undone = stream(chunk("{'content':'Hi'}", none));
        Heard silent = stream(chunk("{'role':'assistant','content':''}", none), "[DONE]");

        assertThat(text.content()).isEqualTo("Hi you");
        assertThat(text.finishReasons).containsExactly("stop");
        assertThat(text.call.getFinishReason()).isEqualTo("stop");
        assertThat(text.events.get(2).path("id").asText()).isEqualTo("c");
        assertThat(call.finishReasons).containsExactly("tool_calls");
        assertThat(undone.problem.upstream()).contains(UpstreamFailure.BROKEN_OFF);
        assertThat(silent.problem.upstream()).contains(UpstreamFailure.BROKEN_OFF);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
            {'prompt_tokens':'12','completion_tokens':'3','total_tokens':'15'}                    | 12 | 3 | false
            {'prompt_tokens':12.0,'completion_tokens':3}                                          | 12 | 3 | false
            {'prompt_tokens':12,'total_tokens':15}                                                | 12 | 3 | false
            {'prompt_tokens':12,'completion_tokens':-3}                                           | 12 | 1 | true
            {'prompt_tokens':-1,'completion_tokens':3}                                            | P  | 3 | true
            {'prompt_tokens':12,'completion_tokens':999999999}                                    | 12 | 1 | true
            {'prompt_tokens':99999999999999,'completion_tokens':3}                                | P  | 3 | true
            {'prompt_tokens':12,'completion_tokens':1e300}                                        | 12 | 1 | true
            {'prompt_tokens':12,'completion_tokens':5000}                                         | 12 | 1 | true
            {'prompt_tokens':12,'completion_tokens':null}                                         | 12 | 1 | true
            {'prompt_tokens':0,'completion_tokens':0}                                             | P  | 1 | true
            {'prompt_tokens':'many','completion_tokens':'few'}                                    | P  | 1 | true
            null                                                                                  | P  | 1 | true
            []                                                                                    | P  | 1 | true
            7                                                                                     | P  | 1 | true
            {}                                                                                    | P  | 1 | true
            """)
    void usageIsBelievedAsFarAsItCanBeTrue(String usage, String input, long output, boolean estimated)
            throws Exception {
        String more = "'max_tokens':100,'stream_options':{'include_usage':true},";
        String end = ",'finish_reason':'stop'}],'usage':" + usage + "}";
        Heard plain = Heard.ask(
                Dialect.OPENAI,
                false,
                Heard.json("{'choices':[{'index':0,'message':{'role':'assistant','content':'Hi'}" + end),
                more);
        Heard streamed = Heard.ask(
                Dialect.OPENAI,
                true,
                sse(chunk("{'content':'Hi'}", "null"), "{'choices':[{'index':0,'delta':{}" + end, "[DONE]"),
                more);

        for (Heard heard : new Heard[] {plain, streamed}) {
            Usage used = heard.call.getUsage();
            long prompt = input.equals("P") ? heard.call.promptEstimate() : Long.parseLong(input);
            assertThat(used).isEqualTo(new Usage(prompt, output, 0, 0, 0, estimated));
            assertThat(heard.events.get(heard.events.size() - 1).findValues("completion_tokens"))
                    .allSatisfy(count -> assertThat(count.isNumber() && count.asLong() == output
                                    || used.equals(Usage.estimate(prompt, output)))
                            .isTrue());
        }
    }

    @Test
    void usageInTheMiddleCountsAndWhatIsSaidAfterwardsIsAdded() throws Exception {
        String middle = "{'choices':[{'index':0,'delta':{'content':'Hi'},'finish_reason':null}],"
                + "'usage':{'prompt_tokens':9,'completion_tokens':%d}}";
        Heard cumulative = stream(middle.formatted(1), middle.formatted(2), STOP, "[DONE]");
        Heard first = stream(middle.formatted(1), chunk("{'content':'01234567'}", "null"), STOP, "[DONE]");
        Heard zero = stream(
                middle.formatted(4),
                STOP,
                "{'choices':[],'usage':{'prompt_tokens':9,'completion_tokens':0}}",
                "[DONE]");

        assertThat(cumulative.call.getUsage()).isEqualTo(Usage.reported(9, 2, 0, 0));
        assertThat(first.call.getUsage()).isEqualTo(new Usage(9, 3, 0, 0, 0, true));
        assertThat(zero.call.getUsage()).isEqualTo(Usage.reported(9, 4, 0, 0));
    }

    @Test
    void embeddingsWithUsageAsTextAreCounted() throws Exception {
        OpenAi openAi = new OpenAi();
        Call call = Tries.call(Operation.EMBEDDINGS, "{'input':'a'}");

        openAi.decode(
                call,
                "{\"data\":[{}],\"usage\":{\"prompt_tokens\":\"5\",\"total_tokens\":5}}"
                        .getBytes(StandardCharsets.UTF_8));

        assertThat(call.getUsage()).isEqualTo(Usage.reported(5, 0, 0, 0));
    }

    // the other dialects

    @Test
    void anthropicsImitatorsAreUnderstood() throws Exception {
        String whole = "{'id':'m','content':%s,'stop_reason':%s,'usage':{'input_tokens':'7','output_tokens':'3'}}";
        Heard text = Heard.ask(Dialect.ANTHROPIC, false, Heard.json(whole.formatted("'Hi'", "null")), "");
        Heard call = Heard.ask(
                Dialect.ANTHROPIC,
                false,
                Heard.json(whole.formatted(
                        "[{'type':'tool_use','id':'a','name':'f','input':null},"
                                + "{'type':'tool_use','id':'b','name':'g','input':'{}'}]",
                        "null")),
                "");

        assertThat(text.content()).isEqualTo("Hi");
        assertThat(text.finishReasons).containsExactly("stop");
        assertThat(text.call.getUsage()).isEqualTo(Usage.reported(7, 3, 0, 0));
        assertThat(call.calls()).isEqualTo("f{};g{};");
        assertThat(call.finishReasons).containsExactly("tool_calls");
    }

    @ParameterizedTest
    @CsvSource({"-4, 7, 1, true", "4, 7, 4, false", "900000, 7, 1, true"})
    void anthropicsUsageIsBounded(String output, long in, long out, boolean estimated) throws Exception {
        Heard plain = Heard.ask(
                Dialect.ANTHROPIC,
                false,
                Heard.json("{'id':'m','content':[{'type':'text','text':'Hi'}],'stop_reason':'end_turn',"
                        + "'usage':{'input_tokens':7,'output_tokens':" + output + "}}"),
                "'max_tokens':50,");

        assertThat(plain.call.getUsage()).isEqualTo(new Usage(in, out, 0, 0, 0, estimated));
    }

    @Test
    void anthropicsArgumentsInPiecesThatAreObjects() throws Exception {
        Heard heard = Heard.ask(
                Dialect.ANTHROPIC,
                true,
                sse(
                        "{'type':'message_start','message':{'id':'m','usage':{'input_tokens':1}}}",
                        "{'type':'content_block_start','index':0,'content_block':{'type':'tool_use','id':'a','name':'f','input':{}}}",
                        "{'type':'content_block_delta','index':0,'delta':{'type':'input_json_delta','partial_json':{'x':1}}}",
                        "{'type':'content_block_stop','index':0}",
                        "{'type':'message_stop'}"),
                "");

        assertThat(heard.calls()).isEqualTo("f{\"x\":1};");
        assertThat(heard.finishReasons).containsExactly("tool_calls");
    }

    @Test
    void geminisImitatorsAreUnderstood() throws Exception {
        Heard heard = Heard.ask(
                Dialect.GEMINI,
                false,
                Heard.json("{'candidates':[{'content':{'parts':[{'text':'Hi'},{'functionCall':{'name':'f','args':"
                        + "'{}'}}]}}],'usageMetadata':{'promptTokenCount':'7','candidatesTokenCount':-1}}"),
                "");

        assertThat(heard.content()).isEqualTo("Hi");
        assertThat(heard.calls()).isEqualTo("f{};");
        assertThat(heard.finishReasons).containsExactly("tool_calls");
        assertThat(heard.call.getUsage().inputTokens()).isEqualTo(7);
        assertThat(heard.call.getUsage().estimated()).isTrue();
    }
}
