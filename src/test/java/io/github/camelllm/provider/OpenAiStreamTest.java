package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.camelllm.call.Call;
import io.github.camelllm.call.Ticker;
import io.github.camelllm.call.Usage;
import io.github.camelllm.problem.ErrorCode;
import io.github.camelllm.problem.Problem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiStreamTest {

    private static final String HELLO = "{'choices':[{'index':0,'delta':{'content':'Hello you'}}]}";
    private static final String ROLE = "{'choices':[{'index':0,'delta':{'role':'assistant','content':''}}]}";
    private static final String STOP = "{'choices':[{'index':0,'delta':{},'finish_reason':'stop'}]}";
    private static final String USAGE = "{'choices':[],'usage':{'prompt_tokens':7,'completion_tokens':5,"
            + "'prompt_tokens_details':{'cached_tokens':2},'completion_tokens_details':{'reasoning_tokens':1}}}";
    private static final String DONE = "[DONE]";

    private final Call call = Tries.chat("{'messages':[{'role':'user','content':'0123456789abcdef'}],'stream':true}");

    @Test
    void passesTheProvidersOwnBytes() {
        String odd = "{ 'choices': [ {'index': 0, 'delta': {'content': 'a'}, 'x': 1.0} ], 'new': [] }";

        assertThat(drain(call, odd, STOP, DONE)).containsExactly(quoted(odd), quoted(STOP));
    }

    @Test
    void keepsTheUsageChunkFromAClientThatDidNotAsk() {
        assertThat(drain(call, HELLO, STOP, USAGE, DONE)).containsExactly(quoted(HELLO), quoted(STOP));
        assertThat(call.getUsage()).isEqualTo(Usage.reported(7, 5, 2, 1));
        assertThat(call.getFinishReason()).isEqualTo("stop");
    }

    @Test
    void givesTheUsageChunkToAClientThatAsked() {
        Call asking = Tries.chat("{'stream':true,'stream_options':{'include_usage':true}}");

        assertThat(drain(asking, HELLO, STOP, USAGE, DONE)).hasSize(3);
        assertThat(asking.getUsage()).isEqualTo(Usage.reported(7, 5, 2, 1));
    }

    @Test
    void keepsChunksThatBringMoreThanUsage() {
        String both = "{'choices':[{'index':0,'delta':{},'finish_reason':'stop'}],"
                + "'usage':{'prompt_tokens':7,'completion_tokens':5}}";
        String filters = "{'choices':[],'prompt_filter_results':[]}";

        assertThat(drain(call, filters, HELLO, both, DONE)).hasSize(3);
        assertThat(call.getUsage()).isEqualTo(Usage.reported(7, 5, 0, 0));
    }

    @Test
    void estimatesUsageThatIsNotReported() {
        drain(call, HELLO, STOP, DONE);

        assertThat(call.getUsage()).isEqualTo(Usage.estimate(call.inputEstimate(), 3));
    }

    @Test
    void estimatesWhatAnAttemptUsedThoughAnotherOneBeganTheAnswer() {
        call.attempt("first", "p");
        call.used(Usage.reported(10, 4, 0, 0));
        Usage begun = call.attempt().usage();
        call.attempt("second", "p");
        call.carry(begun);

        drain(call, HELLO, STOP, DONE);

        Usage estimate = Usage.estimate(call.inputEstimate(), 3);
        assertThat(call.attempt().usage()).isEqualTo(estimate);
        assertThat(call.getUsage()).isEqualTo(begun.plus(estimate));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'prompt_tokens':'seven','completion_tokens':5}",
                "{'completion_tokens':5}",
                "null",
                "{}",
                "7",
                "[]"
            })
    void estimatesUsageThatIsReportedWrongly(String usage) {
        drain(call, HELLO, STOP, "{'choices':[],'usage':" + usage + "}", DONE);

        assertThat(call.getUsage().estimated()).isTrue();
    }

    @Test
    void isWholeWithoutDoneOnceAllIsFinished() {
        assertThat(drain(call, HELLO, STOP)).hasSize(2);
    }

    @Test
    void isWholeThoughItIsCutBehindTheFinishReason() {
        InputStream cut = new SequenceInputStream(sse(HELLO, STOP), failing(new IOException("reset")));

        OpenAiStream stream = stream(call, cut);
        stream.begin();
        assertThat(Tries.drain(stream)).hasSize(2);
        assertThat(call.getUsage().estimated()).isTrue();
    }

    @Test
    void isWholeThoughNothingComesBehindTheFinishReason() {
        InputStream silent =
                new SequenceInputStream(sse(HELLO, STOP), failing(new SocketTimeoutException("Read timed out")));

        assertThat(Tries.drain(stream(call, silent))).hasSize(2);
    }

    @Test
    void isCutWithoutAFinishReason() {
        assertThat(failure(HELLO)).hasMessage("The provider of 'm' broke off its stream.");
        assertThat(failure(ROLE, DONE)).hasMessage("The provider of 'm' ended its stream without a finish reason.");
        assertThat(failure(DONE)).hasMessage("The provider of 'm' ended its stream without a finish reason.");
        assertThat(failure()).hasMessage("The provider of 'm' broke off its stream.");
        assertThat(call.getUsage()).isEqualTo(Usage.estimate(call.inputEstimate(), 3));
    }

    @Test
    void isCutWhileOneOfSeveralChoicesIsUnfinished() {
        Call two = Tries.chat("{'stream':true,'n':2}");
        String first = "{'choices':[{'index':0,'delta':{'content':'a'},'finish_reason':'stop'}]}";
        String second = "{'choices':[{'index':1,'delta':{'content':'b'}}]}";
        String secondStop = "{'choices':[{'index':1,'delta':{},'finish_reason':'length'}]}";

        assertThat(drain(two, first, second, secondStop, DONE)).hasSize(3);
        assertThat(drain(two, second, first, secondStop)).hasSize(3);
        assertThat(failure(two, first, second, DONE).detail()).contains("finish reasons for 1 of 2 choices begun");
        assertThat(failure(two, first, second)).hasMessage("The provider of 'm' broke off its stream.");
    }

    @Test
    void isCutBeforeAChoiceThatWasAskedForHasBegun() {
        Call two = Tries.chat("{'stream':true,'n':2}");
        String first = "{'choices':[{'index':0,'delta':{'content':'a'},'finish_reason':'stop'}]}";

        assertThat(failure(two, first)).hasMessage("The provider of 'm' broke off its stream.");
        InputStream silent = new SequenceInputStream(sse(first), failing(new SocketTimeoutException("Read timed out")));
        Problem problem = catchThrowableOfType(Problem.class, () -> Tries.drain(stream(two, silent)));
        assertThat(problem.code()).isEqualTo(ErrorCode.UPSTREAM_TIMEOUT);
        assertThat(drain(two, first, DONE)).as("a provider that ignores n").hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"}{", "null", "7", "[]", "'text'", "{'a':1", "{'a':1}x", "{'a':1e99999999999}"})
    void skipsWhatIsNoChunkOnce(String garbage) {
        assertThat(drain(Tries.chat("{'stream':true}"), garbage, HELLO, STOP, DONE))
                .hasSize(2);
        assertThat(drain(Tries.chat("{'stream':true}"), HELLO, garbage, STOP, DONE))
                .hasSize(2);
        assertThat(drain(call, HELLO, STOP, garbage, DONE)).hasSize(2);
        assertThat(call.getWarnings()).hasSize(1);
        assertThat(failure(HELLO, garbage, garbage, STOP, DONE)).hasMessageContaining("garbage");
    }

    @Test
    void skipsNoPieceOfAToolCall() {
        String tool = "{'choices':[{'index':0,'delta':{'tool_calls':[{'index':0,'function':{'arguments':'{'}}]}}]}";
        assertThat(failure(tool, "}{", STOP, DONE)).hasMessageContaining("garbage");
    }

    @Test
    void isWholeThoughAnErrorFollows() {
        assertThat(drain(call, HELLO, STOP, "{'error':{'message':'late'}}")).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'error':{'message':'Overloaded at http://10.0.0.7/','code':500}}",
                "{'error':'Overloaded at http://10.0.0.7/'}",
                "{'object':'error','message':'Overloaded at http://10.0.0.7/','code':500}",
                "{'choices':[{'index':0,'delta':{},'finish_reason':'error'}],"
                        + "'error':{'message':'Overloaded at http://10.0.0.7/'}}"
            })
    void failsOnAnErrorInTheStream(String error) {
        Problem problem = failure(HELLO, error, STOP, DONE);

        assertThat(problem.code()).isEqualTo(ErrorCode.UPSTREAM_ERROR);
        assertThat(problem).hasMessage("The provider of 'm' failed in the middle of its answer.");
        assertThat(problem.detail()).contains("Overloaded at [removed]");
    }

    @Test
    void anErrorThatIsNullIsNone() {
        assertThat(drain(call, HELLO.replace("{'choices'", "{'error':null,'choices'"), STOP, DONE))
                .hasSize(2);
    }

    @Test
    void saysHowReadingFailed() {
        Problem reset = catchThrowableOfType(
                Problem.class,
                () -> Tries.drain(
                        stream(call, new SequenceInputStream(sse(HELLO), failing(new IOException("reset"))))));
        assertThat(reset).hasMessage("The provider of 'm' broke off the connection.");

        Problem silent = catchThrowableOfType(
                Problem.class,
                () -> Tries.drain(stream(
                        call,
                        new SequenceInputStream(sse(HELLO), failing(new SocketTimeoutException("Read timed out"))))));
        assertThat(silent.code()).isEqualTo(ErrorCode.UPSTREAM_TIMEOUT);
    }

    @Test
    void survivesAbsurdIndexesAndReasons() {
        assertThat(drain(
                        call,
                        "{'choices':[{'index':-5,'delta':{'content':'a'},'finish_reason':'" + "x".repeat(1000) + "'}]}",
                        "{'choices':[{'index':2147483647,'delta':null,'finish_reason':'stop'},{'index':'a'},7,null]}",
                        STOP,
                        DONE))
                .hasSize(3);
        assertThat(call.getFinishReason()).isEqualTo("stop");
    }

    @Test
    void failsAtOnceIfTheFirstEventDoes() {
        Call fresh = Tries.chat("{'stream':true}");
        OpenAiStream stream = stream(fresh, sse(DONE));

        assertThat(catchThrowableOfType(Problem.class, stream::begin)).isNotNull();
        stream.close();
        assertThat(fresh.getUsage()).as("nothing was used").isNull();
    }

    @Test
    void givesTheFirstEventThatWasReadAhead() {
        OpenAiStream stream = stream(call, sse(HELLO, STOP, DONE));
        stream.begin();

        assertThat(Tries.drain(stream)).hasSize(2);
        assertThat(stream.next()).isNull();
    }

    @Test
    void countsWhatWasSaidUntilTheClientLeft() {
        OpenAiStream stream = stream(call, sse(HELLO, HELLO, STOP, DONE));
        stream.begin();
        stream.next();
        stream.next();

        stream.close();

        assertThat(call.getUsage()).isEqualTo(Usage.estimate(call.inputEstimate(), 6));
    }

    @Test
    void estimatesToolCallsAndReasoningToo() {
        drain(
                call,
                "{'choices':[{'index':0,'delta':{'reasoning_content':'0123'}}]}",
                "{'choices':[{'index':0,'delta':{'tool_calls':[{'function':{'name':'0123','arguments':'01234567'}}]}}]}",
                STOP,
                DONE);

        assertThat(call.getUsage().outputTokens()).isEqualTo(4);
    }

    private static Problem failure(Call call, String... events) {
        return catchThrowableOfType(Problem.class, () -> drain(call, events));
    }

    private Problem failure(String... events) {
        return failure(call, events);
    }

    private static List<String> drain(Call call, String... events) {
        OpenAiStream stream = stream(call, sse(events));
        stream.begin();
        return Tries.drain(stream);
    }

    private static OpenAiStream stream(Call call, InputStream in) {
        DefaultMessage message = new DefaultMessage(new DefaultCamelContext());
        message.setBody(in);
        InFlight inFlight = InFlight.open(call.cancellation(), Duration.ofMinutes(1));
        WireSource source = new WireSource(message, inFlight);
        inFlight.close();
        return new OpenAiStream(call, source, new SseReader(source.stream(), 10_000, Long.MAX_VALUE, Ticker.SYSTEM));
    }

    private static InputStream sse(String... events) {
        StringBuilder stream = new StringBuilder();
        for (String event : events) {
            stream.append("data: ").append(quoted(event)).append("\n\n");
        }
        return new ByteArrayInputStream(stream.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static InputStream failing(IOException failure) {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                throw failure;
            }
        };
    }

    private static String quoted(String json) {
        return json.replace('\'', '"');
    }
}
