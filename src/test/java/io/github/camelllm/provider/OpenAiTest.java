package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.CallHeaders;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.Model;
import io.github.camelllm.call.Operation;
import io.github.camelllm.call.Request;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiTest {

    private final OpenAi openAi = new OpenAi();

    @Test
    void renamesTheModelAndKeepsEverythingElseInItsPlace() {
        Call call = Tries.chat("{'unknown':{'a':[1.0,1E+400]},'model':'fast','messages':[],'z':null,'top_p':0.10}");

        assertThat(encoded(call))
                .isEqualTo(
                        quoted("{'unknown':{'a':[1.0,1E+400]},'model':'gpt-x','messages':[],'z':null,'top_p':0.10}"));
        assertThat(call.getRequest().model()).as("the request itself").isEqualTo("fast");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'custom','custom':{'name':'f','format':{'type':'text'}}}",
                "{'type':'web_search','filters':{}}",
                "{'type':'mcp','server_label':'a'}",
                "{'type':'function','function':null}"
            })
    void addsNothingToAToolOfAnotherKind(String tool) {
        String request = "{'messages':[],'tools':[" + tool + "],'model':'gpt-x'}";

        assertThat(encoded(Tries.chat(request))).isEqualTo(quoted(request));
    }

    @Test
    void namesTheModelWhereTheClientNamedNone() {
        assertThat(encoded(Tries.chat("{'messages':[]}"))).isEqualTo(quoted("{'messages':[],'model':'gpt-x'}"));
    }

    @Test
    void asksForTheUsageOfStreams() {
        Call call = Tries.chat("{'stream':true,'messages':[]}");

        assertThat(encoded(call))
                .isEqualTo(quoted(
                        "{'stream':true,'messages':[],'model':'gpt-x','stream_options':{'include_usage':true}}"));
        assertThat(call.getRequest().tree().has("stream_options"))
                .as("the request itself")
                .isFalse();
    }

    @Test
    void mergesTheWishForUsageIntoTheClientsOptions() {
        Call call = Tries.chat("{'stream_options':{'x':1,'include_usage':false,'y':2},'stream':true}");

        assertThat(encoded(call))
                .isEqualTo(
                        quoted("{'stream_options':{'x':1,'include_usage':true,'y':2},'stream':true,'model':'gpt-x'}"));
        assertThat(call.getRequest().wantsStreamUsage())
                .as("the request itself")
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'messages':[]", "{'stream':false", "{'stream':'true'", "{'stream':null"})
    void asksForNoUsageWhereNothingIsStreamed(String request) {
        assertThat(encoded(Tries.chat(request + "}"))).doesNotContain("stream_options");
    }

    @Test
    void asksForNoUsageOfAProviderThatRefusesTheWish() {
        openAi.setStreamUsage(false);

        assertThat(encoded(Tries.chat("{'stream':true}"))).isEqualTo(quoted("{'stream':true,'model':'gpt-x'}"));
    }

    @Test
    void leavesOutHintsToOtherDialectsWithAWarning() {
        Call call = Tries.chat("{'messages':[{'role':'user','cache_control':{'type':'ephemeral'},'content':["
                + "{'type':'text','text':'Hi','cache_control':{'type':'ephemeral'}}]},"
                + "{'role':'assistant','thinking_blocks':[{}],'tool_calls':[{'id':'a','extra_content':{'google':{}}}]}],"
                + "'tools':[{'type':'function','cache_control':{},'function':{'name':'f'}}],"
                + "'thinking':{'type':'enabled','budget_tokens':9},'x_unknown':1}");
        byte[] before = call.getRequest().bytes();

        assertThat(encoded(call))
                .isEqualTo(quoted("{'messages':[{'role':'user','content':[{'type':'text','text':'Hi'}]},"
                        + "{'role':'assistant','tool_calls':[{'id':'a'}]}],"
                        + "'tools':[{'type':'function','function':{'name':'f'}}],"
                        + "'x_unknown':1,'model':'gpt-x'}"));
        assertThat(call.getWarnings())
                .containsExactlyInAnyOrder(
                        "thinking left out for m",
                        "cache_control left out for m",
                        "thinking_blocks left out for m",
                        "extra_content left out for m");
        assertThat(call.getRequest().bytes()).as("the request itself").isEqualTo(before);
    }

    @Test
    void leavesOutTopKUnlessThatIsToBeRefused() {
        String request = "{'messages':[],'top_k':5}";

        assertThat(encoded(Tries.chat(request))).doesNotContain("top_k");
        openAi.setUnsupported("refuse");
        assertThat(catchThrowableOfType(Problem.class, () -> encoded(Tries.chat(request)))
                        .param())
                .contains("top_k");
    }

    @Test
    void passesTheFieldsOfOtherDialectsToAProviderThatKnowsThem() {
        openAi.setAnthropicFields("pass");
        Call call = Tries.chat("{'messages':[{'role':'user','cache_control':{}}],'top_k':5,'thinking':{}}");

        assertThat(encoded(call))
                .isEqualTo(quoted(
                        "{'messages':[{'role':'user','cache_control':{}}],'top_k':5,'thinking':{},'model':'gpt-x'}"));
        assertThat(call.getWarnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|'max_tokens':5|'max_tokens':5,'model':'gpt-x'",
                "max_completion_tokens|'max_tokens':5|'model':'gpt-x','max_completion_tokens':5",
                "max_completion_tokens|'max_completion_tokens':4|'max_completion_tokens':4,'model':'gpt-x'",
                "max_completion_tokens|'max_tokens':5,'max_completion_tokens':4|'max_completion_tokens':4,'model':'gpt-x'",
                "max_tokens|'max_completion_tokens':4|'model':'gpt-x','max_tokens':4"
            },
            quoteCharacter = '"')
    void boundsAnAnswerInTheWordThatTheModelKnows(String field, String given, String sent) throws IOException {
        openAi.setMaxTokensField(field.equals("''") ? "" : field);

        assertThat(Json.read(bytes(encoded(Tries.chat("{" + given + "}")))))
                .isEqualTo(Json.read(bytes("{" + sent + "}")));
    }

    @Test
    void goesToAnotherModelForWhatOnlyAnthropicHas() {
        Request request =
                new Request(bytes("{'messages':[],'tools':[{'type':'web_search_1','name':'w'}]}"), tree -> tree);
        Call call = new Call(Ticker.SYSTEM, Operation.CHAT, new CallHeaders(), null, request);
        call.choose(new Model("m", "p", Operation.CHAT, null, false));

        assertThat(catchThrowableOfType(Problem.class, () -> encoded(call)).param())
                .contains("tools[0]");
        openAi.setUnsupported("refuse");
        assertThat(catchThrowableOfType(Problem.class, () -> encoded(call)).param())
                .contains("tools[0]");
    }

    @Test
    void sendsTheKeyAsTheProviderWantsIt() {
        DefaultMessage message = new DefaultMessage(new DefaultCamelContext());
        openAi.authorize(message);
        assertThat(message.getHeaders()).isEmpty();

        openAi.setKey(" sk-1\n");
        openAi.authorize(message);
        assertThat(message.getHeaders()).containsExactly(Map.entry("Authorization", "Bearer sk-1"));

        message.removeHeaders("*");
        openAi.setKeyHeader("api-key");
        openAi.setKeyPrefix("");
        openAi.authorize(message);
        assertThat(message.getHeaders()).containsExactly(Map.entry("api-key", "sk-1"));
    }

    @Test
    void passesAnAnswerAsItIs() {
        Call call = Tries.chat("{'messages':[]}");
        byte[] body = bytes(
                "{ 'choices':[{'index':0,'message':{'role':'assistant','content':'a'},'finish_reason':'length'}], 'x': 1.0,"
                        + " 'usage':{'prompt_tokens':3,'completion_tokens':4,'total_tokens':7}}");

        Answer answer = (Answer) openAi.decode(call, body);

        assertThat(answer.bytes()).isSameAs(body);
        assertThat(call.getUsage()).isEqualTo(Usage.reported(3, 4, 0, 0));
        assertThat(call.getFinishReason()).isEqualTo("length");
    }

    @Test
    void readsEmbeddings() {
        Call call = Tries.call(Operation.EMBEDDINGS, "{'input':'a'}");

        openAi.decode(call, bytes("{'data':[{'embedding':[0.1]}],'usage':{'prompt_tokens':1,'total_tokens':1}}"));

        assertThat(call.getUsage()).isEqualTo(Usage.reported(1, 0, 0, 0));
        assertThat(call.getFinishReason()).isNull();
    }

    @Test
    void estimatesUsageThatIsNotReported() {
        Call call = Tries.chat("{'messages':[{'role':'user','content':'01234567'}]}");

        openAi.decode(call, bytes("{'choices':[{'message':{'content':'01234567'},'finish_reason':'stop'}]}"));

        assertThat(call.getUsage()).isEqualTo(Usage.estimate(call.inputEstimate(), 2));
    }

    @Test
    void believesNoNegativeOrFractionalCounts() {
        Call call = Tries.chat("{}");

        openAi.decode(
                call,
                bytes(
                        "{'choices':[{'message':{},'finish_reason':'stop'}],'usage':{'prompt_tokens':-3,'completion_tokens':1e300,"
                                + "'prompt_tokens_details':{'cached_tokens':1.5}}}"));

        assertThat(call.getUsage()).isEqualTo(Usage.estimate(0, 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>",
                "[]",
                "null",
                "'text'",
                "{}",
                "{'choices':[]}",
                "{'choices':{}}",
                "{'data':[1]}",
                "{'choices':[{}]",
                "{'choices':[1e99999999999]}"
            })
    void takesNothingElseForAnAnswer(String body) {
        Problem problem = catchThrowableOfType(Problem.class, () -> openAi.decode(Tries.chat("{}"), bytes(body)));

        assertThat(problem.code()).isEqualTo(ErrorCode.UPSTREAM_ERROR);
        assertThat(problem).hasMessage("The provider of 'm' sent something that is no answer.");
    }

    @Test
    void tellsOperatorsOfAnErrorWithStatus200() {
        Problem problem = catchThrowableOfType(
                Problem.class,
                () -> openAi.decode(Tries.chat("{}"), bytes("{'error':{'message':'key sk-12345 refused'}}")));

        assertThat(problem.detail()).contains("key [removed] refused");
        assertThat(problem.getMessage()).doesNotContain("refused");
    }

    private String encoded(Call call) {
        return new String(openAi.encode(call, "gpt-x"), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String json) {
        return quoted(json).getBytes(StandardCharsets.UTF_8);
    }

    private static String quoted(String json) {
        return json.replace('\'', '"');
    }
}
