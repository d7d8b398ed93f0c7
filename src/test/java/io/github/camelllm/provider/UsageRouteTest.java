package io.github.camelllm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.camelllm.call.Answer;
import io.github.camelllm.call.Call;
import io.github.camelllm.call.Json;
import io.github.camelllm.call.StreamEvent;
import io.github.camelllm.call.TokenStream;
import io.github.camelllm.call.Usage;
import io.github.camelllm.testkit.FakeUpstream;
import io.github.camelllm.testkit.Reply;
import io.github.camelllm.testkit.Sse;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written to a provider's cache and what is thought counts, in both dialects, plain and streamed. */
@Timeout(60)
class UsageRouteTest {

    private static final String ASKS = "{'model':'x'%s,'messages':[{'role':'user','content':'Hi'}]}";
    private static final String STREAMS = ",'stream':true,'stream_options':{'include_usage':true}";

    private static FakeUpstream upstream;
    private static ModelRoutes routes;
    private JsonNode told;

    @BeforeAll
    static void start() throws Exception {
        upstream = FakeUpstream.start();
        routes = ModelRoutes.ofAllDialects(upstream.port(), Map.of());
    }

    @AfterAll
    static void stop() throws IOException {
        routes.close();
        upstream.close();
    }

    private Usage ask(String template, boolean stream, String... answer) throws Exception {
        for (int i = 0; i < answer.length; i++) {
            answer[i] = answer[i].replace('\'', '"');
        }
        upstream.next(stream ? Reply.sse(Sse.of(answer)) : Reply.json(200, answer[0]));
        Call call = Tries.chat(ASKS.formatted(stream ? STREAMS : ""));
        routes.ask(
                template,
                call,
                body -> {
                    if (body instanceof Answer whole) {
                        told = Json.read(whole.bytes()).path("usage");
                        return;
                    }
                    try (TokenStream events = (TokenStream) body) {
                        for (StreamEvent event = events.next(); event != null; event = events.next()) {
                            told = event.json().path("usage").isObject()
                                    ? event.json().get("usage")
                                    : told;
                        }
                    }
                },
                Map.of());
        return call.getUsage();
    }

    private static Usage usage(long in, long out, long read, long thought, long written, long forAnHour) {
        return new Usage(in, out, read, thought, written, forAnHour, false);
    }

    private static final String MESSAGE =
            "{'id':'m','type':'message','role':'assistant','model':'c','content':[{'type':'text','text':'a'}],"
                    + "'stop_reason':'end_turn','usage':%s}";

    private static String chunk(String usage) {
        return "{'id':'c','object':'chat.completion.chunk','choices':[{'index':0,'delta':{'content':'a'},"
                + "'finish_reason':null}],'usage':" + usage + "}";
    }

    /** Of OpenAI's dialect, each count by itself. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'prompt_tokens':0,'completion_tokens':3}",
                "{'prompt_tokens':0,'completion_tokens':3,'prompt_tokens_details':{'cached_tokens':0,'cache_write_tokens':0}}",
                "{'prompt_tokens':20,'completion_tokens':3,'completion_tokens_details':{'reasoning_tokens':0}}"
            })
    void aZeroInALaterReportTakesNoCountBack(String last) throws Exception {
        assertThat(ask(
                        "openai",
                        true,
                        chunk(
                                "{'prompt_tokens':20,'completion_tokens':2,'prompt_tokens_details':"
                                        + "{'cached_tokens':4,'cache_write_tokens':5},'completion_tokens_details':{'reasoning_tokens':1}}"),
                        chunk(last).replace("'finish_reason':null", "'finish_reason':'stop'"),
                        "[DONE]"))
                .isEqualTo(usage(20, 3, 4, 1, 5, 0));
    }

    @Test
    void ofAnthropic() throws Exception {
        assertThat(ask(
                        "anthropic",
                        false,
                        MESSAGE.formatted(
                                "{'input_tokens':10,'cache_creation_input_tokens':5,'cache_read_input_tokens':3,"
                                        + "'cache_creation':{'ephemeral_5m_input_tokens':1,'ephemeral_1h_input_tokens':4},"
                                        + "'output_tokens':9,'output_tokens_details':{'thinking_tokens':7}}")))
                .isEqualTo(usage(18, 9, 3, 7, 5, 4));
        assertThat(told.at("/prompt_tokens_details/cache_write_tokens").asInt()).isEqualTo(5);
        assertThat(told.at("/completion_tokens_details/reasoning_tokens").asInt())
                .isEqualTo(7);
    }

    @Test
    void ofAnthropicToldByTheirLifetimesAlone() throws Exception {
        assertThat(ask(
                        "anthropic",
                        false,
                        MESSAGE.formatted("{'input_tokens':10,'output_tokens':9,"
                                + "'cache_creation':{'ephemeral_5m_input_tokens':1,'ephemeral_1h_input_tokens':4}}")))
                .isEqualTo(usage(15, 9, 0, 0, 5, 4));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'input_tokens':0,'output_tokens':9,'cache_creation_input_tokens':0,'cache_read_input_tokens':0,"
                        + "'cache_creation':{'ephemeral_5m_input_tokens':0,'ephemeral_1h_input_tokens':0},"
                        + "'output_tokens_details':{'thinking_tokens':7}}",
                "{'output_tokens':9,'output_tokens_details':{'thinking_tokens':7}}",
                "{'input_tokens':null,'output_tokens':9,'output_tokens_details':{'thinking_tokens':7}}"
            })
    void aZeroAtTheEndTakesNothingBackOfWhatTheStreamBeganWith(String last) throws Exception {
        assertThat(ask(
                        "anthropic",
                        true,
                        "{'type':'message_start','message':{'id':'m','model':'c','usage':{'input_tokens':25,'output_tokens':1,"
                                + "'cache_creation_input_tokens':5,'cache_read_input_tokens':3,"
                                + "'cache_creation':{'ephemeral_5m_input_tokens':1,'ephemeral_1h_input_tokens':4}}}}",
                        "{'type':'content_block_start','index':0,'content_block':{'type':'text','text':'a'}}",
                        "{'type':'content_block_stop','index':0}",
                        "{'type':'message_delta','delta':{'stop_reason':'end_turn'},'usage':" + last + "}",
                        "{'type':'message_stop'}"))
                .isEqualTo(usage(33, 9, 3, 7, 5, 4));
        assertThat(told.path("prompt_tokens").asInt()).isEqualTo(33);
        assertThat(told.at("/prompt_tokens_details/cache_write_tokens").asInt()).isEqualTo(5);
        assertThat(told.at("/native_usage/cache_creation/ephemeral_1h_input_tokens")
                        .asInt())
                .isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'prompt_tokens_details':{'cached_tokens':3,'cache_write_tokens':5}",
                "'prompt_tokens_details':{'cached_tokens':3,'cache_creation_tokens':5}",
                "'prompt_tokens_details':{'cached_tokens':3},'cache_creation_input_tokens':5"
            })
    void ofOpenAisImitators(String details) throws Exception {
        String usage = "'usage':{'prompt_tokens':18,'completion_tokens':9,'total_tokens':27," + details
                + ",'completion_tokens_details':{'reasoning_tokens':7}}";
        Usage expected = usage(18, 9, 3, 7, 5, 0);

        assertThat(ask(
                        "openai",
                        false,
                        "{'choices':[{'index':0,'message':{'role':'assistant','content':'a'},'finish_reason':'stop'}],"
                                + usage + "}"))
                .isEqualTo(expected);
        assertThat(ask(
                        "openai",
                        true,
                        "{'choices':[{'index':0,'delta':{'content':'a'},'finish_reason':'stop'}]}",
                        "{'choices':[]," + usage + "}",
                        "[DONE]"))
                .isEqualTo(expected);
    }
}
